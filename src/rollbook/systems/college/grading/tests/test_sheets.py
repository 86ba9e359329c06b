"""Entering, submitting, returning and finalising grades."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.ids import new_id
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.examples import a_member, a_registrar, a_stranger, an_enrolment
from rollbook.systems.college.grading.errors import (
    GradeFinalized,
    GradingClosed,
    NobodyToGrade,
    NoGradingWindow,
    NotGradeOwner,
    NotWhileStandingIn,
    RowsRefused,
    SheetCannotMove,
    SheetChangedMeanwhile,
    SheetNotComplete,
    SheetNotFound,
    TermArchived,
)
from rollbook.systems.college.grading.events import GradesPosted
from rollbook.systems.college.grading.examples import (
    a_class,
    a_graded_subject,
    a_grading_term,
    a_professor_actor,
    case_of,
    entered,
    faculty_of,
    finalised,
    grade_of,
    result_of,
    some_students,
    submitted,
    taken_up,
    typed,
)
from rollbook.systems.college.grading.models import GradeEvent, GradeRecord, GradeSheet
from rollbook.systems.college.grading.services.finalising import finalise, open_late, return_sheet
from rollbook.systems.college.grading.services.sheets import RowTyped, open_sheet, save_rows, submit
from rollbook.systems.college.scheduling.models import TeachingAssignment

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")


def history(record: GradeRecord) -> list[tuple[str, str, str]]:
    events = GradeEvent.objects.filter(record=record.id).order_by("created_at", "id")
    return [(event.kind, event.old_symbol, event.new_symbol) for event in events]


@pytest.mark.rule("R48")
def test_a_professor_enters_grades_of_the_scale():
    class_ = a_class(3)

    sheet = entered(class_, "1.25", " 2 ", "inc ")

    assert [grade_of(row).symbol for row in class_.taken] == ["1.25", "2.00", "INC"]
    assert [grade_of(row).numeric for row in class_.taken] == [Decimal("1.25"), Decimal("2.00"), None]
    assert grade_of(class_.taken[2]).required_work == "Chapter 4 and the project"
    assert {grade_of(row).state for row in class_.taken} == {"DRAFT"}
    assert {grade_of(row).owner_id for row in class_.taken} == {faculty_of(class_.owner).id}
    assert sheet.state == GradeSheet.State.OPEN
    assert history(grade_of(class_.taken[0])) == [("ENTER", "", "1.25")]
    assert AuditEntry.objects.get(action="college.grades_entered").target_id == sheet.id


@pytest.mark.rule("R48")
def test_one_wrong_row_and_nothing_is_saved():
    class_ = a_class(3)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="FINAL")

    with pytest.raises(RowsRefused) as refusal:
        save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25", "4.00", "1,25"))

    assert [(error["field"], error["hint"]) for error in refusal.value.errors] == [
        ("rows.1.grade", ""),
        ("rows.2.grade", "1.25"),
    ]
    assert "Allowed: 1.00, 1.25" in refusal.value.errors[0]["message"]
    assert not GradeRecord.objects.exists()


@pytest.mark.rule("R48")
def test_the_valid_rows_alone_are_saved_when_that_is_wanted():
    class_ = a_class(3)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="FINAL")

    saved = save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25", "4.00", "3"), valid_only=True)

    assert saved.saved == [class_.taken[0].id, class_.taken[2].id]
    assert [error["row"] for error in saved.errors] == [str(class_.taken[1].id)]
    assert sorted(GradeRecord.objects.values_list("symbol", flat=True)) == ["1.25", "3.00"]


def test_a_row_of_nobody_or_twice_is_refused():
    class_ = a_class(1)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="FINAL")
    row = class_.taken[0].id

    with pytest.raises(RowsRefused) as refusal:
        save_rows(
            class_.owner, sheet_id=sheet.id,
            rows=[RowTyped(row, "1.00"), RowTyped(row, "2.00"), RowTyped(new_id(), "1.00")],
        )  # fmt: skip

    assert [error["message"].split(".")[0] for error in refusal.value.errors] == [
        f"{class_.students[0].student_number} stands here twice",
        "Nobody with this row is enrolled in the class",
    ]


def test_saving_the_same_again_writes_nothing():
    class_ = a_class(2)
    sheet = entered(class_, "1.25", "2.00")
    events = GradeEvent.objects.count()

    save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25", "2.00"))

    assert GradeEvent.objects.count() == events
    assert AuditEntry.objects.filter(action="college.grades_entered").count() == 1


def test_a_row_that_changed_meanwhile_is_not_overwritten():
    class_ = a_class(1)
    sheet = entered(class_, "1.25")
    row = class_.taken[0].id

    with pytest.raises(RowsRefused) as refusal:
        save_rows(class_.owner, sheet_id=sheet.id, rows=[RowTyped(row, "3.00", version=7)])
    with pytest.raises(SheetChangedMeanwhile):
        save_rows(class_.owner, sheet_id=sheet.id, rows=[RowTyped(row, "3.00")], expected_version=99)

    assert refusal.value.errors[0]["message"].startswith("Somebody changed this row meanwhile")
    assert grade_of(class_.taken[0]).symbol == "1.25"


@pytest.mark.rule("R48")
@pytest.mark.example("college", 34)
def test_the_sheet_of_another_professor_does_not_exist():
    class_ = a_class(1)
    sheet = entered(class_, "1.25")

    with pytest.raises(SheetNotFound):
        save_rows(a_professor_actor("Ana Cruz"), sheet_id=sheet.id, rows=typed(class_, "1.00"))
    with pytest.raises(Forbidden):
        save_rows(a_stranger(), sheet_id=sheet.id, rows=typed(class_, "1.00"))
    with pytest.raises(Forbidden):
        save_rows(a_registrar(), sheet_id=sheet.id, rows=typed(class_, "1.00"))

    assert grade_of(class_.taken[0]).symbol == "1.25"


@pytest.mark.rule("R48")
def test_who_only_teaches_too_sees_the_sheet_and_enters_nothing():
    class_ = a_class(1)
    helper = a_professor_actor("Ana Cruz")
    TeachingAssignment.objects.create(
        section=class_.section, component="LAB", professor=faculty_of(helper), role=TeachingAssignment.Role.CO
    )
    sheet = entered(class_, "1.25")

    with pytest.raises(NotGradeOwner):
        save_rows(helper, sheet_id=sheet.id, rows=typed(class_, "1.00"))

    assert open_sheet(helper, section_id=class_.section.id, component="FINAL").id == sheet.id


@pytest.mark.rule("R48")
def test_outside_the_window_a_sheet_is_closed_until_the_registrar_opens_it(frozen_clock):
    term = a_grading_term(opens=date(2026, 12, 1), closes=date(2026, 12, 10))
    class_ = a_class(1, term=term)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="FINAL")

    frozen_clock(datetime(2026, 12, 10, 15, 59, 59, tzinfo=UTC))
    save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25"))
    frozen_clock(datetime(2026, 12, 10, 16, 0, 0, tzinfo=UTC))
    with pytest.raises(GradingClosed):
        save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00"))
    with pytest.raises(GradingClosed):
        submit(class_.owner, sheet_id=sheet.id)

    open_late(a_registrar(), sheet_id=sheet.id, until=date(2026, 12, 13), reason="Flood in the valley")
    save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00"))
    frozen_clock(datetime(2026, 12, 13, 16, 0, 0, tzinfo=UTC))
    with pytest.raises(GradingClosed):
        submit(class_.owner, sheet_id=sheet.id)

    opened = AuditEntry.objects.get(action="college.sheet_opened_late")
    assert opened.reason == "Flood in the valley"
    assert grade_of(class_.taken[0]).symbol == "1.00"


def test_without_a_window_nobody_guesses_one():
    term = a_grading_term()
    term.windows.all().delete()
    class_ = a_class(1, term=term)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="MIDTERM")

    with pytest.raises(NoGradingWindow) as refusal:
        save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00"))

    assert refusal.value.detail == "2026-1 has no window for midterm grades yet."


@pytest.mark.rule("R49")
def test_a_sheet_is_submitted_when_every_row_has_a_grade_and_every_inc_its_work():
    class_ = a_class(3)
    sheet = entered(class_, "1.25", "INC", "")
    save_rows(class_.owner, sheet_id=sheet.id, rows=[RowTyped(class_.taken[1].id, "INC", "")])

    with pytest.raises(SheetNotComplete) as refusal:
        submit(class_.owner, sheet_id=sheet.id)

    numbers = [student.student_number for student in class_.students]
    assert [error["message"] for error in refusal.value.errors] == [
        f"{numbers[1]}: Write the work that is still required for this INC.",
        f"{numbers[2]}: This row has no grade yet.",
    ]
    assert GradeSheet.objects.get(id=sheet.id).state == "OPEN"

    save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25", "INC", "5"))
    submit(class_.owner, sheet_id=sheet.id)

    assert GradeSheet.objects.get(id=sheet.id).state == "SUBMITTED"
    assert {grade_of(row).state for row in class_.taken} == {"SUBMITTED"}
    assert history(grade_of(class_.taken[2])) == [("ENTER", "", "5.00"), ("SUBMIT", "5.00", "5.00")]


def test_nothing_is_written_on_a_submitted_sheet():
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")

    for act in (
        lambda: save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00")),
        lambda: submit(class_.owner, sheet_id=sheet.id),
    ):
        with pytest.raises(SheetCannotMove):
            act()

    assert grade_of(class_.taken[0]).symbol == "1.25"


def test_a_class_without_students_has_nothing_to_submit():
    class_ = a_class(0)
    sheet = open_sheet(class_.owner, section_id=class_.section.id, component="FINAL")

    with pytest.raises(NobodyToGrade):
        submit(class_.owner, sheet_id=sheet.id)


def test_a_returned_sheet_is_corrected_and_submitted_again():
    class_ = a_class(2)
    sheet = submitted(class_, "1.25", "2.00")

    return_sheet(a_registrar(), sheet_id=sheet.id, reason="The second row looks swapped")
    assert {grade_of(row).state for row in class_.taken} == {"RETURNED"}
    save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.25", "3.00"))
    assert [grade_of(row).state for row in class_.taken] == ["RETURNED", "DRAFT"]
    submit(class_.owner, sheet_id=sheet.id)

    assert {grade_of(row).state for row in class_.taken} == {"SUBMITTED"}
    assert [kind for kind, _, _ in history(grade_of(class_.taken[1]))] == [
        "ENTER",
        "SUBMIT",
        "RETURN",
        "ENTER",
        "SUBMIT",
    ]
    assert GradeSheet.objects.get(id=sheet.id).returned_reason == ""


def test_a_sheet_that_is_returned_after_the_window_stays_open_for_some_days(frozen_clock):
    term = a_grading_term(opens=date(2026, 12, 1), closes=date(2026, 12, 10))
    frozen_clock(datetime(2026, 12, 5, tzinfo=UTC))
    class_ = a_class(1, term=term)
    sheet = submitted(class_, "1.25")
    frozen_clock(datetime(2026, 12, 20, tzinfo=UTC))

    returned = return_sheet(a_registrar(), sheet_id=sheet.id, reason="Please look at the row")

    assert returned.opened_until == date(2026, 12, 23)
    assert submit(class_.owner, sheet_id=sheet.id).state == "SUBMITTED"


@pytest.mark.rule("R49")
def test_finalising_sets_results_starts_incompletes_and_tells_each_student_once(told):
    class_ = a_class(4)
    sheet = submitted(class_, "1.25", "5.00", "INC", "3.00")

    found = finalise(a_registrar(), sheet_ids=[sheet.id])

    assert [result_of(row.id).result for row in class_.taken] == ["PASSED", "FAILED", "INC", "PASSED"]
    assert {result_of(row.id).state for row in class_.taken} == {SubjectEnrolment.State.COMPLETED}
    assert result_of(class_.taken[0].id).finalized_on == date(2026, 8, 31)
    assert {grade_of(row).state for row in class_.taken} == {"FINALIZED"}
    case = case_of(class_.taken[2])
    assert (case.started_on, case.months, case.deadline, case.state) == (
        date(2026, 8, 31),
        6,
        date(2027, 2, 28),
        "OPEN",
    )
    assert found.cases == 1
    [posted] = told(GradesPosted)
    assert sorted(posted.student_ids) == sorted(student.id for student in class_.students)
    assert len(GradeSheet.objects.get(id=sheet.id).roster_hash) == 64


@pytest.mark.rule("R49")
@pytest.mark.example("college", 34)
def test_after_finalising_nobody_enters_or_finalises_again():
    class_ = a_class(1)
    sheet = finalised(class_, "1.25")

    for act in (
        lambda: save_rows(class_.owner, sheet_id=sheet.id, rows=typed(class_, "1.00")),
        lambda: submit(class_.owner, sheet_id=sheet.id),
        lambda: return_sheet(a_registrar(), sheet_id=sheet.id, reason="Please look again"),
        lambda: finalise(a_registrar(), sheet_ids=[sheet.id]),
    ):
        with pytest.raises(GradeFinalized):
            act()

    assert history(grade_of(class_.taken[0])) == [
        ("ENTER", "", "1.25"),
        ("SUBMIT", "1.25", "1.25"),
        ("FINALIZE", "1.25", "1.25"),
    ]


def test_only_what_is_submitted_is_finalised_and_then_all_of_it_or_nothing():
    one, other = a_class(1), a_class(1, code="IT102")
    ready, draft = submitted(one, "1.25"), entered(other, "2.00")

    with pytest.raises(SheetCannotMove):
        finalise(a_registrar(), sheet_ids=[ready.id, draft.id])
    with pytest.raises(SheetNotFound):
        finalise(a_registrar(), sheet_ids=[ready.id, new_id()])

    assert GradeSheet.objects.get(id=ready.id).state == "SUBMITTED"
    assert result_of(one.taken[0].id).result == ""


def test_somebody_who_joined_after_it_was_submitted_keeps_a_sheet_from_being_finalised():
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")
    [late] = some_students(1, class_.term)
    taken_up(an_enrolment(late, class_.term), class_.section)

    with pytest.raises(SheetNotComplete) as refusal:
        finalise(a_registrar(), sheet_ids=[sheet.id])

    assert late.student_number in refusal.value.errors[0]["message"]
    assert result_of(class_.taken[0].id).result == ""


def test_the_dean_the_professor_and_somebody_who_stands_in_never_finalise():
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")
    from dataclasses import replace

    with pytest.raises(Forbidden):
        finalise(a_member(roles.DEAN), sheet_ids=[sheet.id])
    with pytest.raises(Forbidden):
        finalise(class_.owner, sheet_ids=[sheet.id])
    with pytest.raises(NotWhileStandingIn):
        finalise(replace(a_registrar(), impersonator_id=new_id()), sheet_ids=[sheet.id])

    assert GradeSheet.objects.get(id=sheet.id).state == "SUBMITTED"


def test_a_midterm_is_finalised_without_touching_the_result_of_the_subject():
    class_ = a_class(2)

    finalised(class_, "1.25", "INC", component="MIDTERM")

    assert {result_of(row.id).result for row in class_.taken} == {""}
    assert {result_of(row.id).state for row in class_.taken} == {"ENROLLED"}


def test_an_archived_term_is_closed_for_sheets():
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")
    class_.term.state = "ARCHIVED"
    class_.term.save(update_fields=["state"])

    with pytest.raises(TermArchived):
        finalise(a_registrar(), sheet_ids=[sheet.id])


def test_a_subject_that_is_passed_or_failed_takes_p_and_gives_units_without_a_number():
    class_ = a_class(1, subject=a_graded_subject("NSTP1", grading_basis="PASS_FAIL"))

    finalised(class_, "p")

    assert (result_of(class_.taken[0].id).result, result_of(class_.taken[0].id).final_numeric) == ("PASSED", None)


@pytest.mark.rule("R49")
def test_many_sections_are_finalised_in_as_many_statements_as_one(django_assert_max_num_queries, statements_of):
    term = a_grading_term()
    people = some_students(5, term)
    owner = a_professor_actor()
    classes = [a_class(people, code=f"IT10{number}", owner=owner) for number in range(4)]
    sheets = [submitted(class_, "1.25", "2.00", "INC", "5.00", "3.00") for class_ in classes]
    registrar = a_registrar()

    one = statements_of(lambda: finalise(registrar, sheet_ids=[sheets[0].id]))
    many = statements_of(lambda: finalise(registrar, sheet_ids=[sheet.id for sheet in sheets[1:]]))

    # The first one makes the rows of results as well.
    assert many <= one
    assert one <= 40
