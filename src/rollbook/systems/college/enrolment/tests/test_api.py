"""Term enrolments over JSON."""

import pytest

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
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

BASE = "/api/v1/college"


def send(client, method, path, body=None):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json")


def test_a_registrar_enrols_a_student_once_and_sees_the_gate(tenant):
    student, client = a_student("310001"), a_browser(a_registrar())
    body = {"student_id": str(student.id), "term_id": str(student.admission_term_id), "year_level": 2}

    opened = send(client, "post", "/term-enrolments", body)
    assert (opened.status_code, opened.json()["state"]) == (201, "PENDING_PAYMENT")
    assert opened.json()["gate"] == {"is_open": False, "code": "MONTH1_UNPAID", "text": "no payment plan yet"}
    again = send(client, "post", "/term-enrolments", body)
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_ENROLLED")
    listed = send(client, "get", f"/term-enrolments?student_id={student.id}").json()["items"]
    assert [(row["student_number"], row["term"], row["year_level"]) for row in listed] == [("310001", "2031-1", 2)]


def test_only_an_administrator_opens_the_gate_without_money(tenant):
    enrolment = an_enrolment()
    a_plan(enrolment)
    place = f"/term-enrolments/{enrolment.id}"

    for actor in (a_registrar(), a_cashier(), a_member(roles.STUDENT, person_id=enrolment.student.person_id)):
        refused = send(a_browser(actor), "post", f"{place}/override-payment-gate", {"reason": "Please let me in"})
        assert refused.status_code == 403
    client = a_browser(an_administrator())
    assert send(client, "post", f"{place}/override-payment-gate", {"reason": "ok"}).status_code == 422
    assert send(client, "get", place).json()["gate"]["text"] == "5000.00 still due"
    assert (
        send(client, "post", f"{place}/override-payment-gate", {"reason": "Bank strike, letter seen"}).status_code
        == 201
    )
    assert send(client, "get", place).json()["gate"]["is_open"] is True


def test_a_student_reads_their_own_terms_and_changes_none(tenant):
    own = an_enrolment(a_student("310001"))
    other = an_enrolment(a_student("310002", given_name="Ben"))
    client = a_browser(a_member(roles.STUDENT, person_id=own.student.person_id))

    assert [row["id"] for row in send(client, "get", "/me/term-enrolments").json()["items"]] == [str(own.id)]
    assert send(client, "get", f"/term-enrolments/{other.id}").status_code == 403
    for method in ("delete", "patch", "put"):
        assert send(client, method, f"/term-enrolments/{own.id}").status_code == 405
    body = {"student_id": str(own.student_id), "term_id": str(a_term("2031-2").id)}
    assert send(client, "post", "/term-enrolments", body).status_code == 403


@pytest.mark.isolation
def test_another_colleges_enrolment_is_not_found(organisation, other_organisation):
    with tenant_scope(organisation.id):
        enrolment = an_enrolment()
    with tenant_scope(other_organisation.id):
        client = a_browser(a_member("administrator", roles.REGISTRAR))

    place = f"/term-enrolments/{enrolment.id}"
    assert send(client, "get", place).status_code == 404
    assert send(client, "post", f"{place}/override-payment-gate", {"reason": "Letter was seen"}).status_code == 404
    assert send(client, "get", "/term-enrolments").json()["items"] == []
