"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class GradesPosted:
    """Finalised grades of students can be seen. One event per batch, each student named once in it."""

    actor: Actor
    #: What posted them, the same when it is told twice: a batch of sheets, a change, a case.
    cause_id: UUID
    #: FINALIZED, CHANGED, RESOLVED or NOT_GRADED.
    kind: str
    student_ids: tuple[UUID, ...]
    #: The codes of the subjects in the batch.
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GradesReturned:
    """A sheet went back to its professor, with a reason."""

    actor: Actor
    sheet_id: UUID
    section_id: UUID
    #: A sheet may come back more than once.
    version: int


@dataclass(frozen=True, slots=True)
class CaseNamed:
    """An incomplete, and whom it concerns."""

    case_id: UUID
    student_id: UUID
    section_id: UUID
    programme_id: UUID
    deadline: date


@dataclass(frozen=True, slots=True)
class IncWarning:
    """Deadlines come near: `days` is 30 or 7, told once each for every case."""

    actor: Actor
    days: int
    cases: tuple[CaseNamed, ...]


@dataclass(frozen=True, slots=True)
class IncExpired:
    """Deadlines have passed. Student, professor and programme head are told."""

    actor: Actor
    cases: tuple[CaseNamed, ...]


@dataclass(frozen=True, slots=True)
class ClassNotGraded:
    """A class with students who are still NG."""

    term_id: UUID
    section_id: UUID
    students: int


@dataclass(frozen=True, slots=True)
class NotGradedOverdue:
    """NG grades are unresolved long after their term; the dean is told every day until they are."""

    actor: Actor
    on: date
    classes: tuple[ClassNotGraded, ...]


@dataclass(frozen=True, slots=True)
class ResultsDiffered:
    """The weekly proof found stored averages that do not follow from the grades. They were put right."""

    actor: Actor
    student_ids: tuple[UUID, ...]
