"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class PaperReleased:
    """An official paper is there for the student it is about."""

    actor: Actor
    document_id: UUID
    person_id: UUID
    title: str
    number: str
