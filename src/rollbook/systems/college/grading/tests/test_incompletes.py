"""Incompletes: deadlines, warnings, expiry, and the five steps of a resolution."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.policies import services as policies
from rollbook.systems.college.examples import a_head_registrar, a_programme, a_registrar, an_administrator
from rollbook.systems.college.grading.errors import (
    CaseCannotMove,
    CaseNotFound,
    DeadlinePassed,
    NoMoreExtensions,
    SelfDecision,
)
from rollbook.systems.college.grading.events import GradesPosted, IncExpired, IncWarning
from rollbook.systems.college.grading.examples import (
    a_class,
    a_graded_subject,
    a_grading_term,
    a_professor_actor,
    a_programme_head,
    case_of,
    finalised,
    grade_of,
    on_leave,
    result_of,
    some_students,
    the_job,
)
from rollbook.systems.college.grading.models import CumulativeResult, GradeEvent, IncompleteCase
from rollbook.systems.college.grading.services import incompletes
from rollbook.systems.college.grading.services.deadlines import follow_leaves
from rollbook.systems.college.grading.services.expiring import expire_incompletes, warn_of_deadlines

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")

LAST_SECOND = datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2027, 2, 28, 16, 0, 0, tzinfo=UTC)


def an_incomplete(**fields):
    class_ = a_class(1, **fields)
    finalised(class_, "INC")
    return class_, case_of(class_.taken[0])


def resolved_up_to(step: str, class_, case, grade: str = "2.00", head=None):
    """The case after its first steps."""
    head = head or a_programme_head(class_.students[0].programme)
    registrar = a_registrar()
    steps = [
        (
            "REQUESTED",
            lambda: incompletes.request_resolution(class_.owner, case_id=case.id, reason="Project handed in"),
        ),
        ("APPROVED", lambda: incompletes.allow_resolution(registrar, case_id=case.id)),
        ("SUBMITTED", lambda: incompletes.grade_resolution(class_.owner, case_id=case.id, grade=grade)),
        ("HEAD_APPROVED", lambda: incompletes.approve_grade(head, case_id=case.id)),
        ("RESOLVED", lambda: incompletes.finalise_resolution(registrar, case_id=case.id)),
    ]
    for name, act in steps:
        moved = act()
        if name == step:
            return moved
    raise AssertionError(step)


@pytest.mark.rule("R45")
def test_a_minor_subject_gives_twelve_months_and_the_settings_decide():
    _, minor = an_incomplete(subject=a_graded_subject("PE1", category="MINOR"))
    policies.change(an_administrator(), "college.inc_months_major", 3, None, "Decided by the council")
    _, major = an_incomplete(subject=a_graded_subject("IT9"))

    assert (minor.deadline, major.deadline) == (date(2027, 8, 31), date(2026, 11, 30))


@pytest.mark.rule("R45")
@pytest.mark.parametrize(("begins", "started"), [("SUBMITTED", date(2026, 8, 31)), ("TERM_END", date(2026, 12, 31))])
def test_the_clock_starts_where_the_college_says(begins, started):
    policies.change(an_administrator(), "college.inc_clock_start", begins, None, "Decided by the council")

    _, case = an_incomplete()

    assert case.started_on == started


@pytest.mark.rule("R45")
@pytest.mark.example("college", 32)
def test_a_leave_moves_the_deadline_and_one_that_has_no_end_holds_it():
    class_, case = an_incomplete()
    student = class_.students[0]

    on_leave(student, date(2027, 1, 1), date(2027, 1, 31))
    assert follow_leaves(the_job(), [student.id]) == 1
    case.refresh_from_db()
    assert (case.deadline, case.paused_days) == (date(2027, 3, 31), 31)
    assert result_of(class_.taken[0].id).incomplete_until == date(2027, 3, 31)

    on_leave(student, date(2027, 1, 1), None)
    follow_leaves(the_job())
    case.refresh_from_db()
    assert case.deadline is None
    assert follow_leaves(the_job()) == 0


@pytest.mark.rule("R46")
@pytest.mark.example("college", 31)
def test_an_incomplete_expires_at_midnight_after_its_deadline_once(frozen_clock, told):
    class_, case = an_incomplete()
    assert case.deadline == date(2027, 2, 28)

    frozen_clock(LAST_SECOND)
    assert expire_incompletes(the_job()).case_ids == []
    assert result_of(class_.taken[0].id).result == "INC"

    frozen_clock(MIDNIGHT)
    assert expire_incompletes(the_job("college.grading.inc_expiry")).case_ids == [case.id]
    assert expire_incompletes(the_job()).case_ids == []

    row = result_of(class_.taken[0].id)
    assert (row.result, row.final_symbol, row.final_numeric) == ("FAILED", "5.00", Decimal("5.00"))
    grade = grade_of(class_.taken[0])
    assert (grade.symbol, grade.state) == ("5.00", "FINALIZED")
    event = GradeEvent.objects.get(kind="INC_EXPIRED")
    assert (event.old_symbol, event.new_symbol, event.actor_id, event.job) == (
        "INC", "5.00", None, "college.grading.inc_expiry",
    )  # fmt: skip
    assert CumulativeResult.objects.get(student=class_.students[0].id).gpa == Decimal("5.0000")
    [entry] = AuditEntry.objects.filter(action="college.incomplete_expired")
    assert (entry.actor_kind, entry.target_id) == ("system", case.id)
    [expired] = told(IncExpired)
    assert [named.student_id for named in expired.cases] == [class_.students[0].id]
    case.refresh_from_db()
    assert (case.state, case.ended_on) == ("EXPIRED", date(2027, 3, 1))


@pytest.mark.rule("R46")
def test_another_outcome_leaves_the_average_alone(frozen_clock):
    policies.change(an_administrator(), "college.inc_outcome", "NG", None, "Decided by the council")
    class_, _ = an_incomplete()
    frozen_clock(MIDNIGHT)

    expire_incompletes(the_job())

    assert (result_of(class_.taken[0].id).result, grade_of(class_.taken[0]).symbol) == ("NG", "NG")
    assert CumulativeResult.objects.get(student=class_.students[0].id).gpa is None


@pytest.mark.rule("R46")
@pytest.mark.parametrize("step", ["SUBMITTED", "HEAD_APPROVED"])
def test_a_grade_that_was_submitted_in_time_stops_the_deadline(frozen_clock, step):
    class_, case = an_incomplete()
    frozen_clock(LAST_SECOND)
    head = a_programme_head(class_.students[0].programme)
    resolved_up_to(step, class_, case, head=head)
    frozen_clock(datetime(2027, 4, 1, tzinfo=UTC))

    assert expire_incompletes(the_job()).case_ids == []
    if step == "SUBMITTED":
        incompletes.approve_grade(head, case_id=case.id)
    incompletes.finalise_resolution(a_registrar(), case_id=case.id)

    assert result_of(class_.taken[0].id).result == "PASSED"


@pytest.mark.rule("R46")
def test_after_the_deadline_nothing_is_requested_graded_or_extended(frozen_clock):
    class_, case = an_incomplete()
    resolved_up_to("APPROVED", class_, case)
    frozen_clock(MIDNIGHT)

    with pytest.raises(DeadlinePassed):
        incompletes.grade_resolution(class_.owner, case_id=case.id, grade="2.00")
    with pytest.raises(DeadlinePassed):
        incompletes.extend(a_head_registrar(), case_id=case.id, days=10, reason="Typhoon in the province")

    assert expire_incompletes(the_job()).case_ids == [case.id]


@pytest.mark.rule("R46")
def test_warnings_go_out_at_thirty_and_seven_days_once_each(frozen_clock, told):
    an_incomplete()
    sent = []
    for day in (date(2027, 1, 28), date(2027, 1, 29), date(2027, 1, 30), date(2027, 2, 21), date(2027, 2, 22)):
        frozen_clock(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
        sent.append(warn_of_deadlines(the_job()))

    assert sent == [0, 1, 0, 1, 0]
    assert [event.days for event in told(IncWarning)] == [30, 7]
    assert AuditEntry.objects.filter(action="college.incomplete_warned").count() == 2


@pytest.mark.rule("R47")
def test_an_incomplete_is_resolved_in_five_steps_by_several_people(told):
    class_, case = an_incomplete()

    done = resolved_up_to("RESOLVED", class_, case)

    assert (done.state, done.new_symbol, done.ended_on) == ("RESOLVED", "2.00", date(2026, 8, 31))
    row = result_of(class_.taken[0].id)
    assert (row.result, row.final_symbol) == ("PASSED", "2.00")
    assert CumulativeResult.objects.get(student=class_.students[0].id).gpa == Decimal("2.0000")
    events = GradeEvent.objects.filter(record=case.record_id).order_by("id").values_list("kind", "new_symbol")
    assert list(events) == [("ENTER", "INC"), ("SUBMIT", "INC"), ("FINALIZE", "INC"), ("INC_RESOLVED", "2.00")]
    assert [event.kind for event in told(GradesPosted)] == ["FINALIZED", "RESOLVED"]
    assert AuditEntry.objects.filter(action="college.incomplete_moved").count() == 5


@pytest.mark.rule("R47")
def test_each_step_waits_for_the_one_before():
    class_, case = an_incomplete()
    head, registrar = a_programme_head(class_.students[0].programme), a_registrar()

    for act in (
        lambda: incompletes.allow_resolution(registrar, case_id=case.id),
        lambda: incompletes.refuse_resolution(registrar, case_id=case.id, reason="Not needed any more"),
        lambda: incompletes.grade_resolution(class_.owner, case_id=case.id, grade="2.00"),
        lambda: incompletes.approve_grade(head, case_id=case.id),
        lambda: incompletes.send_grade_back(head, case_id=case.id, reason="Not needed any more"),
        lambda: incompletes.finalise_resolution(registrar, case_id=case.id),
    ):
        with pytest.raises(CaseCannotMove):
            act()

    assert IncompleteCase.objects.get(id=case.id).state == "OPEN"


@pytest.mark.rule("R47")
def test_a_step_is_sent_back_by_exactly_one():
    class_, case = an_incomplete()
    head, registrar = a_programme_head(class_.students[0].programme), a_registrar()
    resolved_up_to("REQUESTED", class_, case, head=head)
    assert incompletes.refuse_resolution(registrar, case_id=case.id, reason="The project is missing").state == "OPEN"

    resolved_up_to("SUBMITTED", class_, case, head=head)
    sent_back = incompletes.send_grade_back(head, case_id=case.id, reason="Please check the rubric")

    assert (sent_back.state, sent_back.returned_reason) == ("APPROVED", "Please check the rubric")
    assert incompletes.grade_resolution(class_.owner, case_id=case.id, grade="2.50").new_symbol == "2.50"


@pytest.mark.rule("R47")
@pytest.mark.parametrize("grade", ["INC", "P", "NG", "2.1", ""])
def test_only_a_number_of_the_scale_ends_an_incomplete(grade):
    class_, case = an_incomplete()
    resolved_up_to("APPROVED", class_, case)

    with pytest.raises(Invalid):
        incompletes.grade_resolution(class_.owner, case_id=case.id, grade=grade)

    assert IncompleteCase.objects.get(id=case.id).state == "APPROVED"


def test_nobody_approves_a_grade_that_they_gave_themselves():
    term = a_grading_term()
    programme = a_programme()
    [student] = some_students(1, term)
    both = a_programme_head(programme)
    teaching = a_professor_actor()
    from dataclasses import replace

    both = replace(both, permissions=both.permissions | teaching.permissions)
    class_ = a_class([student], term=term, owner=both)
    finalised(class_, "INC")
    case = case_of(class_.taken[0])
    incompletes.request_resolution(both, case_id=case.id, reason="Project handed in")
    incompletes.allow_resolution(a_registrar(), case_id=case.id)
    incompletes.grade_resolution(both, case_id=case.id, grade="2.00")

    with pytest.raises(SelfDecision) as refusal:
        incompletes.approve_grade(both, case_id=case.id)

    assert refusal.value.code == "SELF_APPROVAL"


def test_somebody_elses_class_or_programme_has_no_incompletes():
    class_, case = an_incomplete()
    other = a_programme("BSCE")

    with pytest.raises(CaseNotFound):
        incompletes.request_resolution(a_professor_actor("Ana Cruz"), case_id=case.id, reason="Project handed in")
    resolved_up_to("SUBMITTED", class_, case)
    with pytest.raises(CaseNotFound):
        incompletes.approve_grade(a_programme_head(other), case_id=case.id)
    with pytest.raises(Forbidden):
        incompletes.approve_grade(class_.owner, case_id=case.id)


@pytest.mark.rule("R45")
def test_the_head_registrar_gives_more_time_twice_at_most():
    _, case = an_incomplete()
    head = a_head_registrar()

    assert incompletes.extend(head, case_id=case.id, days=90, reason="Long illness").deadline == date(2027, 5, 29)
    assert incompletes.extend(head, case_id=case.id, days=10, reason="Long illness").deadline == date(2027, 6, 8)
    with pytest.raises(NoMoreExtensions):
        incompletes.extend(head, case_id=case.id, days=1, reason="Long illness")
    with pytest.raises(Invalid):
        incompletes.extend(head, case_id=case.id, days=91, reason="Long illness")
    with pytest.raises(Forbidden):
        incompletes.extend(a_registrar(), case_id=case.id, days=1, reason="Long illness")


@pytest.mark.rule("R46")
def test_many_cases_expire_in_as_many_statements_as_one_and_leave_the_same_rows(frozen_clock, statements_of):
    class_ = a_class(9)
    finalised(class_, *["INC"] * 9)
    cases = [case_of(row) for row in class_.taken]
    on_leave(class_.students[8], date(2027, 1, 1), date(2027, 12, 31))
    frozen_clock(MIDNIGHT)
    follow_leaves(the_job())

    one = statements_of(lambda: expire_incompletes(the_job(), [cases[0].id]))
    for case in cases[1:4]:
        expire_incompletes(the_job(), [case.id])
    many = statements_of(lambda: expire_incompletes(the_job(), [case.id for case in cases[4:]]))

    assert many == one
    rows = [
        (result_of(row.id).result, result_of(row.id).final_numeric, grade_of(row).symbol, case_of(row).state)
        for row in class_.taken
    ]
    assert rows[:8] == [("FAILED", Decimal("5.00"), "5.00", "EXPIRED")] * 8
    assert rows[8] == ("INC", None, "INC", "OPEN")
    assert GradeEvent.objects.filter(kind="INC_EXPIRED").count() == 8
    averages = CumulativeResult.objects.exclude(gpa=None).values_list("gpa", flat=True)
    assert list(averages) == [Decimal("5.0000")] * 8
    assert case_of(class_.taken[8]).deadline == date(2027, 2, 28) + timedelta(days=365)
