"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class EventNeedsPerson:
    """An event cannot be handled without somebody looking at it: it does not fit, failed, or waited in vain."""

    actor: Actor
    event_id: UUID
    provider: str
    kind: str
    note: str
