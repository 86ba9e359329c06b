"""What other rooms may want to follow."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class PeopleMerged:
    """`duplicate_id` was found to be `survivor_id`. A subscriber may refuse, and nothing is merged."""

    actor: Actor
    survivor_id: UUID
    duplicate_id: UUID


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """`duplicate_id` is a person of its own again."""

    actor: Actor
    survivor_id: UUID
    duplicate_id: UUID


@dataclass(slots=True)
class ErasureConsidered:
    """Somebody may be anonymised. Whoever has a reason against it adds it; whoever keeps data of them says until when.

    Without `kept_until` the usual years since the last change of the entry count.
    """

    person_id: UUID
    today: date
    obstacles: list[str] = field(default_factory=list)
    kept_until: date | None = None


@dataclass(frozen=True, slots=True)
class PersonErased:
    """How a person is reached was taken away; whoever keeps more of it lets it go too."""

    actor: Actor
    person_id: UUID
    photo_id: UUID | None
