"""The grades of one student: by term, the averages, the incompletes, what the next term could bring."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import CumulativeResult, IncompleteCase, TermResult
from rollbook.systems.college.grading.policies import GPA_NAME, GPA_PLACES_SHOWN, REPEAT_POLICY, SHOW_MIDTERM
from rollbook.systems.college.grading.rules.averages import Attempt, average
from rollbook.systems.college.grading.rules.entry import Entry, read_grade
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.services.results import attempts_of
from rollbook.systems.college.grading.sql import named
from rollbook.systems.college.grading.sql.students import SUBJECTS
from rollbook.systems.college.records import selectors as records
from rollbook.systems.college.records.models import Hold, Student


@dataclass(frozen=True, slots=True)
class TermGrades:
    """One term of a student: its subjects, and what follows from them."""

    term_id: UUID
    term: str
    starts_on: date
    subjects: list[dict[str, Any]]
    result: TermResult | None


@dataclass(frozen=True, slots=True)
class Record:
    """A student's grades, the latest term first."""

    student: Student
    gpa_name: str
    places: int
    terms: list[TermGrades]
    cumulative: CumulativeResult | None
    incompletes: list[IncompleteCase]


def own_record(actor: Actor) -> Record:
    """My grades: finalised ones, and midterms that were submitted where the college shows them."""
    actor.require(permissions.VIEW_OWN_GRADES)
    student = records.get_own_student(actor)
    records.must_not_be_held(student, Hold.Blocks.GRADES_VIEW)
    return _record(student, shows_midterms=bool(policies.get(SHOW_MIDTERM)))


def record_of(actor: Actor, student_id: UUID) -> Record:
    """A student's grades for staff: registrars all, programme heads those of the programmes they head."""
    actor.require(permissions.VIEW_GRADES)
    return _record(records.get_student(actor, student_id), shows_midterms=True)


def _record(student: Student, *, shows_midterms: bool) -> Record:
    by_term: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    named_terms: dict[UUID, tuple[str, date]] = {}
    for row in named(SUBJECTS, student=student.id, shows_midterms=shows_midterms):
        term_id = row.pop("term_id")
        named_terms[term_id] = (row.pop("term"), row.pop("starts_on"))
        by_term[term_id].append(row)
    results = {row.term_id: row for row in TermResult.objects.filter(student=student.id)}
    cases = IncompleteCase.objects.filter(student=student.id, state__in=IncompleteCase.LIVE)
    return Record(
        student=student,
        gpa_name=policies.get(GPA_NAME),
        places=policies.get(GPA_PLACES_SHOWN),
        terms=[
            TermGrades(term_id, term, starts_on, by_term[term_id], results.get(term_id))
            for term_id, (term, starts_on) in named_terms.items()
        ],
        cumulative=CumulativeResult.objects.filter(student=student.id).first(),
        incompletes=list(cases.select_related("subject_enrolment__subject").order_by("deadline", "id")),
    )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the average would be with grades that nobody has given yet."""

    gpa: Decimal | None
    units: Decimal
    problems: dict[UUID, str]


def what_if(actor: Actor, wished: Sequence[tuple[UUID, str]]) -> WhatIf:
    """Add wished grades of running subjects to what is finalised. Nothing is stored."""
    found = own_record(actor)
    running = {
        row["subject_enrolment_id"]: row
        for term in found.terms
        for row in term.subjects
        if row["result"] in {"", "INC"}
    }
    scale = scale_in_force(organisation_in_scope().local_date(clock.now()))
    attempts = [attempt for _, attempt in attempts_of([found.student.id]).get(found.student.id, [])]
    replaced: dict[UUID, Attempt] = {}
    problems: dict[UUID, str] = {}
    for row_id, text in wished:
        row = running.get(row_id)
        read = read_grade(text, scale, basis=row["grading_basis"]) if row else Entry(None)
        if not isinstance(read, Entry):
            problems[row_id] = read.message
        elif row is not None and read.value is not None:
            replaced[row_id] = Attempt(
                id=row_id, subject_id=row["subject_id"], attempt_no=row["attempt_no"], units=row["units"],
                symbol=read.value.symbol, numeric=read.value.numeric, passes=read.value.passes,
                counts_in_gpa=read.value.counts_in_gpa and row["counts_in_gpa"], earns_units=read.value.earns_units,
                fails=not read.value.passes, direction=scale.direction, is_repeatable=row["is_repeatable"],
            )  # fmt: skip
    kept = [attempt for attempt in attempts if attempt.id not in replaced]
    result = average([*kept, *replaced.values()], policies.get(REPEAT_POLICY))
    return WhatIf(result.rounded(found.places), result.units, problems)
