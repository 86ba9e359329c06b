"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass, field
from datetime import date
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
class StatusChanged:
    """A student's status changed, or the last day of their leave did. Both days are included in the new period."""

    actor: Actor
    student_id: UUID
    person_id: UUID
    before: str
    status: str
    from_date: date
    to_date: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LeaveBeginning:
    """A leave is about to be recorded. Whoever knows of final grades within it refuses."""

    actor: Actor
    student_id: UUID
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that would follow: what it is about, what it is now, what it would be."""

    about: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StatusConsidered:
    """Somebody looks at what a change of status would do. Whoever knows something adds it to `effects`."""

    student_id: UUID
    status: str
    from_date: date
    to_date: date | None
    #: Every leave of the student as it would stand then.
    leaves: tuple[tuple[date, date | None], ...]
    effects: list[Effect] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RequestMoved:
    """A request about a student's status, or for another programme, was decided or came into effect."""

    actor: Actor
    student_id: UUID
    person_id: UUID
    request_id: UUID
    #: LEAVE, RETURN, WITHDRAWAL or TRANSFER, and what it became.
    kind: str
    state: str
    from_date: date | None = None
    to_date: date | None = None
    #: The code of the new programme, for a transfer.
    programme: str = ""


@dataclass(frozen=True, slots=True)
class TransferConsidered:
    """Somebody looks at what another curriculum would mean for a student. Whoever knows it fills `evaluation`."""

    student_id: UUID
    curriculum_id: UUID
    #: The semester of the term in which it would take effect.
    semester: str
    evaluation: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CurriculumChanged:
    """A student follows another curriculum, perhaps of another programme, from a term on."""

    actor: Actor
    student_id: UUID
    #: The first day of the first term that it concerns.
    from_date: date


@dataclass(frozen=True, slots=True)
class HoldMoved:
    """A student is held, or is not held any more."""

    actor: Actor
    student_id: UUID
    hold_id: UUID
    is_released: bool


@dataclass(frozen=True, slots=True)
class HoldsMoved:
    """Many students are held, or are not held any more, for what they owe or owed."""

    actor: Actor
    #: (student, hold) of each.
    moved: tuple[tuple[UUID, UUID], ...]
    is_released: bool
