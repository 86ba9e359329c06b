"""Reading and changing the settings of an organisation."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import selectors
from rollbook.core.policies.errors import NothingChanged, PolicyChangedMeanwhile, RetroactiveNotConfirmed
from rollbook.core.policies.events import SettingReachesBack
from rollbook.core.policies.models import PolicyVersion
from rollbook.core.policies.register import Preview, policy, preview_of
from rollbook.core.policies.rules import version_at

__all__ = ["Proposal", "change", "foretell", "get"]

_UNIQUE_VIOLATION = "23505"


def get(key: str, at: datetime | date | None = None) -> Any:
    """The value of a setting now, or at a moment. A transaction reads its settings once."""
    return selectors.value_at(key, at)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that is not made yet: what it would be, what it is, what that would mean."""

    value: Any
    before: Any
    effective_from: datetime
    is_retroactive: bool
    preview: Preview


def foretell(actor: Actor, key: str, value: Any, effective_from: datetime | date | None = None) -> Proposal:
    """Say what a change would mean, without making it."""
    declared = policy(key)
    actor.require(declared.change_permission)
    moment = clock.now()
    begins = moment if effective_from is None else selectors.moment_of(effective_from)
    checked = declared.type.checked(value)
    tell = preview_of(key)
    preview = tell(actor, checked, begins) if tell else Preview(_("It holds for what happens from then on."))
    return Proposal(checked, selectors.value_at(key, begins), begins, begins < moment, preview)


def change(
    actor: Actor,
    key: str,
    value: Any,
    effective_from: datetime | date | None,
    reason: str,
    *,
    expected_number: int | None = None,
    confirmed_affected: int | None = None,
) -> PolicyVersion:
    """Give a setting a new value from a moment on (None: from now).

    `expected_number` is the version that the person was looking at. A moment in the past changes what
    stands already: then `confirmed_affected` must be the number of records that the preview showed.
    """
    proposal = foretell(actor, key, value, effective_from)
    versions = selectors.versions_of(key)
    number = max((version.number for version in versions), default=0)
    if expected_number is not None and expected_number != number:
        raise PolicyChangedMeanwhile(key=key, number=number)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why the setting changes."))
    if proposal.is_retroactive and confirmed_affected != proposal.preview.affected:
        raise RetroactiveNotConfirmed(key=key, affected=proposal.preview.affected)
    if proposal.value == proposal.before and version_at(versions, proposal.effective_from) is not None:
        raise NothingChanged(key=key)
    version = _insert(actor, key, number + 1, proposal, reason.strip())
    selectors.forget_in_this_transaction()
    record(
        actor,
        "policies.changed",
        version,
        reason=version.reason,
        before={key: proposal.before},
        after={key: proposal.value},
        key=key,
        effective_from=proposal.effective_from,
        applies_to=version.applies_to,
    )
    if proposal.is_retroactive:
        publish(
            SettingReachesBack(
                actor, key, proposal.before, proposal.value, proposal.effective_from, version.reason
            )
        )  # fmt: skip
    return version


def _insert(actor: Actor, key: str, number: int, proposal: Proposal, reason: str) -> PolicyVersion:
    applies_to = PolicyVersion.AppliesTo.RETROACTIVE if proposal.is_retroactive else PolicyVersion.AppliesTo.FUTURE
    try:
        with transaction.atomic():
            version: PolicyVersion = PolicyVersion.objects.create(
                key=key,
                number=number,
                value=proposal.value,
                before=proposal.before,
                effective_from=proposal.effective_from,
                applies_to=applies_to,
                reason=reason,
                author_id=actor.user_id,
                job="" if actor.user_id else actor.job,
            )
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
            raise PolicyChangedMeanwhile(key=key, number=number) from error
        raise
    return version
