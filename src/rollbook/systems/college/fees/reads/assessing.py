"""What an assessment looks at, read for many term enrolments in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from rollbook.core.db.arrays import array_of
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees.models import Assessment, FeeSchedule
from rollbook.systems.college.fees.policies import REFUND_TABLE
from rollbook.systems.college.fees.rules import (
    WHOLE,
    Assessed,
    Fee,
    Given,
    Schedule,
    Scope,
    Taken,
    assess,
    percent_back,
    read_refund_table,
    schedule_for,
)

# Each of these reads one table by keys that are known, and Python puts them together: on rows that were inserted a
# moment ago, and never analysed, the planner would join them by a nested loop over everything.
ENROLMENTS = """
SELECT e.id, e.state, e.term_id, e.programme_id, e.year_level, e.curriculum_id, e.invoice_id, e.student_id
  FROM college_enrolment_termenrolment e
 WHERE e.organisation_id = %(organisation)s AND e.id = ANY (%(enrolments)s::uuid[])
 ORDER BY e.id
"""

STUDENTS = """
SELECT s.id, s.kind, s.person_id FROM college_records_student s
 WHERE s.organisation_id = %(organisation)s AND s.id = ANY (%(students)s::uuid[])
"""

#: Every class that was ever taken up in the term; what was merely held, planned or waited for is not charged.
TAKEN = """
SELECT k.term_enrolment_id, k.subject_id, k.units, k.state, k.ended_at
  FROM college_enrolment_subjectenrolment k
 WHERE k.organisation_id = %(organisation)s AND k.term_enrolment_id = ANY (%(enrolments)s::uuid[])
   AND k.state IN ('ENROLLED', 'COMPLETED', 'DROPPED', 'WITHDRAWN')
 ORDER BY k.term_enrolment_id, k.id
"""

SUBJECTS = """
SELECT c.id, c.code, c.lecture_units, c.lab_units FROM college_catalogue_subject c
 WHERE c.organisation_id = %(organisation)s AND c.id = ANY (%(subjects)s::uuid[])
"""

#: What curricula put into each of their terms; of an elective group, in which one is enough, the first.
EXPECTED = """
SELECT DISTINCT ON (n.curriculum_id, n.year_level, n.semester, coalesce(nullif(n.elective_group, ''), n.id::text))
       n.curriculum_id, n.year_level, n.semester, c.id, c.code, c.lecture_units + c.lab_units,
       c.lecture_units, c.lab_units
  FROM college_catalogue_curriculumentry n
  JOIN college_catalogue_subject c ON c.organisation_id = n.organisation_id AND c.id = n.subject_id
 WHERE n.organisation_id = %(organisation)s AND n.curriculum_id = ANY (%(curricula)s::uuid[])
 ORDER BY n.curriculum_id, n.year_level, n.semester, coalesce(nullif(n.elective_group, ''), n.id::text), c.code
"""

GIVEN = """
SELECT g.term_enrolment_id, g.code, g.name, g.percent, g.amount_minor, g.categories, g.position, g.cap_minor
  FROM college_fees_discountgrant g
 WHERE g.organisation_id = %(organisation)s AND g.term_enrolment_id = ANY (%(enrolments)s::uuid[])
   AND g.state = 'GRANTED'
"""


#: One row by its key, asked at every change of classes: the statement is prepared.
BILLED_BY = """
SELECT e.invoice_id, (SELECT a.schedule_id FROM college_fees_assessment a
                       WHERE a.organisation_id = e.organisation_id AND a.term_enrolment_id = e.id LIMIT 1)
  FROM college_enrolment_termenrolment e
 WHERE e.organisation_id = %s AND e.id = %s
"""


class BilledBy(NamedTuple):
    """How a term enrolment is billed: its plan, and a schedule it was assessed by."""

    invoice_id: UUID | None
    schedule_id: UUID | None


@dataclass(slots=True)
class Standing:
    """A term enrolment as an assessment sees it."""

    id: UUID
    state: str
    term_id: UUID
    semester: str
    starts_on: date
    term_code: str
    programme_id: UUID
    year_level: int
    curriculum_id: UUID | None
    student_kind: str
    person_id: UUID
    invoice_id: UUID | None
    taken: list[Taken] = field(default_factory=list)
    expected: Sequence[Taken] = ()
    given: list[Given] = field(default_factory=list)
    latest: Assessment | None = None

    @property
    def scope(self) -> Scope:
        """The student, as schedules ask for them."""
        return Scope(self.programme_id, self.year_level, self.term_id, self.semester, self.student_kind)

    @property
    def basis(self) -> str:
        """Once a class was taken up, only classes count, also after all of them were dropped."""
        return Assessment.Basis.ENROLLED if self.taken else Assessment.Basis.EXPECTED

    @property
    def subjects(self) -> Sequence[Taken]:
        """What is charged for."""
        return self.taken or self.expected


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a term enrolment would be assessed at."""

    standing: Standing
    schedule: Schedule
    assessed: Assessed


def billed_by(term_enrolment_id: UUID) -> BilledBy:
    """The plan of a term enrolment, and the schedule that it follows where it was assessed."""
    with prepared_cursor() as cursor:
        cursor.execute(BILLED_BY, [require_organisation_id(), term_enrolment_id])
        return BilledBy(*cursor.fetchone())


def standings(enrolment_ids: Iterable[UUID]) -> list[Standing]:
    """Everything that is asked about some term enrolments, in the order of their ids."""
    wanted = array_of(enrolment_ids)
    found = _enrolments(wanted)
    _take(found, wanted)
    for enrolment_id, code, name, percent, minor, categories, position, cap in _rows(GIVEN, enrolments=wanted):
        found[enrolment_id].given.append(Given(code, name, percent, minor, tuple(categories), position, cap))
    _expect(found.values())
    latest = Assessment.objects.filter(term_enrolment_id__in=list(found)).order_by("term_enrolment_id", "number")
    for assessment in latest:
        found[assessment.term_enrolment_id].latest = assessment
    return list(found.values())


def _enrolments(wanted: str) -> dict[UUID, Standing]:
    rows = _rows(ENROLMENTS, enrolments=wanted)
    students = {row[0]: row[1:] for row in _rows(STUDENTS, students=array_of({row[7] for row in rows}))}
    terms = {
        row[0]: row[1:]
        for row in Term.objects.filter(id__in={row[2] for row in rows}).values_list("id", "kind", "starts_on", "code")
    }
    found = {}
    for enrolment_id, state, term_id, programme_id, year_level, curriculum_id, invoice_id, student_id in rows:
        student_kind, person_id = students[student_id]
        semester, starts_on, term_code = terms[term_id]
        found[enrolment_id] = Standing(
            enrolment_id, state, term_id, semester, starts_on, term_code, programme_id, year_level, curriculum_id,
            student_kind, person_id, invoice_id,
        )  # fmt: skip
    return found


def _take(found: Mapping[UUID, Standing], wanted: str) -> None:
    rows = _rows(TAKEN, enrolments=wanted)
    if not rows:
        return
    subjects = {row[0]: row[1:] for row in _rows(SUBJECTS, subjects=array_of({row[1] for row in rows}))}
    for enrolment_id, subject_id, units, state, ended_at in rows:
        standing = found[enrolment_id]
        share = WHOLE
        if state == "DROPPED":
            share = Decimal(0)
        elif state == "WITHDRAWN":
            share = WHOLE - back_on(ended_at, standing.starts_on)
        code, lecture, lab = subjects[subject_id]
        standing.taken.append(Taken(subject_id, code, units, lecture, lab, share))
    for standing in found.values():
        standing.taken.sort(key=lambda taken: taken.code)


def back_on(moment: datetime, starts_on: date) -> Decimal:
    """The percentage that the refund table of a moment gives back to who leaves then."""
    table = read_refund_table(policies.get(REFUND_TABLE, moment))
    return percent_back(table, starts_on=starts_on, on=organisation_in_scope().local_date(moment))


def _expect(found: Iterable[Standing]) -> None:
    without = [one for one in found if not one.taken and one.curriculum_id]
    if not without:
        return
    places: dict[tuple[UUID, int, str], list[Taken]] = defaultdict(list)
    for curriculum_id, year_level, semester, *subject in _rows(
        EXPECTED, curricula=array_of({one.curriculum_id for one in without if one.curriculum_id})
    ):
        places[curriculum_id, year_level, semester].append(Taken(*subject))
    for one in without:
        if one.curriculum_id:
            one.expected = places.get((one.curriculum_id, one.year_level, one.semester), ())


def schedules(*, also: Iterable[UUID] = ()) -> dict[UUID, tuple[Schedule, bool]]:
    """The schedules in force, and others that are named; with whether each is in force."""
    rows = FeeSchedule.objects.filter(state=FeeSchedule.State.ACTIVE) | FeeSchedule.objects.filter(id__in=list(also))
    return {row.id: (schedule_of(row), row.state == FeeSchedule.State.ACTIVE) for row in rows.prefetch_related("lines")}


def schedule_of(row: FeeSchedule) -> Schedule:
    """A schedule as the arithmetic needs it."""
    lines = sorted(row.lines.all(), key=lambda line: line.position)
    return Schedule(
        row.id, row.code, row.version_number,
        Scope(row.programme_id, row.year_level, row.term_id, row.semester, row.student_kind),
        tuple(Fee(line.label, line.category, line.basis, line.price_minor, line.subject_id) for line in lines),
        row.instalments, row.first_due_on,
    )  # fmt: skip


def proposals(found: Sequence[Standing], *, by: UUID | None = None) -> dict[UUID, Proposal]:
    """What each comes to. Who was assessed before stays with that schedule, unless another is named (`by`).

    Whom no schedule fits has no proposal.
    """
    also = {one.latest.schedule_id for one in found if one.latest} | ({by} if by else set())
    known = schedules(also=also)
    in_force = [schedule for schedule, is_in_force in known.values() if is_in_force]
    fitting = _Fitting(in_force, {})
    made = {}
    for one in found:
        schedule = _named(one, known, by) or fitting.of(one.scope)
        if schedule is not None:
            made[one.id] = Proposal(one, schedule, assess(schedule.fees, one.subjects, one.given))
    return made


def _named(one: Standing, known: Mapping[UUID, tuple[Schedule, bool]], by: UUID | None) -> Schedule | None:
    named = by or (one.latest.schedule_id if one.latest else None)
    return known[named][0] if named and named in known else None


@dataclass(slots=True)
class _Fitting:
    """Students of the same scope have the same schedule: it is looked for once."""

    in_force: Sequence[Schedule]
    known: dict[Scope, Schedule | None]

    def of(self, scope: Scope) -> Schedule | None:
        if scope not in self.known:
            self.known[scope] = schedule_for(scope, self.in_force)
        return self.known[scope]


def _rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
