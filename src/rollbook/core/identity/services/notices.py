"""Telling an account's owner about a change in how they sign in."""

from rollbook.core import events
from rollbook.core.identity.events import SecurityNoticeWanted
from rollbook.core.identity.models import LoginEvent, Membership
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.permissions.actor import Actor


def tell_owner(actor: Actor, kind: LoginEvent.Kind, membership: Membership) -> LoginEvent:
    """Record the event and ask for a mail to the owner, who may not be the one who did it."""
    event = record_login_event(
        kind,
        user_id=membership.user_id,
        ip=actor.ip,
        user_agent=actor.user_agent,
        session_id=actor.session_id,
    )
    events.publish(SecurityNoticeWanted(actor.organisation_id, membership.id, event.id))
    return event
