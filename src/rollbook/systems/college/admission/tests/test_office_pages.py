"""The office's pages: board, list, one applicant, doubles, appointments, admitting, the funnel."""

from datetime import timedelta

import pytest

from rollbook.core import clock
from rollbook.core.web.tests.examples import faults
from rollbook.shared.admissions import services
from rollbook.shared.admissions.models import Application, ApplicationDocument, Appointment
from rollbook.systems.college.admission.examples import (
    P5,
    a_ready_application,
    an_admission_officer,
    an_application,
    open_admission,
)
from rollbook.systems.college.admission.services import admit
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_person,
    a_programme,
    a_student,
    an_administrator,
)
from rollbook.systems.college.fees.examples_of_schedules import a_schedule, plans_follow_schedules
from rollbook.systems.college.records.models import ProgrammeTransfer, Student

pytestmark = pytest.mark.usefixtures("folder", "frozen_clock")


@pytest.fixture
def college(tenant):
    return open_admission()


@pytest.fixture
def browser(college):
    return a_browser(an_admission_officer())


def words(response):
    return " ".join(response.content.decode().split())


def test_the_board_shows_where_each_applicant_stands(browser):
    ready = a_ready_application("b@example.test", given_name="Bea")
    an_application("a@example.test", given_name="Ana")

    page = browser.get("/admissions/")

    assert "1 application is ready to decide" in words(page)
    assert "Dela Cruz, Ana" in words(page)
    assert f"/admissions/{ready.id}/" in words(page)
    assert faults(page.content.decode()) == []


def test_an_empty_board_says_so(browser):
    assert "Nobody here." in words(browser.get("/admissions/"))
    assert "No applications yet" in words(browser.get("/admissions/list/"))
    assert "Nobody looks like somebody else" in words(browser.get("/admissions/doubles/"))
    assert "Nobody comes on this day" in words(browser.get("/admissions/appointments/"))
    assert "Nobody has applied yet" in words(browser.get("/admissions/funnel/"))


def test_only_the_office_opens_the_pages(college):
    application = an_application()
    cashier = a_browser(a_cashier())

    for address in ("", "list/", "doubles/", "appointments/", "funnel/", "checklist/", f"{application.id}/",
                    f"{application.id}/admit/"):  # fmt: skip
        assert cashier.get(f"/admissions/{address}").status_code == 403, address
    auditor = a_browser(a_member("auditor"))
    assert auditor.get(f"/admissions/{application.id}/").status_code == 200
    assert auditor.get(f"/admissions/{application.id}/admit/").status_code == 403


def test_a_document_is_read_beside_the_applicant_and_verified(browser):
    application = an_application()
    document = ApplicationDocument.objects.get(application=application, type="photo")

    page = browser.get(f"/admissions/{application.id}/?paper=photo")
    assert f'src="/files/{document.file_id}/' in words(page) or str(document.file_id) in words(page)
    assert "<iframe" in words(page)
    assert faults(page.content.decode()) == []
    assert browser.post(f"/admissions/{application.id}/documents/{document.id}/verify/").status_code == 303
    reject = f"/admissions/{application.id}/documents/{document.id}/reject/"
    assert browser.post(reject, {"reason": "x"}).status_code == 422
    assert browser.post(reject, {"reason": "The photo is too dark"}).status_code == 303
    document.refresh_from_db()
    assert (document.state, document.reason) == ("REJECTED", "The photo is too dark")


def test_sending_back_and_rejecting_take_a_reason(browser):
    application = an_application()

    assert (
        browser.post(f"/admissions/{application.id}/incomplete/", {"reason": "The photo is missing"}).status_code == 303
    )
    assert browser.post(f"/admissions/{application.id}/again/").status_code == 303
    assert browser.post(f"/admissions/{application.id}/reject/", {"reason": ""}).status_code == 422
    assert browser.post(f"/admissions/{application.id}/reject/", {"reason": "The programme is full"}).status_code == 303
    assert "Rejected" in words(browser.get(f"/admissions/{application.id}/"))


@pytest.mark.rule("R7")
def test_admitting_shows_what_was_planned_and_makes_the_student(browser):
    application = a_ready_application()
    address = f"/admissions/{application.id}/admit/"

    page = browser.get(address)
    assert 'value="5,000.00"' in words(page)
    assert (
        browser.post(address, {"instalments": "6", "first_due_on": "2031-08-31", "makes_student": "on"}).status_code
        == 422
    )
    done = browser.post(
        address,
        {"monthly": "4,500.00", "instalments": "6", "first_due_on": "2031-08-31", "makes_student": "on"},
    )  # fmt: skip

    assert done.status_code == 303
    assert Student.objects.get().student_number == "310001"
    assert TermEnrolment.objects.get().invoice.total_minor == 27_000_00


def test_where_the_schedule_bills_nothing_is_agreed_on_the_page(browser):
    a_schedule()
    plans_follow_schedules()
    first, second = a_ready_application(), a_ready_application("b@example.test", given_name="Bea")
    address = f"/admissions/{first.id}/admit/"

    page = words(browser.get(address))
    assert "the fee schedule says" in page
    assert 'name="monthly"' not in page
    assert browser.post(address, {"makes_student": "on"}).status_code == 303
    many = {"row": [str(second.id)]}
    assert "a plan by the fee schedule" in words(browser.post("/admissions/admit/", many))
    assert browser.post("/admissions/admit/", {**many, "confirmed": "1"}).status_code == 303

    # Without a curriculum only what is charged once in the term is known yet.
    totals = TermEnrolment.objects.values_list("invoice__total_minor", flat=True)
    assert list(totals) == [3_450_50, 3_450_50]


def test_a_shifter_is_admitted_without_a_plan(browser):
    programme = Programme.objects.get(code="BSIT")
    a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 101")]}, year=Term.objects.get().academic_year)
    student = a_student("250008", programme=a_programme("BSA"), family_name="Dela Cruz", given_name="Juana")
    application = a_ready_application(kind="SHIFTER", facts={"monthly_commitment": "4000.00"})
    address = f"/admissions/{application.id}/admit/"
    services.match_person(
        an_admission_officer(), application_id=application.id, person_id=student.person_id, reason="Old card was shown"
    )

    page = words(browser.get(address))
    assert "A shifter keeps student number, account and plan." in page
    assert 'name="monthly"' not in page
    done = browser.post(address, {})

    assert done.status_code == 303
    assert ProgrammeTransfer.objects.get().student_id == student.id


def test_admitting_without_the_student_waits_for_the_term(browser):
    application = a_ready_application()

    done = browser.post(f"/admissions/{application.id}/admit/", {"instalments": "6", "first_due_on": "2031-08-31"})

    assert done.status_code == 303
    application.refresh_from_db()
    assert (application.state, Student.objects.count()) == ("ADMITTED", 0)


def test_several_are_admitted_at_once_and_who_could_not_be_is_named(browser):
    first = a_ready_application("a@example.test", given_name="Ana")
    second = a_ready_application("b@example.test", given_name="Bea")
    third = an_application("c@example.test", given_name="Cora")
    rows = {"row": [str(first.id), str(second.id), str(third.id), "nonsense"]}

    assert "3 applications chosen" in words(browser.post("/admissions/admit/", rows))
    done = browser.post(
        "/admissions/admit/", {**rows, "confirmed": "1", "instalments": "6", "first_due_on": "2031-08-31"}
    )

    assert "1 could not be admitted" in words(done)
    assert "Not every document is verified" in words(done)
    assert Student.objects.count() == 2
    third.refresh_from_db()
    assert third.state == "SUBMITTED"


def test_several_are_sent_back_with_the_same_words(browser):
    first, second = (
        an_application("a@example.test", given_name="Ana"),
        an_application("b@example.test", given_name="Bea"),
    )
    rows = {"row": [str(first.id), str(second.id)]}

    assert "Send them back (2)" in words(browser.post("/admissions/list/incomplete/", rows))
    done = browser.post(
        "/admissions/list/incomplete/", {**rows, "confirmed": "1", "reason": "Bring the original papers"}
    )

    assert done.status_code == 303
    assert Application.objects.filter(state="INCOMPLETE").count() == 2
    assert "Nothing was chosen" in words(browser.post("/admissions/list/reject/", {}))


def test_doubles_are_compared_and_settled(browser):
    person = a_person("Dela Cruz", "Juana")
    application = an_application()
    address = f"/admissions/{application.id}/compare/"

    assert "Possible double" in words(browser.get("/admissions/"))
    assert str(application.id) in words(browser.get("/admissions/doubles/"))
    assert "This is the same person" in words(browser.get(address))
    assert browser.post(address, {"verdict": f"person:{person.id}", "reason": "x"}).status_code == 422
    assert browser.post(address, {"verdict": "person:nonsense", "reason": "Same birth certificate"}).status_code == 422
    assert (
        browser.post(address, {"verdict": f"person:{person.id}", "reason": "Same birth certificate"}).status_code == 303
    )
    application.refresh_from_db()
    assert application.person_id == person.id


def test_appointments_are_set_and_listed_by_day(browser):
    application = an_application()
    day = clock.now() + timedelta(days=1)
    typed = {"kind": "TEST", "day": f"{day:%Y-%m-%d}", "time": "09:30", "minutes": "60", "place": "Hall A"}

    assert browser.post(f"/admissions/{application.id}/appointment/", typed).status_code == 303
    made = Appointment.objects.get()
    assert made.starts_at.isoformat() == "2031-07-02T01:30:00+00:00"
    page = words(browser.get(f"/admissions/appointments/?day={day:%Y-%m-%d}"))
    assert "09:30 Dela Cruz, Juana" in page
    assert (
        browser.post(f"/admissions/appointments/{made.id}/", {"state": "ATTENDED", "outcome": "88"}).status_code == 303
    )
    made.refresh_from_db()
    assert (made.state, made.outcome) == ("ATTENDED", "88")


def test_the_funnel_counts_who_got_how_far(browser):
    an_application("a@example.test", given_name="Ana")
    for address, given in (("b@example.test", "Bea"), ("c@example.test", "Cora")):
        admit(an_admission_officer(), application_id=a_ready_application(address, given_name=given).id, plan=P5)
    bea = TermEnrolment.objects.get(student__person__given_name="Bea")
    TermEnrolment.objects.filter(id=bea.id).update(state="ACTIVE")

    page = browser.get("/admissions/funnel/")

    assert "1 of 3 applicants paid month 1" in words(page)
    assert '"values": ["3", "2", "1", "0"]' in words(page)
    assert faults(page.content.decode()) == []


def test_the_checklist_is_the_administrators(college):
    administrator = a_browser(an_administrator())

    assert "form_138: School card (form 138)" in words(administrator.get("/admissions/checklist/"))
    saved = administrator.post(
        "/admissions/checklist/SHIFTER/", {"documents": "essay: Essay\nletter: Letter (optional)"}
    )
    assert saved.status_code == 303
    assert "letter: Letter (optional)" in words(administrator.get("/admissions/checklist/SHIFTER/"))
    assert administrator.post("/admissions/checklist/SHIFTER/", {"documents": "no colon"}).status_code == 422
    assert a_browser(an_admission_officer()).get("/admissions/checklist/").status_code == 403


def test_what_the_applicant_did_stands_in_the_history_as_theirs(browser):
    application = an_application()
    services.mark_incomplete(an_admission_officer(), application_id=application.id, reason="The photo is missing")

    page = words(browser.get(f"/admissions/{application.id}/"))

    assert "Applicant" in page
    assert "Marked incomplete" in page
