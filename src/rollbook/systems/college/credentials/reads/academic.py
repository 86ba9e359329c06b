"""A student's academic record as official papers tell it: every term with every attempt, averages, credits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.grading.models import CumulativeResult, TermResult
from rollbook.systems.college.records.models import Student, TransferCredit

State, Result = SubjectEnrolment.State, SubjectEnrolment.Result


@dataclass(frozen=True, slots=True)
class Line:
    """One attempt at a subject."""

    code: str
    title: str
    units: Decimal
    #: As the scale writes it; empty while there is no final grade.
    grade: str
    result: str
    is_earned: bool


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A term with what the student took in it."""

    enrolment_id: UUID
    term: str
    academic_year: str
    kind: str
    starts_on: date
    ends_on: date
    programme: str
    year_level: int
    state: str
    lines: tuple[Line, ...]
    #: The average as it is shown; None while nothing counts.
    average: Decimal | None


@dataclass(frozen=True, slots=True)
class Academic:
    """Everything, oldest first."""

    terms: tuple[TermRecord, ...]
    credits: tuple[TransferCredit, ...]
    average: Decimal | None
    units_earned: Decimal


def academic_record(student: Student) -> Academic:
    """Read a student's record in five statements. What was dropped in time leaves no trace (R26)."""
    terms = list(
        TermEnrolment.objects.filter(student=student)
        .exclude(state=TermEnrolment.State.CANCELLED)
        .select_related("term", "programme")
        .order_by("term__starts_on", "id")
    )
    taken = (
        SubjectEnrolment.objects.filter(term_enrolment__in=[term.id for term in terms])
        .filter(Q(state__in=[State.ENROLLED, State.COMPLETED, State.WITHDRAWN]))
        .select_related("subject")
        .order_by("subject__code", "attempt_no")
    )
    lines: dict[UUID, list[Line]] = {}
    for row in taken:
        lines.setdefault(row.term_enrolment_id, []).append(_line(row))
    averages = dict(TermResult.objects.filter(student=student).values_list("term_id", "gpa_shown"))
    overall = CumulativeResult.objects.filter(student=student).values("gpa_shown", "units_earned").first()
    credited = TransferCredit.objects.filter(student=student, state=TransferCredit.State.CREDITED)
    return Academic(
        terms=tuple(_term(term, lines.get(term.id, []), averages.get(term.term_id)) for term in terms),
        credits=tuple(credited.select_related("subject", "request").order_by("subject__code")),
        average=overall["gpa_shown"] if overall else None,
        units_earned=overall["units_earned"] if overall else Decimal(0),
    )


def _line(row: SubjectEnrolment) -> Line:
    is_withdrawn = row.state == State.WITHDRAWN
    grade = row.final_symbol or ("W" if is_withdrawn else "")
    return Line(
        code=row.subject.code, title=row.subject.title, units=row.units, grade=grade,
        result=row.result or ("WITHDRAWN" if is_withdrawn else ""), is_earned=row.result == Result.PASSED,
    )  # fmt: skip


def _term(row: TermEnrolment, lines: Sequence[Line], average: Any) -> TermRecord:
    return TermRecord(
        enrolment_id=row.id, term=row.term.code, academic_year=row.term.academic_year,
        kind=row.term.get_kind_display(), starts_on=row.term.starts_on, ends_on=row.term.ends_on,
        programme=row.programme.name, year_level=row.year_level, state=row.state, lines=tuple(lines),
        average=average,
    )  # fmt: skip
