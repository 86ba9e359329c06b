"""Writing down what happens at the door."""

from uuid import UUID

from rollbook.core.identity import keys
from rollbook.core.identity.models import LoginEvent


def record_login_event(
    kind: LoginEvent.Kind,
    *,
    user_id: UUID | None,
    ip: str,
    user_agent: str,
    typed_name: str = "",
    session_id: UUID | None = None,
) -> LoginEvent:
    """Record one event. What a stranger typed is kept as a keyed digest, enough to compare two tries."""
    return LoginEvent.objects.create(
        kind=kind,
        user_id=user_id,
        ip=ip or None,
        user_agent=user_agent,
        name_digest=keys.keyed_digest(typed_name) if typed_name else "",
        session_id=session_id,
    )
