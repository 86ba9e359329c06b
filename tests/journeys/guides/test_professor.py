"""The guide for professors is true."""

import re

import pytest
from playwright.sync_api import Locator, expect

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.grading.models import IncompleteCase
from rollbook.systems.college.grading.services.incompletes import allow_resolution
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.professor_campus import A_CAMERA, STUDENTS, build_professor
from tests.journeys.guides.walking import Office, an_office
from tests.journeys.support import wait_until

pytestmark = pytest.mark.journey

guide = Guide("professor")


@pytest.fixture(scope="module")
def office(kept, browser, site):
    with an_office(browser, site, build_professor()) as found:
        yield found


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_professors_is_true(task, office):
    guide.run(task, office)
    office.nothing_went_wrong()


def test_the_guide_for_professors_has_no_step_too_many_or_too_few():
    guide.compare()


def the_professor(office: Office) -> None:
    office.sit("professor")


def a_complete_sheet(office: Office) -> None:
    """The midterm of GE 1 has all its grades."""
    the_professor(office)
    _open(office, "GE 1 ACT-1A", "Midterm")
    for number, cell in enumerate(_cells(office).all()):
        cell.fill(("1.25", "1.50", "1.75", "2.00", "2.25", "3.00")[number])
    office.press("Save all rows")
    office.sees("Saved.")


def _open(office: Office, class_name: str, component: str) -> None:
    office.choose_in_menu("Grade sheets")
    office.main.get_by_role("link", name=re.compile(f"^{class_name} +{component}")).click()
    office.sees(f"· {component} ·")


def _cells(office: Office) -> Locator:
    return office.main.locator("[data-grade]")


def _row(office: Office, name: str) -> Locator:
    return office.main.locator("tr").filter(has_text=name)


# Classes.

classes = guide.task("See your classes and who is in them", given=the_professor)


@classes.step("Press **My classes** in the menu. Your classes stand at the top, your week below them.")
def _(office, place):
    office.press(place, office.menu)
    office.sees("you give the grades", "My week")
    office.look("own-classes")


@classes.step("Press a class. Its **Class list** is in the order of the roll; each look at it is noted.")
def _(office, title):
    office.press("IT 101 ACT-1A")
    expect(office.page).to_have_title(re.compile(title))
    expect(office.main.locator("tbody tr")).to_have_count(len(STUDENTS))
    expect(office.main.locator("tbody tr").first).to_contain_text("Abad, Maria Cristina")
    office.look("class-list")


@classes.step("**Print** prints it. **Take this list away** gives it as a file: press **Text (CSV)**.")
def _(office, print_, take, csv):
    expect(office.control(print_, office.main)).to_be_visible()
    office.main.get_by_label(take).click()
    with office.page.expect_download() as file:
        office.press(csv, office.main)
    assert "Espiritu" in file.value.path().read_text("utf-8-sig")


@classes.step("Press **Photos** to learn the faces. Who has no photo stands there by initials. **List** goes back.")
def _(office, photos, back):
    office.press(photos, office.main)
    expect(office.main.locator(".rb-portrait")).to_have_count(len(STUDENTS))
    expect(office.main.locator(".rb-portrait").first).to_contain_text("AC")
    wait_until(office.page, "document.querySelector('.rb-portrait img').naturalWidth > 0")
    office.look("class-photos")
    office.press(back, office.main)
    expect(office.main.locator("tbody tr")).to_have_count(len(STUDENTS))


calendar = guide.task("Put your classes on your telephone", given=the_professor)


@calendar.step("Press **My classes** in the menu, then **On my telephone**.")
def _(office, place, telephone):
    office.press(place, office.menu)
    office.press(telephone)
    office.look()


@calendar.step(
    "Press **Make an address**. **Copy this address now: it is shown once**, and add it to your calendar as a"
    " subscription."
)
def _(office, make, copy):
    office.press(make)
    office.sees(copy)
    address = office.field("Address").input_value()
    calendar_text = office.page.request.get(office.site.url("/" + address.split("/", 3)[3])).text()
    assert "IT 102" in calendar_text
    office.look("own-calendar")


# Grades.

keyboard = guide.task("Enter grades by keyboard", given=the_professor)


@keyboard.step(
    "Press **Grade sheets** in the menu. At the top stands what waits for you; press **Enter grades** there."
)
def _(office, place, enter):
    office.choose_in_menu(place)
    office.look("grade-sheets")
    expect(office.control(enter, office.main)).to_be_visible()
    _open(office, "IT 101 ACT-1A", "Final")


@keyboard.step(
    "Type the first grade and press **Enter**. The row is saved, a tick says so, and you are in the next row."
)
def _(office, enter):
    first = _cells(office).first
    first.focus()
    office.page.keyboard.type("1.75")
    office.page.keyboard.press(enter)
    expect(_row(office, "Abad").get_by_text("saved")).to_be_attached()
    expect(office.field("Grade of Bautista, Angelica")).to_be_focused()


@keyboard.step(
    "A grade that is not on the scale, such as `2.1`, is refused in its cell: it says which are **Allowed**."
)
def _(office, allowed):
    office.page.keyboard.type("2.1")
    office.page.keyboard.press("Enter")
    expect(_row(office, "Bautista").locator(".rb-error")).to_contain_text(f"{allowed}: 1.00, 1.25")
    office.look("grade-sheet-refused", dark=True)


@keyboard.step("Type the right grade over it and press **Enter**. The tick is back.")
def _(office, enter):
    office.field("Grade of Bautista, Angelica").fill("2.00")
    office.page.keyboard.press(enter)
    expect(_row(office, "Bautista").get_by_text("saved")).to_be_attached()
    expect(_row(office, "Bautista").locator(".rb-error")).to_have_count(0)


@keyboard.step(
    "For an INC, write what is missing under **Work still required** as well. Without it the sheet cannot be handed in."
)
def _(office, work):
    expect(office.main.get_by_role("columnheader", name=work)).to_be_visible()
    office.field("Grade of Castañeda, Jose Rafael").focus()
    # Nobody waits for the row to be saved before they type on.
    office.page.keyboard.type("inc")
    office.page.keyboard.press("Tab")
    office.page.keyboard.type("The last laboratory exercise", delay=15)
    expect(office.field("Grade of Castañeda, Jose Rafael")).to_have_value("INC")
    expect(office.field("Work still required of Castañeda, Jose Rafael")).to_have_value("The last laboratory exercise")
    expect(office.field("Work still required of Castañeda, Jose Rafael")).to_be_focused()
    with office.page.expect_response(lambda answer: "/rows/" in answer.url):
        office.page.keyboard.press("Tab")
    expect(_row(office, "Castañeda").get_by_text("saved")).to_be_attached()


@keyboard.step(
    "The arrow keys move up and down. **Distribution** below the sheet shows how the grades spread when you open it"
    " again."
)
def _(office, distribution):
    office.field("Grade of Dela Cruz, Juan").focus()
    office.page.keyboard.press("ArrowUp")
    expect(office.field("Grade of Castañeda, Jose Rafael")).to_be_focused()
    office.page.reload()
    office.sees(distribution, "3 grades are missing.")
    expect(office.field("Grade of Abad, Maria Cristina")).to_have_value("1.75")
    expect(office.field("Work still required of Castañeda, Jose Rafael")).to_have_value("The last laboratory exercise")
    expect(office.main.get_by_text("was not sent")).to_have_count(0)
    office.look("grade-sheet")


paste = guide.task("Paste grades from a spreadsheet", given=the_professor)


@paste.step("Press **Grade sheets** in the menu and open the sheet.")
def _(office, place):
    _open(office, "IT 102 ACT-1A", "Midterm")


@paste.step("Copy the column in your spreadsheet, press the first grade here, and paste with **Ctrl+V**.")
def _(office, keys):
    office.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    office.page.evaluate("navigator.clipboard.writeText('1.25\\n1.50\\n2.1\\n2.00\\n2.25\\n3.00\\n')")
    _cells(office).first.click()
    office.page.keyboard.press(keys.replace("Ctrl", "Control").replace("V", "v"))
    expect(_cells(office).last).to_have_value("3.00")


@paste.step("Press **Save all rows**. If one of them is wrong, **Nothing was saved. Look at the marked rows.**")
def _(office, save, nothing):
    office.press(save)
    office.sees(nothing)
    expect(_row(office, "Castañeda").locator(".rb-error")).to_contain_text("Allowed")
    office.look("grade-sheet-pasted")


@paste.step("Put the marked row right and press **Save all rows** again. You will see **Saved.**")
def _(office, save, saved):
    office.field("Grade of Castañeda, Jose Rafael").fill("2.25")
    # Straight out of the cell: its row is saved as it is left, and the button stays under the pointer.
    office.press(save)
    # The refusal ends in the same word.
    expect(office.page.get_by_text("Nothing was saved")).to_have_count(0)
    office.sees(saved)


hand_in = guide.task("Hand in a sheet", given=a_complete_sheet)


@hand_in.step("Press **Grade sheets** in the menu and open the sheet. It says how many grades are missing.")
def _(office, place):
    _open(office, "GE 1 ACT-1A", "Midterm")
    office.sees("0 grades are missing.")


@hand_in.step(
    "Press **Submit to the registrar**. You will see **Submitted. The registrar finalises it.**, and the cells are"
    " closed."
)
def _(office, submit, submitted):
    office.press(submit)
    office.sees(submitted)
    expect(_cells(office)).to_have_count(0)
    office.look("grade-sheet-handed-in")


# Incompletes.

resolve = guide.task("Give the grade for an incomplete", given=the_professor)


@resolve.step(
    "Press **Incompletes** in the menu and open the case. It says what is required and how many days are left."
)
def _(office, place):
    office.choose_in_menu(place)
    office.press("Bautista, Angelica")
    office.sees("Chapter 4 and the project", re.compile("days left"))
    office.look("incomplete-professor")


@resolve.step("Press **Ask to resolve it**, write the **Reason**, and press **Ask to resolve it** once more.")
def _(office, ask, reason, once_more):
    office.press(ask)
    office.fill(reason, "The project was handed in on Monday")
    office.look()
    office.press(once_more)
    office.sees("Requested")


@resolve.step("When the registrar has allowed it, the case says **Allowed**. Press **Enter the grade**.")
def _(office, allowed, enter):
    with tenant_scope(office.campus.organisation_id):
        case = IncompleteCase.objects.get()
        allow_resolution(office.campus.actor("registrar"), case_id=case.id)
    office.page.reload()
    office.sees(allowed)
    office.press(enter)


@resolve.step(
    "Type the **Grade**, a number of the scale, and press **Enter the grade**. Now the head of the programme approves"
    " it."
)
def _(office, grade, enter):
    office.fill(grade, "2.25")
    office.press(enter)
    office.sees("New grade", "2.25")
    office.look()


# The door.

door = guide.task("Check permits at the exam door", given=the_professor)


@door.step("Press **Exam door** in the menu. The cursor is in **Code**: scan the permit, or type its code.")
def _(office, place, code):
    office.choose_in_menu(place)
    expect(office.field(code)).to_be_focused()
    office.page.keyboard.type(_permit(office).code)


@door.step("Press **Check**. You will see **Valid** and the student's name; look at the face.")
def _(office, check, valid):
    office.press(check)
    office.sees(valid, "Dela Cruz")
    expect(office.main).not_to_contain_text("province")
    office.look("exam-door")


@door.step(
    "Type your class under **Class** with the code to let the student in, and press **Check**. You will see **Let in**."
)
def _(office, class_, check, let_in):
    office.fill("Code", _permit(office).code)
    office.fill(class_, "IT 101 ACT-1A")
    office.press(check)
    office.sees(f"{let_in}: IT 101 ACT-1A")


@door.step("A code that nobody knows says **Not valid**. Read it again, or send the student to the cashier.")
def _(office, not_valid):
    office.fill("Code", "PRM-2026-ZZZZZZZZ")
    office.fill("Class", "")
    office.press("Check")
    office.sees(not_valid)
    office.look()


@door.step(
    "A browser that reads codes offers **Scan with the camera**: press it, allow the camera, hold the QR code before it."
)
def _(office, scan):
    expect(office.main.get_by_role("button", name=scan)).to_be_hidden()
    office.page.add_init_script(A_CAMERA)
    office.go("/exams/door/")
    expect(office.main.get_by_role("button", name=scan)).to_be_visible()
    assert office.page.evaluate("window.asked") == 0
    office.press(scan)
    office.sees("Hold the QR code of the permit before the camera.")
    office.look()
    code = _permit(office).code
    office.page.evaluate("(text) => { window.held = text; }", f"https://college.example/verify/here/{code}/")
    office.sees("Valid")
    expect(office.field("Code")).to_have_value(code)


@door.step("Each permit is checked as if you had typed its code. Press **Stop the camera** when everybody is in.")
def _(office, stop):
    office.page.evaluate("() => { window.held = 'PRM-2026-ZZZZZZZZ'; }")
    office.sees("Not valid")
    assert office.page.evaluate("window.asked") == 1
    office.press(stop)
    expect(office.main.locator("video")).to_be_hidden()


def _permit(office: Office) -> ExamPermit:
    with tenant_scope(office.campus.organisation_id):
        found: ExamPermit = ExamPermit.objects.get()
        return found
