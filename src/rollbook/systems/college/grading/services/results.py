"""Averages, computed from the grades for one student or for all of them by the same statements (R51 to R53)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.db.arrays import array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.services.scales import scale_in_force
from rollbook.systems.college.grading.events import ResultsDiffered
from rollbook.systems.college.grading.models import CumulativeResult, TermResult
from rollbook.systems.college.grading.policies import GPA_PLACES_SHOWN, GPA_PLACES_STORED, REPEAT_POLICY
from rollbook.systems.college.grading.rules.averages import Attempt, Sums, sums
from rollbook.systems.college.grading.sql import execute, results
from rollbook.systems.college.records.models import Student

#: So many students are proved at a time, so that a university fits in memory.
PROVED_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How many results are other than they were."""

    terms: int
    students: int


@transaction.atomic
def recompute(actor: Actor, student_ids: Iterable[UUID], *, at: datetime | None = None) -> Recomputed:
    """Compute the results of students afresh: seven statements at most, for one student or for thousands.

    The students' rows are locked first, so that two sheets finalised at once do not each leave the other's grades out.
    """
    moment = at or clock.now()
    students = array_of(sorted(set(student_ids)))
    if students == "{}":
        return Recomputed(0, 0)
    missing = [row[0] for row in execute(results.WITHOUT_CUMULATIVE, students=students)]
    if missing:
        new = array_of(ids.new_id() for _ in missing)
        execute(results.ADD_CUMULATIVE, ids=new, missing=array_of(missing), at=moment)
    execute(results.LOCK, students=students)
    lacking = execute(results.TERMS_WITHOUT_RESULT, students=students)
    if lacking:
        execute(
            results.ADD_TERMS,
            ids=array_of(ids.new_id() for _ in lacking),
            missing=array_of(student_id for student_id, _ in lacking),
            terms=array_of(term_id for _, term_id in lacking),
            at=moment,
        )
    settings = {
        "students": students,
        "at": moment,
        "policy": policies.get(REPEAT_POLICY),
        "stored": policies.get(GPA_PLACES_STORED),
        "shown": policies.get(GPA_PLACES_SHOWN),
        "scale": _scale_of_credits(),
    }
    terms = execute(results.COMPUTE_TERMS, **settings)
    cumulative = execute(results.COMPUTE_CUMULATIVE, **settings)
    return Recomputed(len(terms), len(cumulative))


def attempts_of(student_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID | None, Attempt]]]:
    """Every finalised attempt of students with its term, as the rules see it. One statement."""
    students = array_of(sorted(set(student_ids)))
    rows = execute(results.READ_ATTEMPTS, students=students, scale=_scale_of_credits())
    return {student: [_attempt(row) for row in group] for student, group in groupby(rows, key=lambda row: row[0])}


def _scale_of_credits() -> UUID:
    """Grades from elsewhere are read as grades of the college's own scale."""
    found: UUID = scale_in_force(organisation_in_scope().local_date(clock.now())).id
    return found


def _attempt(row: tuple[Any, ...]) -> tuple[UUID | None, Attempt]:
    (_, term_id, row_id, subject_id, attempt_no, units, symbol, numeric, counts, passes, earns, fails, is_attempted,
     direction, is_repeatable) = row  # fmt: skip
    return term_id, Attempt(
        id=row_id, subject_id=subject_id, attempt_no=attempt_no, units=units, symbol=symbol, numeric=numeric,
        counts_in_gpa=counts, passes=passes, earns_units=earns, fails=fails, is_attempted=is_attempted,
        direction=direction, is_repeatable=is_repeatable,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """How many students were proved, and whose stored results did not follow from their grades."""

    students: int
    differing: tuple[UUID, ...]


@transaction.atomic
def reconcile(actor: Actor, student_ids: Sequence[UUID] | None = None) -> Proof:
    """Prove every stored average by the rules themselves, in whole numbers of fractions; put right what differs.

    The statements that write results and the rules that prove them are written apart, so one catches the other.
    """
    known = Student.objects.filter(taken_back_at__isnull=True).order_by("id")
    everybody = list(known.values_list("id", flat=True)) if student_ids is None else sorted(student_ids)
    found: list[UUID] = []
    for start in range(0, len(everybody), PROVED_AT_ONCE):
        found.extend(differing(everybody[start : start + PROVED_AT_ONCE]))
    if found:
        recompute(actor, found)
        record(
            actor, "college.results_differed", ("college_grading.cumulativeresult", None),
            reason="The weekly proof found results that do not follow from the grades.", count=len(found),
            student_ids=[str(each) for each in found[:100]],
        )  # fmt: skip
        publish(ResultsDiffered(actor, tuple(found)))
    return Proof(len(everybody), tuple(found))


def differing(student_ids: Sequence[UUID]) -> list[UUID]:
    """The students among these whose stored results do not follow from their grades. Nothing is changed."""
    policy, stored, shown = (policies.get(key) for key in (REPEAT_POLICY, GPA_PLACES_STORED, GPA_PLACES_SHOWN))
    attempts = attempts_of(student_ids)
    kept = _kept(student_ids)
    found = []
    for student_id in student_ids:
        rows = attempts.get(student_id, [])
        terms = {term_id for term_id, _ in rows if term_id is not None}
        expected = {
            term_id: figures(sums([attempt for of, attempt in rows if of == term_id], policy), stored, shown)
            for term_id in terms
        }
        if rows:
            expected[None] = figures(sums([attempt for _, attempt in rows], policy), stored, shown)  # type: ignore[index]  # None is all terms
        if kept.get(student_id, {}) != expected:
            found.append(student_id)
    return found


def figures(found: Sums, stored: int, shown: int) -> tuple[Any, ...]:
    """The columns of a result as the rules compute them."""
    average = found.average
    return (
        found.units_attempted, found.units_earned, found.units_failed, average.quality_points, average.units,
        average.rounded(stored), average.rounded(shown), found.computed_from,
    )  # fmt: skip


FIGURES = (
    "units_attempted", "units_earned", "units_failed", "quality_points", "gpa_units", "gpa", "gpa_shown",
    "computed_from",
)  # fmt: skip


def _kept(student_ids: Sequence[UUID]) -> dict[UUID, dict[UUID | None, tuple[Any, ...]]]:
    found: dict[UUID, dict[UUID | None, tuple[Any, ...]]] = {}
    # A row that was only made to be locked says nothing yet.
    terms = TermResult.objects.filter(student__in=student_ids).exclude(computed_from="")
    for student_id, term_id, *columns in terms.values_list("student_id", "term_id", *FIGURES):
        found.setdefault(student_id, {})[term_id] = tuple(columns)
    overall = CumulativeResult.objects.filter(student__in=student_ids).exclude(computed_from="")
    for student_id, *columns in overall.values_list("student_id", *FIGURES):
        found.setdefault(student_id, {})[None] = tuple(columns)
    return found
