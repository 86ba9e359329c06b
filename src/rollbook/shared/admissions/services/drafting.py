"""Beginning an application and writing it: what was typed is kept at once, what is wrong is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.admissions import checking, permissions, selectors, tokens
from rollbook.shared.admissions.errors import AdmissionClosed, InvalidState
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.admissions.noticing import owe
from rollbook.shared.admissions.rules import closed_sentence
from rollbook.shared.admissions.scheme import Problem, scheme_in_scope
from rollbook.shared.people.errors import UnusualBirthDate
from rollbook.shared.people.rules import email_address, search_key
from rollbook.shared.people.selectors import home_country


@dataclass(frozen=True, slots=True)
class Started:
    """A new draft and the secret that opens it; the secret is shown once and kept nowhere."""

    application: Application
    secret: str


@transaction.atomic
def start(actor: Actor) -> Started:
    """Begin an application, while applications are open."""
    actor.require(permissions.APPLY)
    must_be_open()
    application_id = ids.new_id()
    secret = tokens.secret_of(actor.organisation_id, application_id)
    application = Application.objects.create(
        id=application_id, token_digest=tokens.digest_of(secret), created_at=clock.now(), updated_at=clock.now()
    )
    record(actor, "admissions.started", application)
    return Started(application, secret)


def must_be_open() -> None:
    """Refuse while the switch is off or no intake is open, and say when one is (R5)."""
    scheme = scheme_in_scope()
    intakes = scheme.intakes() if scheme.is_switched_on() else []
    today = selectors.today_here()
    if not any(intake.is_open_on(today) for intake in intakes):
        raise AdmissionClosed(dates=closed_sentence(intakes, today))


@transaction.atomic
def save(
    actor: Actor,
    *,
    application_id: UUID,
    values: Mapping[str, Any],
    is_age_confirmed: bool | None = None,
    is_autosave: bool = False,
) -> Application:
    """Keep what the applicant wrote. An autosave keeps what is right and is silent about the rest."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if not application.is_draft:
        raise InvalidState(state=application.get_state_display().lower(), wanted="changed")
    scheme, facts = scheme_in_scope(), organisation_in_scope()
    kept, problems = checking.cleaned(
        values, scheme=scheme, kind=application.kind, today=selectors.today_here(), country=home_country(),
        currency=facts.currency,
    )  # fmt: skip
    if problems and not is_autosave:
        raise Invalid(errors=problems)
    _take_over(application, kept)
    if is_age_confirmed is not None:
        application.is_age_confirmed = is_age_confirmed
    if not is_autosave:
        _refuse_unusual_age(application)
    application.updated_at = clock.now()
    application.version += 1
    application.save()
    return application


def _take_over(application: Application, kept: dict[str, Any]) -> None:
    # What one person typed of themselves is no act worth a trail while nobody else sees it.
    facts = kept.pop("facts", {})
    if kept.get("email", application.email) != application.email:
        application.email_proved_at = None
    if kept.get("birth_date", application.birth_date) != application.birth_date:
        application.is_age_confirmed = False
    for name, value in kept.items():
        setattr(application, name, value)
    application.facts = {**application.facts, **facts}
    application.search_key = search_key(application.name)
    application.government_key = selectors.government_key(application.government_id)


def _refuse_unusual_age(application: Application) -> None:
    if application.birth_date is None or application.is_age_confirmed:
        return
    age = checking.age_to_confirm(application.birth_date, scheme_in_scope(), selectors.today_here())
    if age is not None:
        raise UnusualBirthDate(birth_date=application.birth_date, age=age)


@transaction.atomic
def ask_for_link(actor: Actor, *, address: str) -> None:
    """Send the link of an application to the address it was proved with, if there is one. The answer never says.

    Known or unknown, the same rows are written and the same job is started.
    """
    actor.require(permissions.APPLY)
    email = email_address(address)
    if email is None:
        problem: Problem = {"field": "email", "message": _("Enter an e-mail address such as name@example.org.")}
        raise Invalid(errors=[problem])
    owe(Notice.Kind.RESUME, None, address=email)
