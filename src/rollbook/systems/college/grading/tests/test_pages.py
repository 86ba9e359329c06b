"""Grades on the screen."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_browser, a_head_registrar, a_member, a_registrar
from rollbook.systems.college.grading.examples import (
    AClass,
    a_class,
    a_professor_actor,
    a_programme_head,
    case_of,
    entered,
    finalised,
    grade_of,
    submitted,
)
from rollbook.systems.college.grading.models import GradeChange, GradeSheet, IncompleteCase
from rollbook.systems.college.records.models import Student

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")


def sheet_url(class_: AClass, component: str = "FINAL") -> str:
    return reverse("grading:sheet", args=[class_.section.id, component])


def typed(class_: AClass, *grades: str) -> dict[str, Any]:
    named = zip(class_.taken, grades, strict=True)
    return {
        key: value for row, grade in named for key, value in ((f"grade_{row.id}", grade), (f"work_{row.id}", "Essay"))
    }


def test_a_professor_finds_the_own_classes_and_what_needs_them_now():
    class_ = a_class(2)
    a_class(1, code="IT999")

    page = a_browser(class_.owner).get(reverse("grading:my_sheets")).content.decode()

    assert "IT101 A: Final" in page
    assert "0 of 2 grades are entered." in page
    assert "IT999" not in page


@pytest.mark.rule("R48")
def test_the_grid_is_saved_wholly_or_not_at_all_and_keeps_what_was_typed():
    class_ = a_class(2)
    browser = a_browser(class_.owner)

    refused = browser.post(sheet_url(class_), typed(class_, "1.25", "1,25"))
    assert refused.status_code == 422
    assert "Did you mean 1.25?" in refused.content.decode()
    assert 'value="1,25"' in refused.content.decode()
    assert "Save the valid rows" in refused.content.decode()
    partly = browser.post(sheet_url(class_), {**typed(class_, "1.25", "1,25"), "valid_only": "1"})
    assert (partly.status_code, grade_of(class_.taken[0]).symbol) == (200, "1.25")
    saved = browser.post(sheet_url(class_), typed(class_, "1.25", "INC"))

    assert saved.status_code == 303
    assert [grade_of(row).symbol for row in class_.taken] == ["1.25", "INC"]
    page = browser.get(sheet_url(class_)).content.decode()
    assert "Allowed: 1.00, 1.25" in page
    assert "Show numbers" in page


def test_one_row_is_saved_when_it_is_left_with_a_tick_or_a_reason():
    class_ = a_class(1)
    browser = a_browser(class_.owner)
    row = class_.taken[0]
    address = reverse("grading:save_row", args=[class_.section.id, "FINAL", row.id])

    good = browser.post(address, {f"grade_{row.id}": "2", f"work_{row.id}": ""}, headers={"HX-Request": "true"})
    bad = browser.post(address, {f"grade_{row.id}": "4.00", f"work_{row.id}": ""}, headers={"HX-Request": "true"})

    assert (good.status_code, 'value="2.00"' in good.content.decode()) == (200, True)
    assert "saved" in good.content.decode()
    assert bad.status_code == 422
    assert "4.00 is not a grade of the scale PH_5" in bad.content.decode()
    assert grade_of(row).symbol == "2.00"


def test_the_sheet_is_saved_straight_out_of_a_cell_whose_row_is_saved_first():
    class_ = a_class(1)
    browser = a_browser(class_.owner)
    row = class_.taken[0]
    looked_at = {**typed(class_, "2.00"), f"version_{row.id}": "0"}
    address = reverse("grading:save_row", args=[class_.section.id, "FINAL", row.id])

    left = browser.post(address, looked_at, headers={"HX-Request": "true"})
    saved = browser.post(sheet_url(class_), looked_at)
    meanwhile = browser.post(sheet_url(class_), {**looked_at, f"grade_{row.id}": "3.00"})

    assert (left.status_code, saved.status_code, meanwhile.status_code) == (200, 303, 422)
    assert "Somebody changed this row meanwhile" in meanwhile.content.decode()
    assert grade_of(row).symbol == "2.00"


def test_a_file_fills_the_grid_and_saves_nothing():
    class_ = a_class(2)
    browser = a_browser(class_.owner)
    numbers = [student.student_number for student in class_.students]
    file = SimpleUploadedFile("g.csv", f"student_number,grade\n{numbers[0]},1.75\nX,1.00\n".encode())

    page = browser.post(reverse("grading:fill_from_file", args=[class_.section.id, "FINAL"]), {"file": file})

    assert 'value="1.75"' in page.content.decode()
    assert "Line 3, X: Nobody with this number is in the class." in page.content.decode()
    assert not class_.taken[0].grades.exists()


def test_submitting_returning_and_finalising_on_the_screen():
    class_ = a_class(1)
    professor, registrar = a_browser(class_.owner), a_browser(a_registrar())
    submit = reverse("grading:submit", args=[class_.section.id, "FINAL"])

    assert professor.post(submit).status_code == 422
    sheet = entered(class_, "1.25")
    assert professor.post(submit).status_code == 303
    queue = registrar.get(reverse("grading:queue")).content.decode()
    assert "1 sheet is submitted." in queue
    returned = registrar.post(reverse("grading:return_sheet", args=[sheet.id]), {"reason": "Please check row 1"})
    assert returned.status_code == 303
    assert "Please check row 1" in professor.get(sheet_url(class_)).content.decode()
    professor.post(submit)
    done = registrar.post(reverse("grading:finalise"), {"sheet": [str(sheet.id)], "term": str(class_.term.id)})

    assert done.status_code == 303
    assert "Finalised: 1 sheet, 1 student." in registrar.get(done["Location"]).content.decode()
    assert GradeSheet.objects.get(id=sheet.id).state == "FINALIZED"
    assert registrar.post(reverse("grading:finalise"), {"term": ""}).status_code == 422


def test_a_sheet_is_opened_late_with_a_reason():
    class_ = a_class(1)
    sheet = entered(class_, "1.25")
    registrar = a_browser(a_registrar())
    address = reverse("grading:open_late", args=[sheet.id])

    assert registrar.get(address).status_code == 200
    assert registrar.post(address, {"until": "2026-09-05", "reason": "short"}).status_code == 422
    assert registrar.post(address, {"until": "2026-09-05", "reason": "Flood in the valley"}).status_code == 303
    assert str(GradeSheet.objects.get(id=sheet.id).opened_until) == "2026-09-05"


def test_a_class_of_somebody_else_is_not_there_and_the_dean_has_no_queue():
    class_ = a_class(1)

    assert a_browser(a_professor_actor("Ana Cruz")).get(sheet_url(class_)).status_code == 404
    assert a_browser(class_.owner).get(sheet_url(class_, "PRELIM")).status_code == 404
    assert a_browser(a_member(roles.DEAN)).get(reverse("grading:queue")).status_code == 403


@pytest.mark.rule("R50")
def test_a_change_is_asked_for_on_the_screen_and_stands_at_the_desk():
    class_ = a_class(1)
    finalised(class_, "2.50")
    professor, head = a_browser(class_.owner), a_browser(a_head_registrar())
    address = reverse("grading:propose_change", args=[grade_of(class_.taken[0]).id])

    assert "Ask for a change" in professor.get(sheet_url(class_)).content.decode()
    assert professor.get(address).status_code == 200
    assert professor.post(address, {"grade": "2.00", "reason": "x", "evidence_note": "y"}).status_code == 422
    asked = professor.post(
        address, {"grade": "2.00", "reason": "Exam 2 was not counted", "evidence_note": "Class record, page 4"}
    )
    assert asked.status_code == 303
    desk = head.get(reverse("grading:changes")).content.decode()
    assert class_.students[0].student_number in desk
    request_id = GradeChange.objects.get().request_id
    card = head.get(reverse("approvals:request", args=[request_id])).content.decode()
    assert "2.50" in card
    assert "2.00" in card
    assert professor.get(reverse("grading:story", args=[grade_of(class_.taken[0]).id])).status_code == 200


@pytest.mark.rule("R47")
def test_an_incomplete_goes_its_way_on_the_screen():
    class_ = a_class(1)
    finalised(class_, "INC")
    case = case_of(class_.taken[0])
    professor, registrar = a_browser(class_.owner), a_browser(a_registrar())
    head = a_browser(a_programme_head(class_.students[0].programme))

    def take(browser: Client, name: str, **said: str) -> None:
        address = reverse("grading:step", args=[case.id, name])
        assert browser.get(address).status_code == 200
        assert browser.post(address, said).status_code == 303

    page = professor.get(reverse("grading:incomplete", args=[case.id])).content.decode()
    assert "Chapter 4 and the project" in page
    assert "6 months from Aug 31, 2026" in page or "6 months from 31 Aug 2026" in page
    take(professor, "request", reason="Project handed in")
    take(registrar, "approve")
    take(professor, "grade", grade="2.00")
    take(head, "head-approve")
    take(registrar, "finalize")

    assert IncompleteCase.objects.get(id=case.id).state == "RESOLVED"
    assert class_.students[0].student_number in registrar.get(reverse("grading:incompletes")).content.decode()
    late = registrar.post(reverse("grading:step", args=[case.id, "finalize"]))
    assert (late.status_code, "is resolved" in late.content.decode()) == (422, True)


def test_a_student_sees_the_own_grades_with_the_average_and_what_is_owed():
    first = a_class(1)
    student: Student = first.students[0]
    finalised(first, "1.25")
    finalised(a_class([student], code="IT102"), "INC")
    browser = a_browser(a_member(roles.STUDENT, name="Juan", person_id=student.person_id))

    page = browser.get(reverse("grading:own_grades")).content.decode()

    assert "GPA" in page
    assert "1.25" in page
    assert "Chapter 4 and the project" in page
    assert '<td class="is-number">3</td>' in page
    wish = {f"wish_{case_of_student(student).subject_enrolment_id}": "1.75"}
    answer = browser.post(reverse("grading:what_if"), wish, headers={"HX-Request": "true"}).content.decode()
    assert "1.50" in answer


def case_of_student(student: Student) -> IncompleteCase:
    found: IncompleteCase = IncompleteCase.objects.get(student=student.id)
    return found


def test_a_hold_on_grades_keeps_them_from_the_student():
    from rollbook.systems.college.records.services import place_hold

    class_ = a_class(1)
    finalised(class_, "1.25")
    student = class_.students[0]
    place_hold(
        a_registrar(), student_id=student.id, kind="DOCUMENT", blocks=["GRADES_VIEW"], reason="Form 137 is missing"
    )
    browser = a_browser(a_member(roles.STUDENT, name="Juan", person_id=student.person_id))

    assert browser.get(reverse("grading:own_grades")).status_code == 409


def test_the_tab_beside_the_record_shows_the_grades_to_registrars_and_the_programmes_head():
    class_ = a_class(1)
    finalised(class_, "1.25")
    student = class_.students[0]
    address = reverse("grading:of_student", args=[student.id])

    page = a_browser(a_registrar()).get(address).content.decode()
    head = a_browser(a_programme_head(student.programme)).get(address)
    stranger = a_browser(a_member(roles.PROGRAM_HEAD, name="Other")).get(address)

    assert "IT101" in page
    assert "Ask for a change" in page
    assert (head.status_code, stranger.status_code) == (200, 404)


@pytest.mark.rule("R54")
def test_standing_is_confirmed_on_the_screen():
    class_ = a_class(1)
    finalised(class_, "5.00")
    registrar = a_browser(a_registrar())
    address = reverse("grading:standings", args=[class_.term.id])

    assert registrar.get(address).status_code == 200
    registrar.post(address)
    assert "Confirm 1 result" in registrar.get(address).content.decode()
    registrar.post(address, {"step": "confirm"})

    assert Student.objects.get(id=class_.students[0].id).academic_standing == "SUSPENDED"


def test_the_two_sheets_of_a_class_stand_side_by_side_in_the_queue(statements_of):
    for number in range(3):
        submitted(a_class(2, code=f"IT10{number}"), "1.25", "2.00")
    registrar = a_browser(a_registrar())

    page = registrar.get(reverse("grading:queue")).content.decode()

    assert page.count('name="sheet"') == 3
    assert statements_of(lambda: registrar.get(reverse("grading:queue"))) <= 14
