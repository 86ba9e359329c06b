"""One-time codes: proving that an applicant reads the mailbox they named."""

import secrets
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.identity.keys import keyed_digest
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.errors import CodeSpent, InvalidState, NoAddress, WrongCode
from rollbook.shared.admissions.models import Application, Notice, OneTimeCode
from rollbook.shared.admissions.noticing import owe
from rollbook.shared.admissions.rules import CODE_LASTS, MOST_TRIES


class Proof(Enum):
    """What became of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"


@transaction.atomic
def send_code(actor: Actor, *, application_id: UUID) -> Notice:
    """Send a fresh code to the application's address; the one before is dead."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if not application.is_draft:
        raise InvalidState(state=application.get_state_display().lower(), wanted="proved again")
    if not application.email:
        raise NoAddress
    OneTimeCode.objects.update_or_create(
        application=application,
        defaults={"address": application.email, "digest": "", "expires_at": None, "tries": 0, "used_at": None},
    )
    return owe(Notice.Kind.CODE, application)


def make_digits(application: Application, now: datetime) -> str | None:
    """The six digits of a code that is about to be mailed; None when it was used or the address changed since."""
    code: OneTimeCode | None = OneTimeCode.objects.select_for_update().filter(application=application).first()
    if code is None or code.used_at is not None or code.address != application.email:
        return None
    digits = f"{secrets.randbelow(1_000_000):06d}"
    code.digest, code.expires_at, code.tries = _digest(application.id, digits), now + CODE_LASTS, 0
    code.save(update_fields=["digest", "expires_at", "tries"])
    return digits


@transaction.atomic
def prove_address(actor: Actor, *, application_id: UUID, digits: str) -> Proof:
    """Try a code. A wrong one counts, so this answers and does not refuse: a refusal would undo the count."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    code: OneTimeCode | None = OneTimeCode.objects.select_for_update().filter(application=application).first()
    now = clock.now()
    if code is None or not _is_good(code, application, now):
        return Proof.SPENT
    digits = "".join(each for each in digits if each in "0123456789")
    code.tries += 1
    if not constant_time_compare(code.digest, _digest(application.id, digits)):
        code.save(update_fields=["tries"])
        return Proof.WRONG if code.tries < MOST_TRIES else Proof.SPENT
    code.used_at = now
    code.save(update_fields=["tries", "used_at"])
    Application.objects.filter(id=application.id).update(email_proved_at=now)
    record(actor, "admissions.address_proved", application)
    return Proof.RIGHT


def refuse_unless_right(proof: Proof, application_id: UUID) -> None:
    """Turn what became of a code into the refusal that a person reads, after the try was counted."""
    if proof is Proof.SPENT:
        raise CodeSpent
    if proof is Proof.WRONG:
        tries = OneTimeCode.objects.filter(application_id=application_id).values_list("tries", flat=True).first() or 0
        raise WrongCode(left=MOST_TRIES - tries)


def _is_good(code: OneTimeCode, application: Application, now: datetime) -> bool:
    if code.used_at is not None or not code.digest or code.address != application.email:
        return False
    return code.tries < MOST_TRIES and code.expires_at is not None and now < code.expires_at


def _digest(application_id: UUID, digits: str) -> str:
    return keyed_digest(f"admissions:{application_id}:{digits}")
