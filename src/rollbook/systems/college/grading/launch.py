"""Are grades and averages right, and do incompletes end when they should? The grade items of the launch checklist."""

from datetime import date
from decimal import Decimal

from rollbook.core.db.catalogue import value
from rollbook.core.ids import new_id
from rollbook.core.readiness import Context, NotApplicable, Outcome, Severity, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.grading.models import CumulativeResult, IncompleteCase
from rollbook.systems.college.grading.rules.averages import Attempt, average
from rollbook.systems.college.grading.rules.incomplete import Leave, deadline_of
from rollbook.systems.college.grading.services.deadlines import leaves_of
from rollbook.systems.college.grading.services.results import differing

#: So many students and cases of each college are looked at, taken by chance.
MOST_PROVED = 200

GUARD = """
SELECT count(*) FROM pg_trigger t
 WHERE t.tgrelid = 'college_grading_graderecord'::regclass AND t.tgname = 'finalised_stays' AND t.tgenabled = 'O'
"""
#: Grade and units of the worked examples, and the average they have to give to four places.
EXAMPLES = (
    ((("1.25", 3), ("1.75", 3), ("2.00", 3), ("2.25", 2), ("1.50", 5)), "1.6875"),
    ((("1.00", 3), ("1.25", 3)), "1.1250"),
    ((("4.0", 3), ("3.3", 4), ("0.0", 3)), "2.5200"),
)


def _colleges() -> list[Organisation]:
    return list(Organisation.objects.filter(system="college", is_active=True).order_by("slug"))


def _without_college(_context: Context) -> NotApplicable | None:
    return None if _colleges() else NotApplicable("No college is kept in this installation.")


def _worked(rows: tuple[tuple[str, int], ...]) -> str:
    attempts = [
        Attempt(
            id=new_id(), subject_id=new_id(), attempt_no=1, units=Decimal(units), symbol=grade, numeric=Decimal(grade),
            counts_in_gpa=True, passes=True, earns_units=True, fails=False,
        )
        for grade, units in rows
    ]  # fmt: skip
    return str(average(attempts).rounded(4))


@register_item(
    id="COL-GRD-01",
    profile="college",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    title="Grades and averages are right",
    how="The averages of the worked examples are computed to four places; stored averages of students taken by chance "
    "are computed again from their grades by the rules; the guard of finalised grades stands in the database.",
    remedy="Run the job college.grading.gpa_reconcile, and look in the audit for what it found. A guard that is gone "
    "comes back with `rollbook migrate`.",
    evidence=("students", "examples"),
    applies=_without_college,
)
def grades_are_right(_context: Context) -> Outcome:
    found = [
        f"{rows} gives {_worked(rows)}, not {expected}" for rows, expected in EXAMPLES if _worked(rows) != expected
    ]
    if value(GUARD) != 1:
        found.append("finalised grades are not guarded in the database")
    students = 0
    for college in _colleges():
        with tenant_scope(college.pk):
            chosen = list(CumulativeResult.objects.order_by("?").values_list("student_id", flat=True)[:MOST_PROVED])
            students += len(chosen)
            wrong = len(differing(chosen)) if chosen else 0
        if wrong:
            found.append(f"{college.slug}: {wrong} averages do not follow from the grades")
    return none_found(
        found, examined=len(EXAMPLES) + 1 + students, what="wrong grades or averages", students=students,
        examples=len(EXAMPLES),
    )  # fmt: skip


@register_item(
    id="COL-GRD-02",
    profile="college",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    title="Incomplete grades expire, paused during leave",
    how="Worked deadlines with and without leave are computed; running incompletes of every college are compared with "
    "the deadline that follows from their leaves, and none is older than its deadline by more than a day.",
    remedy="Run the job college.grading.inc_expiry. If it fails, look at its last error in the job monitor.",
    evidence=("cases",),
    applies=_without_college,
)
def incompletes_expire(context: Context) -> Outcome:
    leave = Leave(date(2027, 1, 11), date(2027, 5, 31))
    worked = [
        (deadline_of(date(2026, 8, 31), 6).day, date(2027, 2, 28)),
        (deadline_of(date(2026, 12, 20), 6, leaves=[leave]).day, date(2027, 11, 8)),
        (deadline_of(date(2026, 12, 20), 6, leaves=[Leave(date(2027, 2, 1), None)]).day, None),
    ]
    found = [f"a deadline of {got}, not {expected}" for got, expected in worked if got != expected]
    examined = len(worked)
    for college in _colleges():
        with tenant_scope(college.pk):
            cases = list(IncompleteCase.objects.filter(state__in=IncompleteCase.EXPIRES).order_by("?")[:MOST_PROVED])
            leaves = leaves_of(case.student_id for case in cases) if cases else {}
        examined += len(cases)
        for case in cases:
            expected = deadline_of(
                case.started_on, case.months, extension_days=case.extension_days,
                leaves=leaves.get(case.student_id, ()),
            ).day  # fmt: skip
            # The nightly job follows leaves and expires; by the next day it has run.
            if expected is not None and (context.now.date() - expected).days > 1:
                found.append(f"{college.slug}: an incomplete of {expected} still stands")
    return none_found(found, examined=examined, what="incompletes past their deadline", cases=examined - len(worked))
