"""Programmes and terms on the screen."""

import pytest

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.models import Programme, Term, TermWindow
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_programme,
    a_registrar,
    a_term,
    an_administrator,
)
from rollbook.systems.college.exams.models import ExamPeriod

PROGRAMME = {
    "code": "BSIT", "name": "Information Technology", "level": "BACHELOR", "department": "", "duration_years": "4",
    "total_units_required": "120",
}  # fmt: skip


def text_of(response):
    return response.content.decode()


def test_a_programme_is_added_shown_and_changed(tenant):
    browser = a_browser(a_registrar())
    answer = browser.post("/programmes/new/", PROGRAMME)
    programme = Programme.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/programmes/{programme.id}/")

    changed = {**PROGRAMME, "name": "Computing", "version": "1", "is_active": ""}
    assert browser.post(f"/programmes/{programme.id}/change/", changed).status_code == 303
    programme.refresh_from_db()
    assert (programme.name, programme.is_active, programme.version) == ("Computing", False, 2)
    assert "Takes nobody new" in text_of(browser.get("/programmes/"))
    assert browser.post(f"/programmes/{programme.id}/change/", changed).status_code == 422


def test_a_form_that_is_refused_keeps_what_was_typed(tenant):
    a_programme("BSIT")

    answer = a_browser(a_registrar()).post("/programmes/new/", PROGRAMME)

    assert answer.status_code == 422
    assert "BSIT is already there as a programme" in text_of(answer)
    assert 'value="Information Technology"' in text_of(answer)
    assert Programme.objects.count() == 1


def test_who_may_not_change_the_catalogue_reads_it(tenant):
    programme = a_programme("BSIT")
    browser = a_browser(a_cashier())

    assert "Units to graduate" in text_of(browser.get(f"/programmes/{programme.id}/"))
    assert browser.get("/programmes/new/").status_code == 403
    assert browser.get("/terms/new/").status_code == 403


def test_a_term_is_planned_with_its_exams_dated_opened_and_made_current(tenant):
    browser = a_browser(an_administrator())
    planned = {
        "code": "2031-1", "academic_year": "2031-2032", "kind": "FIRST", "starts_on": "2031-08-01",
        "ends_on": "2031-12-31",
    }  # fmt: skip
    assert browser.post("/terms/new/", planned).status_code == 303
    term = Term.objects.get()
    assert ExamPeriod.objects.filter(term=term).count() == 4

    days = {"starts_on": "2031-08-01", "ends_on": "2031-12-20", "version": "1", "enrolment_opens": "2031-07-01"}
    half = browser.post(f"/terms/{term.id}/days/", days)
    assert (half.status_code, "A window has a first and a last day." in text_of(half)) == (422, True)
    assert browser.post(f"/terms/{term.id}/days/", {**days, "enrolment_closes": "2031-07-31"}).status_code == 303
    assert str(TermWindow.objects.get().closes_on) == "2031-07-31"

    assert browser.post(f"/terms/{term.id}/move/", {"state": "ENROLMENT_OPEN"}).status_code == 303
    assert browser.post(f"/terms/{term.id}/move/", {"state": "SETUP"}).status_code == 409
    assert browser.post(f"/terms/{term.id}/make-current/").status_code == 303
    page = text_of(browser.get(f"/terms/{term.id}/"))
    assert "Begin classes" in page
    assert "the current term" in page
    assert "2031-1 is the current term" in text_of(browser.get("/terms/"))


@pytest.mark.isolation
def test_another_colleges_term_and_programme_are_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        term, programme = a_term(), a_programme()
    with tenant_scope(other_organisation.id):
        browser = a_browser(a_member("administrator"))

    for address in (f"/terms/{term.id}/", f"/terms/{term.id}/days/", f"/programmes/{programme.id}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/terms/{term.id}/move/", {"state": "IN_PROGRESS"}).status_code == 404
    assert "2031-1" not in text_of(browser.get("/terms/"))


def test_lists_cost_a_fixed_number_of_statements(tenant, django_assert_max_num_queries):
    for number in range(12):
        a_programme(f"BS{number:02d}")
    browser = a_browser(an_administrator())
    browser.get("/programmes/")

    with django_assert_max_num_queries(12):
        browser.get("/programmes/")
