"""Exams and enrolment on the screen: a term's, a student's own, the door of the hall."""

from datetime import UTC, datetime

import pytest

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.documents.verification import verification_url
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_plan,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
    an_enrolment,
)
from rollbook.systems.college.exams import services
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod, ExamPermit, ExamSitting
from rollbook.systems.college.records.models import Override


def text_of(response):
    return response.content.decode()


@pytest.fixture
def permit(tenant, frozen_clock):
    frozen_clock(datetime(2031, 9, 3, 2, tzinfo=UTC))
    enrolment = an_enrolment(a_student("310001", family_name="Peñaflor", given_name="María"))
    services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
    services.apply_settlement(
        Actor.system(tenant.id, job="test"), term_enrolment_id=enrolment.id, settled_through=1, at=clock.now()
    )
    return ExamPermit.objects.select_related("term_enrolment__student").get()


def test_months_are_changed_after_the_counts_were_seen_and_the_term_typed(permit):
    browser, prelim = a_browser(an_administrator()), ExamPeriod.objects.get(code="PRELIM")
    address = f"/exams/terms/{prelim.term_id}/months/"
    months = {f"month_{period.id}": "2" for period in ExamPeriod.objects.all()}
    typed = {**months, "reason": "The board moved the prelim"}

    seen = browser.post(f"{address}impact/", months)
    assert seen.status_code == 200
    wrong = browser.post(address, {**typed, "confirmation": "yes"})
    assert (wrong.status_code, "Type 2031-1 to confirm" in text_of(wrong)) == (422, True)
    assert ExamMonthMapping.objects.filter(version=2).count() == 0
    assert browser.post(address, {**typed, "confirmation": "2031-1"}).status_code == 303
    assert ExamMonthMapping.objects.filter(version=2, instalment_number=2).count() == 4
    page = text_of(browser.get(f"/exams/?term={prelim.term_id}"))
    assert "The board moved the prelim" in page
    assert "months 1 to 2" in page


def test_a_term_without_exams_offers_to_prepare_them(tenant):
    term, browser = a_term(), a_browser(an_administrator())

    assert "Prepare the exams" in text_of(browser.get(f"/exams/?term={term.id}"))
    assert browser.post(f"/exams/terms/{term.id}/prepare/").status_code == 303
    prelim = ExamPeriod.objects.get(code="PRELIM")
    moved = {"name": "First exam", "opens_on": "2031-09-01", "closes_on": "2031-09-08", "version": "1"}
    assert browser.post(f"/exams/{prelim.id}/", moved).status_code == 303
    added = {"code": "QUIZ", "name": "Quiz", "opens_on": "2031-09-10", "closes_on": "2031-09-11", "month": "1"}
    assert browser.post(f"/exams/terms/{term.id}/new/", added).status_code == 303
    assert "First exam" in text_of(browser.get(f"/exams/?term={term.id}"))
    assert a_browser(a_registrar()).get(f"/exams/terms/{term.id}/months/").status_code == 403


def test_the_door_says_who_and_lets_in(permit):
    browser = a_browser(a_member(roles.PROFESSOR))

    checked = text_of(browser.post("/exams/door/", {"code": permit.code.lower(), "class_name": ""}))
    for word in ("María Peñaflor", "Valid", "Prelim"):
        assert word in checked
    assert not ExamSitting.objects.exists()
    scanned = text_of(browser.post("/exams/door/", {"code": verification_url(permit.code), "class_name": ""}))
    assert "María Peñaflor" in scanned
    let_in = text_of(browser.post("/exams/door/", {"code": permit.code, "class_name": "IT101"}))
    assert "Let in: IT101" in let_in
    unknown = text_of(browser.post("/exams/door/", {"code": "PRM-2031-00000000", "class_name": ""}))
    assert "There is no permit with this code here" in unknown
    assert a_browser(a_cashier()).get("/exams/door/").status_code == 403


def test_a_student_sees_open_and_locked_exams_and_prints(permit):
    student = a_browser(a_member(roles.STUDENT, person_id=permit.term_enrolment.student.person_id))

    page = text_of(student.get("/my/permits/"))
    assert "Opens when months 1 to 2 are paid." in page
    assert permit.code in page
    assert student.post(f"/my/permits/{permit.id}/print/")["Content-Type"] == "application/pdf"
    other = a_browser(a_member(roles.STUDENT, person_id=a_student("310002", given_name="Ben").person_id))
    assert permit.code not in text_of(other.get("/my/permits/"))
    assert other.post(f"/my/permits/{permit.id}/print/").status_code == 404


def test_staff_see_a_students_exams_print_and_waive(permit):
    student_id, enrolment_id = permit.term_enrolment.student_id, permit.term_enrolment_id
    cashier = a_browser(a_member(roles.CASHIER, roles.REGISTRAR))
    assert permit.code in text_of(cashier.get(f"/students/{student_id}/exams/"))
    assert cashier.post(f"/exams/permits/{permit.id}/print/")["Content-Type"] == "application/pdf"

    administrator, midterm = a_browser(an_administrator()), ExamPeriod.objects.get(code="MIDTERM")
    typed = {"exam_period_id": str(midterm.id), "reason": "Bank strike in the whole town"}
    assert administrator.post(f"/enrolments/{enrolment_id}/waive/", {**typed, "reason": "ok"}).status_code == 422
    assert administrator.post(f"/enrolments/{enrolment_id}/waive/", typed).status_code == 303
    assert ExamPermit.objects.get(exam_period=midterm).basis == "WAIVER"


def test_a_registrar_records_a_certificate_and_an_administrator_cannot(permit):
    student_id = permit.term_enrolment.student_id
    typed = {"issuing_office": "DSWD Cebu", "number": "4711", "valid_from": "2031-08-01", "valid_until": "2031-12-31"}

    registrar = a_browser(a_registrar())
    assert registrar.post(f"/students/{student_id}/certificates/", typed).status_code == 303
    assert "4711" in text_of(registrar.get(f"/students/{student_id}/certificates/"))
    assert ExamPermit.objects.count() == 4
    assert a_browser(an_administrator()).get(f"/students/{student_id}/certificates/").status_code == 403


def test_a_student_is_enrolled_on_the_screen_and_the_gate_is_shown(tenant):
    student = a_student("310001")
    browser = a_browser(a_registrar())
    typed = {"term_id": str(student.admission_term_id), "year_level": "2"}

    assert browser.post(f"/students/{student.id}/terms/new/", typed).status_code == 303
    assert browser.post(f"/students/{student.id}/terms/new/", typed).status_code == 422
    enrolment = TermEnrolment.objects.get()
    a_plan(enrolment)
    assert "5000.00 still due" in text_of(browser.get(f"/students/{student.id}/terms/"))
    address = f"/enrolments/{enrolment.id}/open-the-gate/"
    assert browser.get(address).status_code == 403
    administrator = a_browser(an_administrator())
    assert administrator.post(address, {"reason": "Scholarship letter was seen"}).status_code == 303
    assert Override.objects.get().kind == "PAYMENT_GATE"
    assert "classes are open" in text_of(administrator.get(f"/students/{student.id}/terms/"))


@pytest.mark.isolation
def test_another_colleges_exams_are_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        enrolment = an_enrolment()
        services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
        prelim = ExamPeriod.objects.get(code="PRELIM")
    with tenant_scope(other_organisation.id):
        browser = a_browser(a_member("administrator", roles.REGISTRAR))

    for address in (
        f"/terms/{enrolment.term_id}/exams/months/", f"/exams/{prelim.id}/",
        f"/enrolments/{enrolment.id}/waive/", f"/enrolments/{enrolment.id}/open-the-gate/",
        f"/students/{enrolment.student_id}/certificates/",
    ):  # fmt: skip
        assert browser.get(address).status_code == 404
