"""Students, holds and student files on the screen."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.ledger.services import open_chart
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
)
from rollbook.systems.college.records.models import Hold, ImportRun, Student


def text_of(response):
    return response.content.decode()


def test_a_student_is_added_with_the_next_number(tenant, frozen_clock):
    programme, term = a_programme(), a_term()
    browser = a_browser(a_registrar())
    typed = {
        "given_name": "Ana", "family_name": "Reyes", "programme_id": str(programme.id), "kind": "FRESHMAN",
        "admission_term_id": str(term.id), "sex": "", "middle_name": "", "suffix": "", "birth_date": "", "phone": "",
        "email": "",
    }  # fmt: skip

    answer = browser.post("/students/new/", typed, follow=True)
    assert "310001" in text_of(answer)
    assert "Added with the number 310001." in text_of(answer)
    refused = browser.post("/students/new/", {**typed, "given_name": "Ana 🙂"})
    assert (refused.status_code, "a name has letters" in text_of(refused)) == (422, True)
    assert Student.objects.count() == 1


def test_the_list_finds_and_shows_names_and_states(tenant):
    a_student("310001", family_name="Reyes"), a_student("310002", family_name="Lim")
    browser = a_browser(a_registrar())

    page = text_of(browser.get("/students/"))
    assert "Reyes, Juan" in page
    assert "Lim, Juan" in page
    found = text_of(browser.post("/students/", {"table": "students", "text": "lim"}, follow=True))
    assert "Lim, Juan" in found
    assert "Reyes, Juan" not in found


def test_a_record_shows_what_may_be_seen_and_its_tabs(tenant):
    student = a_student("310001")
    page = text_of(a_browser(a_registrar()).get(f"/students/{student.id}/"))

    for word in ("Dela Cruz, Juan", "310001", "Bachelor of BSIT", "Terms", "Holds", "Exams", "Change status"):
        assert word in page
    assert a_browser(a_cashier()).get(f"/students/{student.id}/").status_code == 403
    own = a_browser(a_member(roles.STUDENT, person_id=student.person_id))
    assert own.get(f"/students/{student.id}/").status_code == 200
    other = a_browser(a_member(roles.STUDENT, person_id=a_student("310002", given_name="Ben").person_id))
    assert other.get(f"/students/{student.id}/").status_code == 404


def test_a_leave_is_recorded_on_the_screen(tenant, frozen_clock):
    student = a_student()
    frozen_clock(datetime(2031, 7, 12, tzinfo=UTC))
    browser = a_browser(a_registrar())
    typed = {"new_status": "LOA", "from_date": "2031-07-12", "reason": "Leave until the next term", "version": "1"}

    assert browser.post(f"/students/{student.id}/status/", {**typed, "reason": "short"}).status_code == 422
    assert browser.post(f"/students/{student.id}/status/", typed).status_code == 303
    assert "On leave" in text_of(browser.get(f"/students/{student.id}/"))


def test_a_hold_is_placed_listed_and_released(tenant):
    student, browser = a_student("310001"), a_browser(a_registrar())
    place = f"/students/{student.id}/holds/"
    typed = {"kind": "LIBRARY", "blocks": ["ENROL"], "reason": "Two books are due"}

    assert browser.post(f"{place}new/", {**typed, "blocks": []}).status_code == 422
    assert browser.post(f"{place}new/", typed).status_code == 303
    hold = Hold.objects.get()
    assert "Two books are due" in text_of(browser.get("/holds/"))
    assert "Two books are due" in text_of(browser.get(place))
    assert "Keeps from: enrol ·" in text_of(browser.get(place))
    assert "Held" in text_of(browser.get(f"/students/{student.id}/"))
    assert browser.post(f"{place}{hold.id}/release/", {"reason": "Books are back"}).status_code == 303
    assert "Nothing keeps this student back" in text_of(browser.get(place))


def test_a_hold_says_in_words_what_it_keeps_from(tenant):
    student, browser = a_student("310001"), a_browser(a_registrar())
    typed = {"kind": "DOCUMENT", "blocks": ["GRADES_VIEW", "DOCUMENT_RELEASE"], "reason": "Form 137 is missing"}

    browser.post(f"/students/{student.id}/holds/new/", typed)

    assert "Keeps from: get documents, see grades ·" in text_of(browser.get(f"/students/{student.id}/holds/"))


def test_a_record_tells_the_registrar_what_happened_and_not_the_student(tenant):
    student = a_student("310001")
    own = a_browser(a_member(roles.STUDENT, person_id=student.person_id))

    assert "What happened" in text_of(a_browser(a_registrar()).get(f"/students/{student.id}/"))
    assert "What happened" not in text_of(own.get(f"/students/{student.id}/"))


def test_a_disciplinary_reason_is_masked_for_an_administrator(tenant):
    student = a_student()
    a_browser(a_registrar()).post(
        f"/students/{student.id}/holds/new/",
        {"kind": "DISCIPLINARY", "blocks": ["GRADUATE"], "reason": "Case 12 is open"},
    )

    for address in ("/holds/", f"/students/{student.id}/holds/"):
        page = text_of(a_browser(an_administrator()).get(address))
        assert "See registrar" in page
        assert "Case 12" not in page


FILE = (
    "student_number,family_name,given_name,programme,term,plan_total,instalments,first_due_on\n"
    "310001,Reyes,Ana,BSIT,2031-1,32000.00,6,2031-08-31\n"
    "310002,Lim,Ben,BSX,2031-1,30000.00,6,2031-08-31\n"
)


def test_a_file_is_checked_imported_and_taken_back_on_the_screen(tenant):
    open_chart(), a_programme("BSIT"), a_term("2031-1")
    browser = a_browser(a_registrar())
    upload = SimpleUploadedFile("students.csv", FILE.encode(), "text/csv")

    assert browser.post("/students/files/new/", {"file": upload}).status_code == 303
    run = ImportRun.objects.get()
    page = text_of(browser.get(f"/students/files/{run.id}/"))
    for word in ("2 rows: 1 new", "There is no programme BSX", "Import only the 1 rows that are right"):
        assert word in page
    assert browser.post(f"/students/files/{run.id}/import/").status_code == 422
    assert browser.post(f"/students/files/{run.id}/import/", {"valid_only": "1"}).status_code == 303
    assert "1 students, 1 enrolments and 1 plans were made" in text_of(browser.get(f"/students/files/{run.id}/"))
    back = browser.post(f"/students/files/{run.id}/take-back/", {"reason": "The wrong file was chosen"})
    assert back.status_code == 303
    assert "Taken back" in text_of(browser.get("/students/files/"))
    assert "Reyes" not in text_of(browser.get("/students/"))


def test_a_file_that_is_no_list_is_refused_on_the_form(tenant):
    upload = SimpleUploadedFile("students.csv", b"nothing,here\n1,2\n", "text/csv")

    answer = a_browser(a_registrar()).post("/students/files/new/", {"file": upload})

    assert answer.status_code == 422
    assert "The heading lacks: student_number" in text_of(answer)
    assert a_browser(a_cashier()).get("/students/files/new/").status_code == 403


@pytest.mark.isolation
def test_another_colleges_student_is_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student("310001")
    with tenant_scope(other_organisation.id):
        browser = a_browser(a_member(roles.REGISTRAR, "administrator"))

    place = f"/students/{student.id}/"
    for address in (
        place,
        f"{place}status/",
        f"{place}holds/",
        f"{place}holds/new/",
        f"{place}terms/",
        f"{place}exams/",
    ):
        assert browser.get(address).status_code == 404
    assert "310001" not in text_of(browser.get("/students/"))


def test_a_long_list_costs_no_more_statements_than_a_short_one(tenant, django_assert_max_num_queries):
    for number in range(30):
        a_student(f"3100{number:02d}")
    browser = a_browser(a_registrar())
    browser.get("/students/")

    with django_assert_max_num_queries(14):
        browser.get("/students/")
