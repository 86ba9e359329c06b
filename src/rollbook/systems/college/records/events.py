"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class CreditsChanged:
    """Subjects from elsewhere began or ceased to count for a student."""

    actor: Actor
    student_id: UUID


@dataclass(frozen=True, slots=True)
class CreditRevoked:
    """A credit was taken away. Whoever knows of classes that rested on it names them in `affected`."""

    actor: Actor
    student_id: UUID
    subject_id: UUID
    #: {"term": …, "subject": …, "reason": …} for each class.
    affected: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HoldMoved:
    """A student is held, or is not held any more."""

    actor: Actor
    student_id: UUID
    hold_id: UUID
    is_released: bool
