"""What others are told about enrolment, in the transaction of the act. Only `site/wiring.py` connects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class SubjectsChanged:
    """What a student takes in a term changed: what they owe is assessed anew."""

    actor: Actor
    term_enrolment_id: UUID


@dataclass(frozen=True, slots=True)
class EnrolmentConfirmed:
    """A student is enrolled in classes."""

    actor: Actor
    term_enrolment_id: UUID
    student_id: UUID
    person_id: UUID
    subject_enrolment_ids: Sequence[UUID]
    #: What the subjects are called, for the notice.
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class SeatFreed:
    """A seat of a section is free, and nobody who waits could be offered it."""

    actor: Actor
    section_id: UUID


@dataclass(frozen=True, slots=True)
class WaitlistOffered:
    """A seat is offered to the next in a queue."""

    actor: Actor
    subject_enrolment_id: UUID
    term_enrolment_id: UUID
    student_id: UUID
    person_id: UUID
    section_id: UUID
    #: What the class is called, for the notice.
    class_name: str
    offered_until: datetime


@dataclass(frozen=True, slots=True)
class TermEnrolmentCancelled:
    """A student's term was cancelled before its classes: permits are void, money goes back by the refund table."""

    actor: Actor
    term_enrolment_id: UUID
    invoice_id: UUID | None
    on: date


@dataclass(frozen=True, slots=True)
class TermEnrolmentWithdrawn:
    """A student left a term that had begun, for a leave or for good: permits are void, what is owed is looked at."""

    actor: Actor
    term_enrolment_id: UUID
    invoice_id: UUID | None
    on: date


@dataclass(frozen=True, slots=True)
class TermEnrolmentsOpened:
    """Students were taken over into a term at once: plans follow, with credit of earlier terms applied."""

    actor: Actor
    term_id: UUID
    term_enrolment_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class ResultsWritten:
    """Grading wrote final results: what rested on them provisionally is looked at again."""

    actor: Actor
    subject_enrolment_ids: Sequence[UUID]
