"""What must hold before a sensitive act at the door."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.core.identity import errors, rules
from rollbook.core.permissions.actor import Actor


def as_oneself(actor: Actor) -> None:
    """Refuse what nobody may do in somebody else's place."""
    if actor.stands_in:
        raise errors.NotWhileStandingIn


def in_person(actor: Actor, now: datetime, within: timedelta = rules.PROOF_LASTS) -> None:
    """Refuse a sensitive act unless the person proved recently who they are."""
    if actor.is_system:
        return
    if actor.kind == "token":
        raise errors.NotByToken
    as_oneself(actor)
    if not rules.is_fresh_proof(actor.proved_at, now, within):
        raise errors.ProofNeeded


def with_reason(reason: str) -> str:
    """The reason in one line; refuse one that nobody could understand later."""
    reason = rules.clean_reason(reason)
    if not rules.is_a_reason(reason):
        shortest, longest = rules.REASON_LENGTH
        raise Invalid.field(
            "reason",
            _("Write %(shortest)s to %(longest)s characters that somebody else will understand later.")
            % {"shortest": shortest, "longest": longest},
        )
    return reason
