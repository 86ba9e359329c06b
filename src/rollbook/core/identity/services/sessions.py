"""Ending sessions from afar."""

from uuid import UUID

from django.db import transaction

from rollbook.core.audit import services as audit
from rollbook.core.errors import NotFound
from rollbook.core.identity import errors, selectors
from rollbook.core.identity.models import LoginEvent
from rollbook.core.identity.services import guards
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.permissions.actor import Actor


@transaction.atomic
def revoke_session(*, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions, such as one left open on a borrowed computer."""
    _own(actor)
    deleted, _ = selectors.sessions_of(_user_id(actor)).filter(id=session_id).delete()
    if not deleted:
        raise NotFound
    _note(actor, [session_id])


@transaction.atomic
def revoke_other_sessions(*, actor: Actor) -> int:
    """End all of one's own sessions but the present one; return how many."""
    _own(actor)
    others = selectors.other_sessions_of(_user_id(actor), actor.session_id)
    ended = list(others.values_list("id", flat=True))
    others.filter(id__in=ended).delete()
    _note(actor, ended)
    return len(ended)


def _own(actor: Actor) -> None:
    if actor.kind == "token":
        raise errors.NotByToken
    guards.as_oneself(actor)


def _user_id(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def _note(actor: Actor, session_ids: list[UUID]) -> None:
    for session_id in session_ids:
        record_login_event(
            LoginEvent.Kind.SESSION_ENDED,
            user_id=actor.user_id,
            ip=actor.ip,
            user_agent=actor.user_agent,
            session_id=session_id,
        )
        audit.record(actor, "identity.session_revoked", ("identity.session", session_id))
