"""The guide for deans and programme heads is true."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from rollbook.core import clock
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.enrolment.examples import a_past
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.services.advising import submit_list
from rollbook.systems.college.grading.examples import AClass, finalised, taken_up
from rollbook.systems.college.grading.models import IncompleteCase
from rollbook.systems.college.grading.services import incompletes
from rollbook.systems.college.scheduling.examples import a_meeting, a_room, a_section
from rollbook.systems.college.scheduling.models import Faculty, Room, Section
from tests.journeys.guides.campus import PLAN, Campus, build
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.walking import Office, an_office

pytestmark = pytest.mark.journey

guide = Guide("dean")
#: What is on the schedule of the term that runs: subject, weekday, hours, room, who teaches.
HOURS = (
    ("IT 101", 1, "08:00", "09:30", "R101", "Aquino"), ("IT 102", 1, "10:00", "11:30", "LAB-2", "Aquino"),
    ("GE 1", 2, "08:00", "09:30", "R101", "Bautista"), ("GE 2", 3, "13:00", "14:30", "R102", "Bautista"),
    ("IT 201", 4, "08:00", "11:00", "LAB-2", "Cortez"), ("GE 4", 5, "10:00", "11:30", "R101", "Bautista"),
)  # fmt: skip


def build_dean() -> Campus:
    """A college whose next term is being planned, while its programme head looks at lists."""
    campus = build()
    with tenant_scope(campus.organisation_id):
        with clock.frozen_at(clock.now() - timedelta(days=300)):
            for family, given in (("Reyes", "Maricel"), ("Santos", "Christian"), ("Umali", "Gabriel"), ("Abad", "Ana")):
                campus.student(family, given)
        rooms = {code: a_room(code, capacity=40) for code in ("R101", "R102")}
        rooms["LAB-2"] = a_room("LAB-2", kind=Room.Kind.COMPUTER_LAB, capacity=40)
        faculty = {
            "Aquino": campus.faculty("Aquino", "Paz", member="professor"),
            "Bautista": campus.faculty("Bautista", "Leonora"), "Cortez": campus.faculty("Cortez", "Manuel"),
        }  # fmt: skip
        _schedule(campus, rooms, faculty)
        _lists(campus)
        _nearly_done(campus)
        _an_incomplete(campus, faculty["Aquino"])
    return campus


def _schedule(campus: Campus, rooms: dict[str, Room], faculty: dict[str, Faculty]) -> None:
    for code, weekday, start, end, room, family in HOURS:
        section = _section(campus, code, "running", faculty[family], state=Section.State.OPEN)
        a_meeting(section, weekday, start, end, room=rooms[room], professor=faculty[family])
    taken = _section(campus, "IT 103", "next", faculty["Aquino"])
    a_meeting(taken, 1, "08:00", "09:30", room=rooms["R101"], professor=faculty["Aquino"])
    _section(campus, "IT 104", "next", None)
    _section(campus, "GE 3", "next", None)


def _section(campus: Campus, code: str, term: str, owner: Faculty | None, **fields: str) -> Section:
    return a_section("ACT-1Z", subject=campus.subjects[code], term=campus.terms[term], professor=owner, **fields)


def _lists(campus: Campus) -> None:
    """Two students have sent the list that is recommended to them."""
    for family in ("Reyes", "Santos"):
        term = campus.enrol(campus.students[family], "next", regularity=TermEnrolment.Regularity.IRREGULAR)
        submit_list(campus.actor("registrar"), term_enrolment_id=term.id)


def _nearly_done(campus: Campus) -> None:
    """Umali has 33 units to go, three more than a term allows."""
    for code, _ in PLAN[1, "SECOND"][:2]:
        a_past(
            campus.students["Umali"], campus.subjects[code], "PASSED", term=campus.terms["before"].code, numeric="1.75"
        )
    campus.enrol(campus.students["Umali"], "next")


def _an_incomplete(campus: Campus, owner: Faculty) -> None:
    """Abad's incomplete is resolved as far as the professor can."""
    section = _section(campus, "GE 5", "running", owner, state=Section.State.OPEN)
    row = taken_up(campus.enrol(campus.students["Abad"]), section)
    professor, registrar = campus.actor("professor"), campus.actor("registrar")
    with clock.frozen_at(clock.now() - timedelta(days=9)):
        finalised(AClass(section.term, section.subject, section, professor, [row]), "INC", registrar=registrar)
    case = IncompleteCase.objects.get()
    incompletes.request_resolution(professor, case_id=case.id, reason="The essay was handed in on Monday")
    incompletes.allow_resolution(registrar, case_id=case.id)
    incompletes.grade_resolution(professor, case_id=case.id, grade="2.00")


@pytest.fixture(scope="module")
def office(kept, browser, site):
    with an_office(browser, site, build_dean()) as found:
        yield found


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_deans_is_true(task, office):
    guide.run(task, office)
    office.nothing_went_wrong()


def test_the_guide_for_deans_has_no_step_too_many_or_too_few():
    guide.compare()


def the_dean(office: Office) -> None:
    office.sit("dean")


def the_programme_head(office: Office) -> None:
    office.sit("program_head")


def a_class_without_hours(office: Office) -> None:
    the_dean(office)
    with tenant_scope(office.campus.organisation_id):
        office.note["class"] = Section.objects.get(subject__code="GE 3", code="ACT-1Z")


def _of_the_next_term(office: Office, place: str, tab: str) -> None:
    office.press(place, office.menu)
    office.tab(tab)
    office.press(office.campus.terms["next"].code)
    expect(office.main.locator(".rb-chip.is-on").first).to_have_text(office.campus.terms["next"].code)


def _card(office: Office, name: str) -> Locator:
    return office.main.locator(".rb-card").filter(has_text=name)


# Demand.

demand = guide.task("See what students need, and make the classes", given=the_dean)


@demand.step(
    "Press **Schedule** in the menu, then **Demand**, and the term you plan. The chart shows students and seats by"
    " subject."
)
def _(office, place, tab):
    _of_the_next_term(office, place, tab)
    office.sees("Students and seats by subject")
    office.look("schedule-demand", dark=True)


@demand.step(
    "Correct what you know better under **Students expected**, and press **See what would be made**. Nothing is made"
    " yet."
)
def _(office, expected, see):
    office.sees(expected)
    office.fill("ACT 1", "70")
    office.fill("ACT 2", "30")
    office.press(see)
    office.sees(re.compile(r"ACT-1A \(35\), ACT-1B \(35\)"))
    office.look("schedule-demand-planned")


@demand.step("Press **Generate the sections**. You will see **Made** and how many blocks and sections.")
def _(office, generate, made):
    office.press(generate)
    office.sees(f"{made}: 3 blocks and 9 sections.")
    office.look()


# Hours.

hours = guide.task("Give a class its hours, its room and its professor", given=the_dean)


@hours.step("Press **Schedule** in the menu, then **Sections**, and the class.")
def _(office, place, tab):
    office.press(place, office.menu)
    office.tab(tab)
    office.look("schedule-sections")
    office.press("IT 104 ACT-1Z")


@hours.step(
    "Press **Set an hour**. Choose the **Day**, type **From** and **To**, and choose the **Room** and the"
    " **Professor**."
)
def _(office, set_, day, from_, to, room, professor):
    office.press(set_)
    office.field(day).select_option("Tuesday")
    office.fill(from_, "13:00")
    office.fill(to, "14:30")
    office.field(room).select_option(label=_option(office, room, "R102"))
    office.field(professor).select_option(label=_option(office, professor, "Cortez"))
    office.look("schedule-set-hour")


@hours.step("Press **Save**. You will see **Set.** and the hour under **Hours**.")
def _(office, save, set_, under):
    office.press(save)
    office.sees(set_, under, re.compile("13:00–14:30"))


@hours.step(
    "Press **Assign**, choose the **Professor** once more, and press **Save**. They own the grades of the class now."
)
def _(office, assign, professor, save):
    office.press(assign)
    office.field(professor).select_option(label=_option(office, professor, "Cortez"))
    office.look()
    office.press(save)
    office.sees("Assigned.", "Manuel Cortez")
    office.look("schedule-class")


def _option(office: Office, label: str, named: str) -> str:
    option = office.field(label).locator("option").filter(has_text=named).first
    return option.inner_text().strip()


# Conflicts.

conflict = guide.task("Solve a conflict", given=a_class_without_hours)


@conflict.step("Open the class and press **Set an hour** for an hour at which the room is taken. Press **Save**.")
def _(office, set_, save):
    office.go(f"/schedule/sections/{office.note['class'].id}/")
    office.press(set_)
    office.field("Day").select_option("Monday")
    office.fill("From", "09:00")
    office.fill("To", "10:30")
    office.field("Room").select_option(label=_option(office, "Room", "R101"))
    office.press(save)


@conflict.step(
    "**In the way** names the class that is there already, with its hours, room and professor. Nothing was changed."
)
def _(office, way):
    alert = office.main.locator(".rb-alert").filter(has_text=way)
    expect(alert).to_contain_text("IT 103 ACT-1Z")
    expect(alert).to_contain_text("R101")
    office.look("schedule-in-the-way")


@conflict.step("Type another hour into **From** and **To**, and press **Save**.")
def _(office, from_, to, save):
    office.fill(from_, "09:30")
    office.fill(to, "11:00")
    office.press(save)
    office.sees("Set.", re.compile("09:30–11:00"))


@conflict.step(
    "Press **Schedule** in the menu, then **Conflicts**, and the term. What is still wrong stands there, the worst"
    " first."
)
def _(office, place, tab):
    _of_the_next_term(office, place, tab)
    office.sees("Professor to be announced")
    office.look("schedule-conflicts")


# The week.

week = guide.task("Look at the week", given=the_dean)


@week.step("Press **Schedule** in the menu. Each line is a room, each entry a class: press an entry to open it.")
def _(office, place):
    office.press(place, office.menu)
    office.tab("Week")
    expect(office.main.locator("tbody tr")).to_have_count(3)
    office.look("schedule-week")


@week.step("Press **Professor** or **Section** to see the same week their way.")
def _(office, professor, section):
    office.press(section)
    office.sees("GE 4 ACT-1Z")
    office.press(professor)
    office.sees("Manuel Cortez")
    office.look("schedule-professors")


@week.step("Press the name of one line to see that week hour by hour.")
def _(office):
    office.press(re.compile("Bautista"), office.main.locator("tbody"))
    expect(office.main.locator(".rb-week tbody tr").first).to_be_visible()
    office.look("schedule-professor-week")


faculty = guide.task("See who teaches how much", given=the_dean)


@faculty.step(
    "Press **Schedule** in the menu, then **Faculty**. The chart shows the units of each professor beside the most"
    " they take."
)
def _(office, place, tab):
    office.press(place, office.menu)
    office.tab(tab)
    office.sees("Units taught in")
    office.look("schedule-faculty")


@faculty.step("Press a name. Their units, their week and their profile stand there; change it and press **Save**.")
def _(office, save):
    office.press(re.compile("Bautista"), office.main.locator("tbody"))
    office.sees("At most")
    office.look("schedule-profile")
    office.fill("Department", "General education")
    office.press(save)
    office.sees("Saved.")


# Publishing.

publish = guide.task("Publish the schedule", given=the_dean)


@publish.step(
    "Press **Schedule** in the menu, then **Publish**, and the term. The **Checklist** says what is not said yet."
)
def _(office, place, tab, checklist):
    _of_the_next_term(office, place, tab)
    office.sees(checklist, "Professor to be announced")


@publish.step("Set what you can; press a line to open its class.")
def _(office):
    expect(office.main.get_by_role("link", name=re.compile("ACT-1Z")).first).to_be_visible()
    office.look("schedule-publish")


@publish.step("If what is left may stay open, tick **Publish although the checklist is not empty**.")
def _(office, although):
    office.press("Publish the schedule", office.main.locator("form"))
    office.sees("Put that right, or publish in spite of it.")
    office.field(although).check()


@publish.step("Press **Publish the schedule**. You will see **Published. Students can pick.**")
def _(office, publish_, published):
    office.press(publish_, office.main.locator("form"))
    office.sees(published)
    office.look("schedule-published")


# Advising.

approve = guide.task("Programme head: approve what students want to take", given=the_programme_head)


@approve.step(
    "Press **Advising** in the menu. Each card is the list of one student, with the reason for every subject."
)
def _(office, place):
    office.press(place, office.menu)
    expect(_card(office, "Reyes, Maricel")).to_contain_text("IT 104")
    office.look("advising", dark=True)


@approve.step(
    "Tick the lists that are good, and press **Approve those that are ticked**. You will see **1 list approved.**"
)
def _(office, approve_, approved):
    _card(office, "Reyes, Maricel").get_by_role("checkbox").check()
    office.press(approve_)
    office.sees(approved)


give_back = guide.task("Programme head: return a list", given=the_programme_head)


@give_back.step("Press **Advising** in the menu, then **Return to** on the card of the student.")
def _(office, place, return_):
    office.press(place, office.menu)
    office.press(re.compile(f"^{return_}"), _card(office, "Santos, Christian"))


@give_back.step("Write **What should change** and press **Return**. The student reads it and sends the list again.")
def _(office, what, return_):
    office.fill(what, "Take GE 3 in summer: you work in the afternoons")
    office.look("advising-return")
    office.press(return_)
    office.sees("Sent back to the student.")


overload = guide.task("Programme head: ask for more units", given=the_programme_head)


@overload.step("Press **Units allowed** in the menu, and the student.")
def _(office, place):
    office.choose_in_menu(place)
    office.look("units-allowed")
    office.press("Umali, Gabriel")


@overload.step("Read what is **Still to pass**. Type the **Units that may be taken** and the **Reason**.")
def _(office, still, units, reason):
    office.sees(still, "33 units")
    office.fill(units, str(Decimal(33)))
    office.fill(reason, "He graduates in this term with these subjects")
    office.look("units-ask")


@overload.step(
    "Press **Send the request**. The head registrar decides; until then the student takes what is allowed now."
)
def _(office, send):
    office.press(send)
    office.sees(re.compile("head registrar decides"))


incomplete = guide.task("Programme head: approve the grade that ends an incomplete", given=the_programme_head)


@incomplete.step("Press **Incompletes** in the menu and open a case that is **Graded**.")
def _(office, place, graded):
    office.choose_in_menu(place)
    office.sees(graded)
    office.look()
    office.press("Abad, Ana")


@incomplete.step("Read the **Required work** and the **New grade**, and press **Approve the grade**.")
def _(office, work, grade, approve_):
    office.sees(work, grade, "2.00")
    office.look("incomplete-head")
    office.press(approve_)


@incomplete.step("Press **Approve the grade** once more. The registrar finalises it.")
def _(office, approve_):
    office.look()
    office.press(approve_)
    office.sees("Done.")
