"""From the public page to thirty students: applications by API and one in the browser, the office, the numbers."""

import re
import time
from typing import Any

from django.core import mail
from playwright.sync_api import expect

from rollbook.core.identity.models import Membership
from rollbook.shared.files.tests.samples import a_jpeg, a_pdf
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.records.models import Student as StudentRow
from tests.journeys.college.year import plan
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.asking import Desk
from tests.journeys.college.year.cast import FRESHMAN, RETURNEE, TRANSFEREE, Student
from tests.journeys.college.year.screens import a_screen, look, open_page
from tests.journeys.college.year.sums import Purse, text
from tests.journeys.college.year.world import Year, birthday

PAPERS = {
    FRESHMAN: ("form_138", "birth_certificate", "good_moral", "photo"),
    TRANSFEREE: ("certificate_of_grades", "honourable_dismissal", "birth_certificate", "good_moral", "photo"),
    RETURNEE: ("photo",),
}
APPLICATIONS = "/college/public/applications"
ON_SCREEN = "R01"


def thirty_apply(year: Year) -> None:
    """Twenty-nine by API, one through the pages; each proves the address and sends everything that is asked for."""
    crowd = [student for student in year.students if student.key != ON_SCREEN]
    door = Desk(year.site)
    stamps = at_once(lambda _: door.get(f"{APPLICATIONS}/challenge")["stamp"], crowd)
    ready_at = time.monotonic() + 2.1
    _apply_on_screen(year, year.one(ON_SCREEN))
    time.sleep(max(0.0, ready_at - time.monotonic()))
    at_once(lambda pair: _write(year, door, *pair), zip(crowd, stamps, strict=True))
    year.work()
    digits = {letter.to[0]: letter.subject.split()[0] for letter in mail.outbox if letter.subject[:6].isdigit()}
    at_once(lambda student: _send(door, student, digits[student.address]), crowd)
    year.work()
    door.close()
    sent = year.desk("admission_staff").every("/college/applications")
    assert {(row["kind"], row["state"]) for row in sent} == {(kind, "SUBMITTED") for kind in PAPERS}
    names = {(student.family, student.given): student for student in year.students}
    assert {(row["family_name"], row["given_name"]) for row in sent} == set(names)
    for row in sent:
        names[row["family_name"], row["given_name"]].application_id = row["id"]


def _write(year: Year, door: Desk, student: Student, stamp: str) -> None:
    begun = door.post(APPLICATIONS, {"institution": year.slug, "stamp": stamp, "kind": student.kind}, expect=201)
    student.token = begun["token"]
    facts: dict[str, Any] = {
        "family_name": student.family, "given_name": student.given, "birth_date": birthday(student),
        "email": student.address, "phone": "0917 555 0100", "programme_id": year.programme_id,
        "term_id": year.terms[year.codes[0]], "monthly_commitment": text(student.monthly),
    }  # fmt: skip
    if student.kind == RETURNEE:
        facts["student_number"] = student.number
    else:
        facts["previous_school"] = "San Isidro National High School"
    if student.is_transferee:
        facts["previous_course"] = "BS Computer Science"
    door.patch(f"{APPLICATIONS}/{student.token}", facts)
    for paper in PAPERS[student.kind]:
        content, name = (a_jpeg(160, 200), "me.jpg") if paper == "photo" else (a_pdf(), f"{paper}.pdf")
        answer = door.send(f"{APPLICATIONS}/{student.token}/documents", name=name, content=content, type=paper)
    assert answer["lacks"] == []
    assert not answer["is_email_proved"]
    door.post(f"{APPLICATIONS}/{student.token}/code", expect=202)


def _send(door: Desk, student: Student, digits: str) -> None:
    proved = door.post(f"{APPLICATIONS}/{student.token}/prove", {"code": digits})
    assert proved["is_email_proved"]
    door.post(f"{APPLICATIONS}/{student.token}/submit", {"consent": True}, expect=202)


def _apply_on_screen(year: Year, student: Student) -> None:
    """The wizard on a telephone, from the programme to the reference."""
    with open_page(year, width=360) as page:
        page.goto(year.site.url(f"/apply/{year.slug}/programmes/{plan.PROGRAMME}/"))
        look(page)
        page.get_by_role("link", name="Apply for this programme").click()
        page.wait_for_timeout(2_100)
        page.get_by_role("button", name="Begin").click()
        page.get_by_label("Given name").fill(student.given)
        page.get_by_label("Family name").fill(student.family)
        page.get_by_label("Birth date").fill(birthday(student))
        page.get_by_label("E-mail address").fill(student.address)
        page.get_by_label("Telephone").fill("0917 555 0123")
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("Freshman").check()
        page.get_by_label(re.compile("First semester")).first.check()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_label("School you come from").fill("San Isidro National High School")
        page.get_by_role("button", name="Save and go on").click()
        for paper in PAPERS[FRESHMAN]:
            content, name = (a_jpeg(160, 200), "me.jpg") if paper == "photo" else (a_pdf(), f"{paper}.pdf")
            page.set_input_files(f"#file-{paper}", {"name": name, "mimeType": "application/pdf", "buffer": content})
        page.get_by_role("button", name="Send the chosen files").click()
        expect(page.get_by_text("4 of 4 required documents are here.")).to_be_visible()
        page.get_by_role("link", name="Go on").click()
        page.get_by_label("What you plan to pay a month").fill(text(student.monthly))
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_role("button", name="Send me a code").click()
        page.get_by_label("Code").wait_for()
        year.work()
        (digits,) = [
            letter.subject.split()[0]
            for letter in mail.outbox
            if letter.to == [student.address] and letter.subject[:6].isdigit()
        ]
        page.get_by_label("Code").fill(digits)
        page.get_by_role("button", name="Check the code").click()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Send the application").click()
        expect(page.get_by_role("heading", name=re.compile(r"APP-\d{4}-\d{6}"))).to_be_visible()
        look(page)


def the_office_admits(year: Year) -> None:
    """Papers are verified, returnees are matched to their entries, and each is a student with a number and a plan."""
    officer = year.desk("admission_staff")
    at_once(lambda student: _admit(officer, student), [one for one in year.students if one.key != ON_SCREEN])
    _admit_on_screen(year, year.one(ON_SCREEN))
    numbers: set[str] = set()
    with year.scope():
        for student in year.students:
            _meet(year, student)
            numbers.add(student.number)
    assert len(numbers) == 30
    for student in year.students:
        _begins_as_planned(year, student)


def _admit(officer: Desk, student: Student) -> None:
    at = f"/college/applications/{student.application_id}"
    found = officer.get(at)
    sent = [paper for paper in found["documents"] if paper["document_id"]]
    assert sorted(paper["type"] for paper in sent) == sorted(PAPERS[student.kind])
    if student.kind == RETURNEE:
        officer.post(f"{at}/match", {"person_id": str(student.person_id), "reason": "The number on the old card"})
    for paper in sent:
        officer.post(f"{at}/documents/{paper['document_id']}/verify")
    admitted = officer.post(f"{at}/admit", {})
    assert admitted["state"] == "CONVERTED", admitted
    # Twice is the same student (R7).
    assert officer.post(f"{at}/admit", {})["student_id"] == admitted["student_id"]
    if student.kind == RETURNEE:
        assert admitted["student_id"] == str(student.id)
    student.id = admitted["student_id"]


def _admit_on_screen(year: Year, student: Student) -> None:
    officer = year.desk("admission_staff")
    at = f"/college/applications/{student.application_id}"
    for paper in officer.get(at)["documents"]:
        if paper["document_id"]:
            officer.post(f"{at}/documents/{paper['document_id']}/verify")
    with a_screen(year, year.staff["admission_staff"]) as page:
        page.goto(year.site.url(f"/admissions/{student.application_id}/admit/"), wait_until="networkidle")
        expect(page.get_by_label("Each month")).to_have_value("5,000.00")
        look(page)
        page.get_by_role("button", name="Admit").click()
        page.get_by_text("Number, account, enrolment and plan stand.").first.wait_for()
    student.id = officer.get(at)["student_id"]


def _meet(year: Year, student: Student) -> None:
    """Note what the conversion made, and give the student a session."""
    row = StudentRow.objects.get(id=student.id)
    student.number, student.person_id = row.student_number, row.person_id
    assert (row.kind, row.status) == (student.kind if student.kind != RETURNEE else "FRESHMAN", "ACTIVE")
    assert str(row.curriculum_id) == year.curriculum_id
    membership = Membership.objects.get(person_id=row.person_id)
    assert membership.login_name == row.student_number
    student.desk = Desk(year.site, membership)
    year.kept[f"member {student.key}"] = membership
    enrolment = TermEnrolment.objects.get(student=row.id, term__code=year.codes[0])
    student.enrolments[year.codes[0]] = str(enrolment.id)
    assert enrolment.max_units == plan.MOST_UNITS
    year.kept.setdefault("purses", {})[student.key] = Purse()


def _begins_as_planned(year: Year, student: Student) -> None:
    """Six equal months of what was agreed, nothing paid, the gate closed."""
    first = year.codes[0]
    year.kept["purses"][student.key].open(first, [student.monthly] * 6)
    enrolment = student.enrolments[first]
    (mine,) = [row for row in student.desk.get("/college/me/term-enrolments")["items"] if row["id"] == enrolment]
    assert (mine["state"], mine["term"], mine["year_level"]) == ("PENDING_PAYMENT", first, 1)
    assert mine["created_via"] == ("TRANSFEREE" if student.is_transferee else "ADMISSION")
    gate = year.desk("registrar").get(f"/college/term-enrolments/{enrolment}")["gate"]
    assert gate == {"is_open": False, "code": "MONTH1_UNPAID", "text": f"{text(student.monthly)} still due"}
