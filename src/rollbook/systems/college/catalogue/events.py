"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class TermAdded:
    """A term was added; it has its days and nothing else yet."""

    actor: Actor
    term_id: UUID
