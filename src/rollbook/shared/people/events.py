"""What other rooms may want to follow."""

from dataclasses import dataclass
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
