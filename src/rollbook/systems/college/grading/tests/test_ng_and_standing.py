"""What nobody graded in time, and standing and honours after a term."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.policies import services as policies
from rollbook.systems.college.examples import a_registrar, an_administrator
from rollbook.systems.college.grading.errors import NothingToConfirm
from rollbook.systems.college.grading.events import GradesPosted, NotGradedOverdue
from rollbook.systems.college.grading.examples import (
    a_class,
    a_graded_subject,
    a_grading_term,
    entered,
    finalised,
    grade_of,
    result_of,
    some_students,
    submitted,
    the_job,
    typed,
)
from rollbook.systems.college.grading.models import GradeEvent, TermResult
from rollbook.systems.college.grading.services.expiring import default_to_not_graded, tell_of_not_graded
from rollbook.systems.college.grading.services.finalising import finalise, open_late
from rollbook.systems.college.grading.services.sheets import save_rows, submit
from rollbook.systems.college.grading.services.standing import NewRule, confirm_standings, evaluate_term, set_rules
from rollbook.systems.college.records.models import Student

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")

DAY_AFTER = datetime(2026, 12, 10, 16, tzinfo=UTC)


def a_term_that_closes():
    return a_grading_term(opens=date(2026, 8, 1), closes=date(2026, 12, 10))


@pytest.mark.rule("R49")
def test_what_was_not_submitted_by_the_deadline_becomes_ng_never_failed(frozen_clock, told):
    term = a_term_that_closes()
    late, never = a_class(2, term=term), a_class(1, term=term, code="IT102")
    ready = a_class(1, term=term, code="IT103")
    entered(late, "1.25", "")
    submitted(ready, "2.00")

    frozen_clock(datetime(2026, 12, 10, 15, 59, 59, tzinfo=UTC))
    assert default_to_not_graded(the_job()) == 0
    frozen_clock(DAY_AFTER)
    assert default_to_not_graded(the_job()) == 3
    assert default_to_not_graded(the_job()) == 0

    assert [result_of(row.id).result for row in [*late.taken, *never.taken, *ready.taken]] == ["NG", "NG", "NG", ""]
    assert [grade_of(row).symbol for row in [*late.taken, *never.taken]] == ["NG", "NG", "NG"]
    event = GradeEvent.objects.get(kind="NG_DEFAULT", record=grade_of(late.taken[0]).id)
    assert (event.old_symbol, event.new_symbol) == ("1.25", "NG")
    assert AuditEntry.objects.filter(action="college.not_graded").count() == 3
    assert [event.kind for event in told(GradesPosted)] == ["NOT_GRADED"]


@pytest.mark.rule("R49")
def test_a_late_sheet_ends_ng(frozen_clock):
    class_ = a_class(2, term=a_term_that_closes())
    frozen_clock(DAY_AFTER)
    default_to_not_graded(the_job())
    sheet_id = grade_of(class_.taken[0]).sheet_id

    open_late(a_registrar(), sheet_id=sheet_id, until=date(2026, 12, 20), reason="The professor was ill")
    save_rows(class_.owner, sheet_id=sheet_id, rows=typed(class_, "1.25", "5.00"))
    submit(class_.owner, sheet_id=sheet_id)
    finalise(a_registrar(), sheet_ids=[sheet_id])

    assert [result_of(row.id).result for row in class_.taken] == ["PASSED", "FAILED"]


def test_ng_cannot_be_submitted_as_a_grade(frozen_clock):
    from rollbook.systems.college.grading.errors import SheetNotComplete

    class_ = a_class(1, term=a_term_that_closes())
    frozen_clock(DAY_AFTER)
    default_to_not_graded(the_job())
    sheet_id = grade_of(class_.taken[0]).sheet_id
    open_late(a_registrar(), sheet_id=sheet_id, until=date(2026, 12, 20), reason="The professor was ill")

    with pytest.raises(SheetNotComplete):
        submit(class_.owner, sheet_id=sheet_id)


def test_the_college_may_wait_some_days_and_a_personal_window_holds(frozen_clock):
    policies.change(an_administrator(), "college.ng_after_days", 3, None, "Decided by the council")
    class_ = a_class(1, term=a_term_that_closes())
    sheet = entered(class_, "")
    frozen_clock(DAY_AFTER)
    assert default_to_not_graded(the_job()) == 0
    open_late(a_registrar(), sheet_id=sheet.id, until=date(2026, 12, 20), reason="The professor was ill")
    frozen_clock(datetime(2026, 12, 20, 15, tzinfo=UTC))
    assert default_to_not_graded(the_job()) == 0
    frozen_clock(datetime(2026, 12, 20, 16, tzinfo=UTC))
    assert default_to_not_graded(the_job()) == 1


@pytest.mark.rule("R49")
def test_the_dean_hears_every_day_of_ng_that_is_thirty_days_old(frozen_clock, told):
    class_ = a_class(2, term=a_term_that_closes())
    frozen_clock(DAY_AFTER)
    default_to_not_graded(the_job())

    told_on = []
    # The term ends on 31 December.
    for moment in (
        datetime(2027, 1, 30, 3, tzinfo=UTC),
        datetime(2027, 1, 31, 3, tzinfo=UTC),
        datetime(2027, 2, 1, 3, tzinfo=UTC),
    ):
        frozen_clock(moment)
        told_on.append(tell_of_not_graded(the_job()))

    assert told_on == [0, 1, 1]
    overdue = told(NotGradedOverdue)
    assert [(each.section_id, each.students) for each in overdue[0].classes] == [(class_.section.id, 2)]
    assert {result_of(row.id).result for row in class_.taken} == {"NG"}


def a_judged_term(*grades: tuple[str, ...]):
    """One student per tuple, with a subject of three units for each of its grades."""
    term = a_grading_term()
    people = some_students(len(grades), term)
    for number in range(len(grades[0])):
        class_ = a_class(people, code=f"S{number}", term=term, subject=a_graded_subject(f"S{number}"))
        finalised(class_, *[row[number] for row in grades])
    return term, people


@pytest.mark.rule("R54")
def test_standing_and_honours_are_evaluated_and_count_when_a_registrar_confirms_them():
    term, people = a_judged_term(
        ("1.00", "1.25", "1.25", "1.25", "1.25"),
        ("1.50", "1.75", "1.75", "1.75", "2.00"),
        ("2.00", "2.00", "2.00", "5.00", "5.00"),
        ("2.00", "2.00", "5.00", "5.00", "5.00"),
        ("2.00", "5.00", "5.00", "5.00", "5.00"),
    )
    registrar = a_registrar()

    assert evaluate_term(registrar, term_id=term.id) == 5
    rows = [TermResult.objects.get(student=student.id) for student in people]
    assert [(row.standing, row.honours) for row in rows] == [
        ("GOOD", "President's list"), ("GOOD", "Dean's list"), ("WARNING", ""), ("PROBATION", ""), ("SUSPENDED", ""),
    ]  # fmt: skip
    assert Student.objects.filter(academic_standing="GOOD").count() == 5

    assert confirm_standings(registrar, term_id=term.id, student_ids=[people[2].id]) == 1
    assert confirm_standings(registrar, term_id=term.id) == 4
    with pytest.raises(NothingToConfirm):
        confirm_standings(registrar, term_id=term.id)
    standings = [Student.objects.get(id=student.id).academic_standing for student in people]
    assert standings == ["GOOD", "GOOD", "WARNING", "PROBATION", "SUSPENDED"]
    assert AuditEntry.objects.filter(action="college.standing_confirmed").count() == 5
    assert evaluate_term(registrar, term_id=term.id) == 0


@pytest.mark.rule("R54")
def test_a_programme_may_have_rules_of_its_own():
    term, people = a_judged_term(("2.75",), ("2.50",))
    administrator = an_administrator()
    set_rules(
        administrator, kind="STANDING", programme_id=people[0].programme_id,
        rules=[NewRule("PROBATION", gpa_limit=Decimal("2.50"))],
    )  # fmt: skip
    set_rules(administrator, kind="HONOURS", rules=[NewRule("Merit", gpa_limit=Decimal("2.50"))])

    evaluate_term(a_registrar(), term_id=term.id)

    rows = [TermResult.objects.get(student=student.id) for student in people]
    assert [row.standing for row in rows] == ["PROBATION", "GOOD"]
    # The programme has rules of its own for standing only; for honours it is judged as usual.
    assert [row.honours for row in rows] == ["", ""]


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("STANDING", NewRule("GOOD", failed_percent=10)),
        ("STANDING", NewRule("WARNING")),
        ("STANDING", NewRule("WARNING", failed_percent=101)),
        ("HONOURS", NewRule("", gpa_limit=Decimal("1.25"))),
        ("HONOURS", NewRule("Merit")),
        ("MERIT", NewRule("Merit", gpa_limit=Decimal("1.25"))),
    ],
)
def test_a_rule_that_judges_nothing_is_refused(kind, rule):
    with pytest.raises(Invalid):
        set_rules(an_administrator(), kind=kind, rules=[rule])


def test_only_registrars_confirm_and_only_administrators_set_rules():
    term, _ = a_judged_term(("2.00",))

    with pytest.raises(Forbidden):
        confirm_standings(an_administrator(), term_id=term.id)
    with pytest.raises(Forbidden):
        set_rules(a_registrar(), kind="HONOURS", rules=[NewRule("Merit", gpa_limit=Decimal("1.25"))])
