"""The guide for registrars, first half: a student's record, holds, the enrolment desk, credits, leaves."""

import re

from playwright.sync_api import expect

from rollbook.shared.jobs.testing import work_off
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.walking import Office

guide = Guide("registrar")


def the_registrar(office: Office) -> None:
    office.sit("registrar")


def the_head_registrar(office: Office) -> None:
    office.sit("head_registrar")


# Find a student and read the record.

find = guide.task("Find a student and read the record", given=the_registrar)


@find.step("Press **Students** in the menu.")
def _(office, students):
    office.choose_in_menu(students)
    office.look()


@find.step("Type a part of the name or the number into **Name, number or barcode**, and press the line of the student.")
def _(office, field):
    office.fill(field, "dela")
    office.press("Dela Cruz, Juan")


@find.step(
    "The tabs are the record: **Record**, **Terms**, **Credits**, **Grades**, **Exams**, **Requests**, **Holds**,"
    " **Graduation** and **Papers**. Press each of them once."
)
def _(office, *tabs):
    pictures = {"Grades": "student-grades", "Credits": "", "Requests": "", "Graduation": "graduation-missing"}
    for tab in reversed(tabs):
        office.tab(tab)
        if tab in pictures:
            office.look(pictures[tab])


@find.step("On **Record**, read **What happened**: who changed what, when and why.")
def _(office, record, happened):
    expect(office.main.get_by_role("heading", name=happened)).to_be_visible()
    expect(office.main.locator(".rb-event")).not_to_have_count(0)
    office.look("student-record-history")


# Holds.

hold = guide.task("Keep a student back, and let them go", given=the_registrar)


@hold.step("Open the student and press **Holds**, then **Place a hold**.")
def _(office, holds, place):
    office.go(office.student("Castañeda"))
    office.tab(holds)
    office.press(place)


@hold.step(
    "Choose the **Kind**, tick **Get documents** or whatever it keeps the student from, and write the **Reason**."
)
def _(office, kind, documents, reason):
    office.field(kind).select_option("Library")
    office.field(documents).check()
    office.fill(reason, "Two books of the library are due since June")
    office.look("hold-place")


@hold.step("Press **Place the hold**. You will see **Held.**, and the badge beside the name says it on every page.")
def _(office, place, held):
    office.press(place)
    office.sees(held, "Keeps from: get documents")
    expect(office.main.locator(".rb-page-title, header").first).to_contain_text("Held")
    office.look()


@hold.step(
    "When it is settled, press **Release** on the card, write **Why may the student go on?** and press"
    " **Release the hold**."
)
def _(office, release_, why, let_go):
    office.press(release_)
    office.fill(why, "Both books are back, and undamaged")
    office.press(let_go)
    office.sees("Nothing keeps this student back.", "Both books are back")


# The enrolment desk.

desk = guide.task("Put a student into a full class", given=the_registrar)


@desk.step("Open the student, press **Terms**, then **Classes in** the term.")
def _(office, terms, classes):
    office.go(office.student("Reyes"))
    office.tab(terms)
    office.press(f"{classes} {office.campus.terms['next'].code}")
    office.look("enrolment-desk")


@desk.step(
    "Type the code into **Code of the subject** and press **Look at its sections**. Each section says what stands in"
    " the way."
)
def _(office, code, look):
    office.fill(code, "it 104")
    office.press(look)
    office.sees("IT 104 ACT-1A is full.")
    office.look("enrolment-desk-sections")


@desk.step(
    "Press **against a rule** on the section. The next page names the rule and what follows if you set it aside."
)
def _(office, against):
    office.press(re.compile(f"{against}$"))
    office.sees("IT 104 ACT-1A is full.", "The class has one student more than seats")


@desk.step(
    "Write the **Reason** and press **Enrol**. A reason of a word or two is refused: **Write the reason in 10 to 500 characters.**"
)
def _(office, reason, enrol, least):
    office.fill(re.compile(f"^{reason}"), "ok")
    office.press(enrol)
    office.sees(least)


@desk.step("Write why, in a sentence, and press **Enrol**. You will see **Enrolled.**")
def _(office, enrol, enrolled):
    office.fill(re.compile("^Reason"), "The dean agreed to one more seat, she repeats the year otherwise")
    office.look("enrolment-desk-override", dark=True)
    office.press(enrol)
    office.sees(enrolled)


@desk.step("Under **Rules set aside** stand the rule, your reason and your name, for good.")
def _(office, aside):
    office.sees(aside, "The dean agreed to one more seat", "Rosa Santos")
    office.look("enrolment-desk-after")


# Credits.

credits_ = guide.task("Write down credits from elsewhere", given=the_registrar)


@credits_.step("Open the student and press **Credits**, then **Credit subjects**.")
def _(office, tab, credit):
    office.go(office.student("Santos"))
    office.tab(tab)
    office.press(credit)


@credits_.step(
    "Type the **Institution**, choose the scale of its papers under **Grades by**, and write a line for each subject"
    " into **Subjects**:"
)
def _(office, institution, scale, subjects, lines):
    office.fill(institution, "Batangas State College")
    office.field(scale).select_option(label="PH_5 · Philippine, 1.00 to 5.00")
    office.fill(subjects, lines)
    office.look("credits-new")


@credits_.step("Press **Write it down**. Theirs stands beside ours: read it once more.")
def _(office, write):
    office.press(write)
    office.sees("Written down.", "Introduction to Computing", "Discrete Mathematics")
    office.look("credits-beside-ours")


@credits_.step("Press **Submit**. The head of the programme decides, not you.")
def _(office, submit):
    office.press(submit)
    office.sees("Submitted.")
    expect(office.control("Approve", office.main)).to_have_count(0)


@credits_.step(
    "The programme head opens the request under **Credits** and presses **Approve**: the subjects count from today."
)
def _(office, place, approve):
    office.sit("program_head")
    office.choose_in_menu(place)
    office.press("Santos, Christian")
    office.look("credits-decide")
    office.press(approve)
    office.sees("Approved: the subjects count from today.")


# Leaves.

leave = guide.task("Grant a leave", given=the_registrar)


@leave.step("Press **Leave and withdrawal** in the menu, and open the request.")
def _(office, place):
    office.choose_in_menu(place)
    office.look("leaves")
    office.press("Villanueva, Ma. Teresa")


@leave.step("Read **What would follow**: what becomes of the classes, and for every INC the deadline before and after.")
def _(office, follow):
    effects = office.main.locator("section").filter(has=office.page.get_by_role("heading", name=follow))
    expect(effects).to_contain_text("INC in GE 1")
    expect(effects.locator(".rb-change-row")).to_have_count(2)
    office.note["after"] = (
        effects.locator(".rb-change-row").last.locator("ins").inner_text().removeprefix("after").strip()
    )
    office.look("leave-effects")


@leave.step("Press **Approve**. A leave that begins today begins at once.")
def _(office, approve):
    office.press(approve)
    expect(office.main.get_by_text("On leave").first).to_be_visible()
    work_off()


@leave.step("Press **Incompletes** in the menu and open the case. **Why then** counts the days of the leave.")
def _(office, place, why):
    office.choose_in_menu(place)
    office.look("incompletes")
    office.press("Villanueva, Ma. Teresa")
    office.sees(why, re.compile("91 days of leave"), re.compile(re.escape(office.note["after"])))
    office.look("incomplete")
