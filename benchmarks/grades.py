"""Set-based acts on grades beside the same act in a loop: expiry of open incompletes, averages of a whole college.

    python -m benchmarks grades --students 20000 --cases 10000 --loop 200

The single act is timed on a part of the rows and its time for all of them is told from that; the rows that both
leave are compared on that part. It runs in a scratch installation that is removed again.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from benchmarks import report
from benchmarks.installation import prepare

TERMS = ("2027-1", "2027-2", "2028-1", "2028-2")
SUBJECTS = 8
#: Students in one transaction: a longer one would be ended as forgotten while Python makes the rows.
AT_ONCE = 1000
#: Students whose averages one statement computes: nobody's statement may run for half a minute.
MOST_IN_A_STATEMENT = 5000
AFTER = datetime(2031, 7, 1, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Beside:
    """A set-based act beside its single-act loop."""

    name: str
    rows: int
    seconds: float
    loop_rows: int
    loop_seconds: float
    is_identical: bool

    @property
    def line(self) -> str:
        """One line for people."""
        loop_all = self.loop_seconds / self.loop_rows * self.rows
        return (
            f"{self.name}: {self.rows:,} rows in {self.seconds:.2f} s; one after the other {loop_all:.0f} s "
            f"(from {self.loop_rows}); {loop_all / self.seconds:.0f} times; rows "
            f"{'identical' if self.is_identical else 'DIFFERENT'}"
        )


def make_college(students: int, cases: int) -> tuple[UUID, list[UUID], list[UUID]]:
    """A college with so many graded students, and open incompletes of some of them."""
    from rollbook.core import clock
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.site.organisations import create_organisation
    from rollbook.systems.college.records.services import import_students

    organisation_id = create_organisation(
        slug="grades", name="Grades College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    heading = "student_number,family_name,given_name,programme,term"
    lines = [heading, *(f"G{number:06d},Grade,Student {number},BSIT,2027-1" for number in range(students))]
    with clock.frozen_at(datetime(2030, 1, 1, tzinfo=UTC)):
        with tenant_scope(organisation_id):
            import_students(
                Actor.system(organisation_id, job="benchmark"), file_name="roll.csv",
                content="\n".join(lines).encode(), create_missing=True,
            )  # fmt: skip
        return organisation_id, *_grade(organisation_id, cases)


def _grade(organisation_id: UUID, cases: int) -> tuple[list[UUID], list[UUID]]:
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.catalogue.models import Subject
    from rollbook.systems.college.records.models import Student

    chance = random.Random(7)
    with tenant_scope(organisation_id):
        subjects = [
            Subject.objects.create(code=f"S{number}", title=f"Subject {number}", lecture_units=3)
            for number in range(SUBJECTS)
        ]
        student_ids = list(Student.objects.order_by("id").values_list("id", flat=True))
    case_ids: list[UUID] = []
    for attempt, code in enumerate(TERMS, start=1):
        with tenant_scope(organisation_id):
            sheets = [_sheet(_term(code), subject) for subject in subjects]
        # Whoever has an open incomplete has it from the first term.
        open_ones = set(student_ids[:cases]) if attempt == 1 else set()
        for begin in range(0, len(student_ids), AT_ONCE):
            with tenant_scope(organisation_id):
                case_ids += _graded(sheets, attempt, student_ids[begin : begin + AT_ONCE], open_ones, chance)
    return student_ids, case_ids


def _graded(
    sheets: list[Any], attempt: int, student_ids: list[UUID], open_ones: set[UUID], chance: random.Random
) -> list[UUID]:
    """Some students who took every subject of a term; some of them have an incomplete in the first one."""
    from rollbook.systems.college.catalogue.models import Programme
    from rollbook.systems.college.catalogue.services.scales import scale_in_force
    from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment

    scale, programme = scale_in_force(date(2030, 1, 1)), Programme.objects.get(code="BSIT")
    marks = [mark for mark in scale.values.all() if mark.kind == "NUMERIC"]
    enrolments = TermEnrolment.objects.bulk_create(
        TermEnrolment(student_id=each, term=sheets[0].section.term, programme=programme, created_via="BATCH")
        for each in student_ids
    )
    taken, incomplete = [], []
    for enrolment in enrolments:
        for sheet in sheets:
            is_open = sheet is sheets[0] and enrolment.student_id in open_ones
            mark = chance.choice(marks)
            row = SubjectEnrolment(
                term_enrolment=enrolment, subject=sheet.section.subject, section=sheet.section, units=3,
                category="MAJOR", state="COMPLETED",
                result="INC" if is_open else "PASSED" if mark.passes else "FAILED",
                final_symbol="INC" if is_open else mark.symbol, final_numeric=None if is_open else mark.numeric,
                scale=scale, finalized_on=date(2029, 12, 1), attempt_no=attempt, is_retake=attempt > 1,
            )  # fmt: skip
            taken.append(row)
            if is_open:
                incomplete.append((row, enrolment.student_id))
    SubjectEnrolment.objects.bulk_create(taken, batch_size=5000)
    return _open_cases(incomplete, sheets[0], scale)


def _term(code: str) -> Any:
    from rollbook.systems.college.catalogue.models import Term

    year = int(code[:4])
    return Term.objects.get_or_create(
        code=code,
        defaults={
            "academic_year": f"{year}-{year + 1}", "kind": "FIRST" if code.endswith("1") else "SECOND",
            "starts_on": date(year, 8, 1), "ends_on": date(year, 12, 31), "state": "GRADING",
        },
    )[0]  # fmt: skip


def _sheet(term: Any, subject: Any) -> Any:
    from rollbook.systems.college.grading.models import GradeSheet
    from rollbook.systems.college.scheduling.models import Section, TeachingAssignment

    section = Section.objects.create(term=term, subject=subject, code="A", state="OPEN", capacity=1000)
    TeachingAssignment.objects.create(section=section)
    return GradeSheet.objects.create(section=section, component="FINAL")


def _open_cases(incomplete: list[tuple[Any, UUID]], sheet: Any, scale: Any) -> list[UUID]:
    from rollbook.systems.college.grading.models import GradeRecord, IncompleteCase

    records = [
        GradeRecord(
            subject_enrolment=row, sheet=sheet, component="FINAL", symbol="INC", scale=scale, state="FINALIZED",
            required_work="Project",
        )
        for row, _ in incomplete
    ]  # fmt: skip
    GradeRecord.objects.bulk_create(records, batch_size=5000)
    made = IncompleteCase.objects.bulk_create(
        (
            IncompleteCase(
                subject_enrolment=row, record=record, student_id=student_id, category="MAJOR",
                started_on=date(2029, 12, 1), months=6, deadline=date(2030, 6, 1), required_work="Project",
            )
            for (row, student_id), record in zip(incomplete, records, strict=True)
        ),
        batch_size=5000,
    )  # fmt: skip
    return [case.id for case in made]


def timed(act: Callable[[], Any]) -> float:
    """How long an act takes."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def averages(organisation_id: UUID, student_ids: list[UUID], loop: int) -> Beside:
    """The averages of everybody at once, and of some one after the other."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.grading.models import CumulativeResult, TermResult
    from rollbook.systems.college.grading.services.results import FIGURES, recompute

    actor = Actor.system(organisation_id, job="benchmark")
    part = student_ids[:loop]

    def rows() -> list[Any]:
        terms = TermResult.objects.filter(student__in=part).order_by("student", "term")
        overall = CumulativeResult.objects.filter(student__in=part).order_by("student")
        return [*terms.values_list("student", "term", *FIGURES), *overall.values_list("student", *FIGURES)]

    def one_by_one() -> None:
        for student_id in part:
            with tenant_scope(organisation_id):
                recompute(actor, [student_id])

    def at_once() -> None:
        for begin in range(0, len(student_ids), MOST_IN_A_STATEMENT):
            with tenant_scope(organisation_id):
                recompute(actor, student_ids[begin : begin + MOST_IN_A_STATEMENT])

    loop_seconds = timed(one_by_one)
    with tenant_scope(organisation_id):
        single = rows()
        # What was computed is forgotten, so that both do the same work.
        TermResult.objects.filter(student__in=part).update(computed_from="", gpa=None, gpa_units=0)
        CumulativeResult.objects.filter(student__in=part).update(computed_from="", gpa=None, gpa_units=0)
    seconds = timed(at_once)
    with tenant_scope(organisation_id):
        return Beside("averages", len(student_ids), seconds, len(part), loop_seconds, rows() == single)


def expiry(organisation_id: UUID, case_ids: list[UUID], loop: int) -> Beside:
    """Some incompletes expire one after the other, the others at once; the rows they leave are compared."""
    from rollbook.core import clock
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.systems.college.grading.models import IncompleteCase
    from rollbook.systems.college.grading.services.expiring import expire_incompletes

    actor = Actor.system(organisation_id, job="benchmark")
    part, rest = case_ids[:loop], case_ids[loop:]

    def one_by_one() -> None:
        for case_id in part:
            with tenant_scope(organisation_id):
                expire_incompletes(actor, [case_id])

    def at_once() -> None:
        with tenant_scope(organisation_id):
            expire_incompletes(actor, rest)

    def left(ids: list[UUID]) -> set[tuple[Any, ...]]:
        with tenant_scope(organisation_id):
            found = IncompleteCase.objects.filter(id__in=ids).values_list(
                "state", "ended_on", "record__symbol", "record__numeric", "record__state",
                "subject_enrolment__result", "subject_enrolment__final_symbol", "subject_enrolment__finalized_on",
            )  # fmt: skip
            return set(found)

    with clock.frozen_at(AFTER):
        loop_seconds, seconds = timed(one_by_one), timed(at_once)
    return Beside("INC expiry", len(rest), seconds, len(part), loop_seconds, left(part) == left(rest))


def measure(students: int, cases: int, loop: int) -> int:
    """Print both; rows that differ are a failure."""
    prepare()
    organisation_id, student_ids, case_ids = make_college(students, cases)
    return written("grades", [averages(organisation_id, student_ids, loop), expiry(organisation_id, case_ids, loop)])


def written(name: str, found: list[Beside]) -> int:
    """Print what was found and write it into the page; 1 when rows differ."""
    lines = [f"{datetime.now(UTC):%d %B %Y}, set-based beside the single act in a loop:", ""]
    lines += [f"- {one.line}" for one in found]
    text = "\n".join([f"## Batches: {name}", "", *lines])
    print(text, flush=True)
    report.write(text, name=name)
    return 0 if all(one.is_identical for one in found) else 1


def main() -> int:
    """Read what is wished, and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks grades")
    parser.add_argument("--students", type=int, default=20_000)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--loop", type=int, default=200, help="how many are done one after the other (default: 200)")
    wanted = parser.parse_args()
    return measure(wanted.students, wanted.cases, wanted.loop)


if __name__ == "__main__":
    sys.exit(main())
