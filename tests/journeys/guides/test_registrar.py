"""The guide for registrars and the head registrar is true."""

import re

import pytest
from playwright.sync_api import expect

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.models import Curriculum
from rollbook.systems.college.credentials.services.graduating import propose_graduation
from rollbook.systems.college.credentials.services.releasing import release
from rollbook.systems.college.grading.models import GradeRecord
from rollbook.systems.college.grading.services.changes import propose_change
from tests.journeys.guides.registrar_campus import build_registrar
from tests.journeys.guides.registrar_students import guide, the_head_registrar, the_registrar
from tests.journeys.guides.walking import Office, an_office

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def office(kept, browser, site):
    with an_office(browser, site, build_registrar()) as found:
        yield found


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_registrars_is_true(task, office):
    guide.run(task, office)
    office.nothing_went_wrong()


def test_the_guide_for_registrars_has_no_step_too_many_or_too_few():
    guide.compare()


# What the guide says one needs.


def a_change_is_asked_for(office: Office) -> None:
    """Navarro's professor read the class record again."""
    campus = office.campus
    with tenant_scope(campus.organisation_id):
        record = GradeRecord.objects.get(
            subject_enrolment__term_enrolment__student=campus.students["Navarro"].id,
            subject_enrolment__subject__code="IT 201",
            state="FINALIZED",
        )
        propose_change(
            campus.actor("professor"), record_id=record.id, grade="1.50", reason="The project was graded twice",
            evidence_note="Class record, page 7",
        )  # fmt: skip
    the_head_registrar(office)


def a_graduation_is_proposed(office: Office) -> None:
    campus = office.campus
    with tenant_scope(campus.organisation_id):
        propose_graduation(campus.actor("registrar"), student_id=campus.students["Quizon"].id)
    the_head_registrar(office)


def a_paper_is_released(office: Office) -> None:
    campus = office.campus
    with tenant_scope(campus.organisation_id):
        office.note["paper"] = release(
            campus.actor("registrar"), student_id=campus.students["Ocampo"].id, paper="COE", purpose="Visa", copies=1
        )
    the_registrar(office)


# Grade sheets.

sheets = guide.task("Finalise a grade sheet", given=the_registrar)


@sheets.step("Press **Finalise grades** in the menu. Every class stands there with its two sheets and their states.")
def _(office, place):
    office.choose_in_menu(place)
    office.look("grades-queue", dark=True)


@sheets.step("Press the state of a sheet that is **Submitted**. Read the grades and the picture of how they spread.")
def _(office, submitted):
    office.press(f"{submitted} IT 101 ACT-1A Final")
    office.sees("Distribution")
    office.look("grade-sheet-submitted")


@sheets.step(
    "Press **Finalise**. You will see **Finalised**: the grades count, an INC has its deadline, each student is told"
    " once."
)
def _(office, finalise, finalised):
    office.press(finalise)
    office.sees(f"{finalised}: 1 sheet, 5 students.")


back = guide.task("Return a grade sheet", given=the_registrar)


@back.step("Press **Finalise grades** in the menu, then **Return** beside the sheet.")
def _(office, place, give_back):
    office.choose_in_menu(place)
    office.press(f"{give_back} IT 101 ACT-1A Midterm")


@back.step(
    "Write **What has to be corrected** and press **Return it**. The professor reads it, and the sheet is open again"
    " for three days even when the grading window is over."
)
def _(office, what, give_back):
    office.look()
    office.fill(what, "Castañeda was absent, and stands with 1.50")
    office.press(give_back)
    office.sees("Returned to the professor.")


# Another grade.

change = guide.task("Ask for another grade", given=the_registrar)


@change.step("Open the student, press **Grades**, and press **Ask for a change** in the row of the subject.")
def _(office, grades, ask):
    office.go(office.student("Garcia"))
    office.tab(grades)
    office.press(f"{ask} GE 1")


@change.step("Type the **New grade**, the **Reason**, and **Where the evidence is**.")
def _(office, grade, reason, evidence):
    office.fill(grade, "2.50")
    office.fill(reason, "A quiz was counted for somebody else")
    office.fill(evidence, "Class record, page 4")
    office.look("grade-change-ask")


@change.step(
    "Press **Ask for the change**. You will see **Asked. The head registrar decides.** and your own request in the"
    " list."
)
def _(office, ask, asked):
    office.press(ask)
    office.sees(asked, "Garcia, Ramon")
    office.look("grade-changes")


decide = guide.task("Head registrar: decide about a grade", given=a_change_is_asked_for)


@decide.step("Press **Approvals** in the menu. The card shows the grade before and after, who asks and why.")
def _(office, approvals):
    office.choose_in_menu(approvals)
    card = office.main.locator("article").filter(has_text="Navarro")
    expect(card).to_contain_text("1.75")
    expect(card).to_contain_text("The project was graded twice")
    office.look("approvals-grade-change")


@decide.step("Press **Approve**. You will see **Approved and done.**, and the average is worked out anew.")
def _(office, approve, approved):
    office.press(approve, office.main.locator("article").filter(has_text="Navarro"))
    office.sees(approved)
    office.go(office.student("Navarro") + "grades/")
    office.sees("1.50")


# Graduation.

graduate = guide.task("Check a graduation and propose it", given=the_registrar)


@graduate.step("Open the student and press **Graduation**. What is missing stands there, with its year and semester.")
def _(office, graduation):
    office.go(office.student("Ocampo"))
    office.tab(graduation)
    office.sees("What is missing", re.compile("IT 203.*year 2", re.IGNORECASE))
    office.go(office.student("Umali"))
    office.tab(graduation)


@graduate.step(
    "When it says **May graduate**, press **Propose the graduation**. You will see **The head registrar decides.**"
)
def _(office, may, propose, decides):
    office.sees(may)
    office.look("graduation")
    office.press(propose)
    office.sees(decides, "Waits for the head registrar")


confirm = guide.task("Head registrar: confirm a graduation", given=a_graduation_is_proposed)


@confirm.step("Press **Approvals** in the menu. Read the card of the student.")
def _(office, approvals):
    office.choose_in_menu(approvals)
    office.look("approvals-graduation")


@confirm.step(
    "Press **Approve**. The check is made once more in the same moment; if something is missing by now, nothing"
    " happens."
)
def _(office, approve):
    office.press(approve, office.main.locator("article").filter(has_text="Quizon"))
    office.sees("Approved and done.")


@confirm.step("Open the student: the badge beside the name says **Graduated**.")
def _(office, graduated):
    office.go(office.student("Quizon"))
    expect(office.main.locator(".rb-badge").first).to_have_text(graduated)


# Papers.

paper = guide.task("Release a transcript", given=the_registrar)


@paper.step("Open the student and press **Papers**.")
def _(office, papers):
    office.go(office.student("Umali"))
    office.tab(papers)
    office.look("papers-of-student")


@paper.step("Choose **Transcript of records** under **Paper**, and type what it is **For**.")
def _(office, transcript, kind, purpose):
    office.field(kind).select_option(label=transcript)
    office.fill(purpose, "Application for work")


@paper.step("Press **Release it**. You will see its number, and the record as it was in this moment is kept with it.")
def _(office, let_go):
    office.press(let_go)
    office.sees(re.compile(r"Released as TOR-\d{4}-000001"))
    office.look("paper-released")


@paper.step("Press **Print**. The paper opens as a PDF; give it out or send it.")
def _(office, print_):
    with office.page.context.expect_page() as opened:
        office.press(print_)
    opened.value.close()


@paper.step(
    "Whoever holds the paper scans its code, or follows it under **Code**, and reads **Valid**, without signing in."
)
def _(office, code, valid):
    link = office.main.locator("a", has_text=re.compile("^TOR"))
    address = link.get_attribute("href")
    office.note["verify"] = "/" + address.split("/", 3)[3]
    stranger = office.come_in(None)
    stranger.goto(office.site.url(office.note["verify"]))
    expect(stranger.get_by_text(valid, exact=True).first).to_be_visible()
    expect(stranger.locator("body")).not_to_contain_text("Umali")


revoke = guide.task("Revoke a paper", given=a_paper_is_released)


@revoke.step("Press **Released papers** in the menu, and the number of the paper.")
def _(office, place):
    office.choose_in_menu(place)
    office.look("papers")
    office.press(office.note["paper"].number)


@revoke.step("Write the **Reason** and press **Revoke it**. From this moment its public page says **Revoked**.")
def _(office, reason, revoke_, revoked):
    office.fill(reason, "It names the wrong term of the student")
    office.press(revoke_)
    office.sees(revoked)
    office.look("paper-revoked")
    stranger = office.come_in(None)
    stranger.goto(office.site.url(f"/verify/{office.note['paper'].code}/"))
    expect(stranger.get_by_text(revoked).first).to_be_visible()


# A curriculum from a file.

curriculum = guide.task("Import a curriculum", given=the_registrar)
LINES = (
    "programme,curriculum,academic_year,year,semester,code,title,lecture_units,lab_units,category,prerequisites",
    "ACT,ACT 2027,2027-2028,1,1,IT 101,Introduction to Computing,3,0,MAJOR,",
    ",,,1,1,GE 1,Understanding the Self,3,0,MINOR,",
    ",,,1,2,IT 110,Web Development,2,1,MAJOR,IT 101",
)


def _file(*lines: str) -> dict:
    return {"name": "act-2027.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


@curriculum.step("Press **Programmes** in the menu, open the programme, and press **From a file**.")
def _(office, place, from_file):
    office.choose_in_menu(place)
    office.press("ACT")
    office.press(from_file)


@curriculum.step(
    "Choose the **CSV or XLSX file**, leave **Only say what would happen** ticked, and press **Read the file**."
)
def _(office, file, only, read):
    office.field(file).set_input_files(_file(*LINES, ",,,2,1,IT 210,Cloud,3,0,MAJOR,IT 999"))
    expect(office.field(only)).to_be_checked()
    office.press(read)


@curriculum.step("Read what it would do. A line that is wrong is named with its number, and nothing was changed.")
def _(office):
    office.sees(re.compile("1 thing to put right; nothing was imported"), re.compile("IT 999"))
    office.look("curriculum-file-wrong")
    office.field("CSV or XLSX file").set_input_files(_file(*LINES))
    office.press("Read the file")
    office.sees("ACT 2027 can be imported")
    office.look("curriculum-file-checked")


@curriculum.step(
    "Choose the file again, untick **Only say what would happen**, and press **Read the file**. The curriculum is a"
    " **Draft** now."
)
def _(office, only, read, draft):
    office.field("CSV or XLSX file").set_input_files(_file(*LINES))
    office.field(only).uncheck()
    office.press(read)
    expect(office.main.locator(".rb-badge").first).to_have_text(draft)
    with tenant_scope(office.campus.organisation_id):
        assert Curriculum.objects.get(name="ACT 2027").state == Curriculum.State.DRAFT


# Oversight.

oversight = guide.task("Head registrar: look at the rules that were set aside", given=the_head_registrar)


@oversight.step("Press **Reports** in the menu, then **Rules set aside**.")
def _(office, place, aside):
    office.choose_in_menu(place)
    office.look("reports-registrar")
    office.press(re.compile(f"^{aside}"), office.main)


@oversight.step(
    "Each line says the **Rule**, for whom, the **Reason** and by whom. Without a filter it shows the last half year."
)
def _(office, rule, reason):
    for column in (rule, reason):
        expect(office.main.get_by_role("columnheader", name=column)).to_be_visible()
    office.sees("Letter of the scholarship office was seen")
    office.look("report-overrides")


@oversight.step(
    "Go back to **Reports**. Beside it stand **Registrar activity** and **Released papers** of all registrars."
)
def _(office, place, activity, papers):
    office.press(place, office.main)
    office.sees(activity, papers)
