"""Exams and permits over JSON, and the permit as a paper."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
    an_enrolment,
)
from rollbook.systems.college.exams import services
from rollbook.systems.college.exams.models import ExamPeriod, ExamPermit
from rollbook.systems.college.exams.policies import EXAM_POLICY

BASE = "/api/v1/college"
REASON = "The board moved the prelim"


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def permit(tenant, frozen_clock):
    frozen_clock(datetime(2031, 9, 3, 2, tzinfo=UTC))
    enrolment = an_enrolment(a_student("310001", family_name="Peñaflor", given_name="María"))
    services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
    services.apply_settlement(
        Actor.system(tenant.id, job="test"), term_enrolment_id=enrolment.id, settled_through=1, at=clock.now()
    )
    return ExamPermit.objects.select_related("term_enrolment__student").get()


def test_an_administrator_prepares_exams_and_changes_their_months(tenant):
    term, client = a_term(), a_browser(an_administrator())

    prepared = send(client, "post", "/exam-periods/prepare", {"term_id": str(term.id), "template": "STRETCH_4"})
    assert [(row["code"], row["month"]) for row in prepared.json()] == [
        ("PRELIM", 1), ("MIDTERM", 2), ("PREFINAL", 4), ("FINAL", 6),
    ]  # fmt: skip
    prelim = prepared.json()[0]["id"]
    body = {"term_id": str(term.id), "months": {prelim: 2}}
    assert send(client, "post", "/exam-mappings/preview", body).json()[0]["month_then"] == 2
    changed = send(client, "post", "/exam-mappings", {**body, "reason": REASON})
    assert (changed.status_code, changed.json()) == (201, {"version": 2, "permits_issued": 0})
    history = send(client, "get", f"/exam-mappings?term_id={term.id}").json()
    assert [(row["exam"], row["month"], row["version"]) for row in history][:1] == [("PRELIM", 2, 2)]
    moved = send(client, "patch", f"/exam-periods/{prelim}", {"opens_on": "2031-09-02"}, if_match='"1"')
    assert (moved.status_code, moved.json()["opens_on"]) == (200, "2031-09-02")
    assert send(client, "patch", f"/exam-periods/{prelim}", {"name": None}, if_match='"2"').status_code == 422


def test_a_running_term_asks_for_its_code_over_json_too(permit):
    client, prelim = a_browser(an_administrator()), ExamPeriod.objects.get(code="PRELIM")
    body = {"term_id": str(prelim.term_id), "months": {str(prelim.id): 2}, "reason": REASON}

    refused = send(client, "post", "/exam-mappings", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFIRMATION_NEEDED")
    assert send(client, "post", "/exam-mappings", {**body, "confirmation": "2031-1"}).status_code == 201
    assert send(a_browser(a_registrar()), "post", "/exam-mappings", body).status_code == 403


@pytest.mark.rule("R44")
def test_a_professor_checks_a_permit_and_learns_nothing_of_money(permit):
    client = a_browser(a_member(roles.PROFESSOR))

    answer = send(client, "post", "/permits/verify", {"code": permit.code.lower()}).json()

    assert (answer["valid"], answer["may_sit"], answer["name"], answer["exam"]) == (
        True,
        True,
        "María Peñaflor",
        "Prelim",
    )
    assert not {"basis", "month", "balance"} & set(answer)
    unknown = send(client, "post", "/permits/verify", {"code": "PRM-2031-00000000"}).json()
    assert (unknown["valid"], unknown["may_sit"], unknown["name"]) == (False, False, None)
    assert send(a_browser(a_cashier()), "post", "/permits/verify", {"code": permit.code}).status_code == 403
    sitting = {"code": permit.code, "class_name": "IT101"}
    assert send(client, "post", "/exam-sittings", sitting).status_code == 201
    permit.refresh_from_db()
    assert permit.state == "USED"


def test_where_permits_only_advise_nobody_is_turned_away(permit):
    policies.change(an_administrator(), EXAM_POLICY, "ADVISORY", None, "The board decided it")

    answer = send(a_browser(a_member(roles.PROFESSOR)), "post", "/permits/verify", {"code": "PRM-2031-00000000"})

    assert (answer.json()["valid"], answer.json()["may_sit"]) == (False, True)


@pytest.mark.rule("R44")
@pytest.mark.isolation
def test_the_public_page_answers_the_same_for_unknown_and_foreign_codes(organisation, other_organisation, client):
    with tenant_scope(organisation.id):
        enrolment = an_enrolment(a_student("310001", family_name="Peñaflor", given_name="María"))
        services.prepare_exam_periods(an_administrator(), term_id=enrolment.term_id)
        system = Actor.system(organisation.id, job="test")
        services.apply_settlement(system, term_enrolment_id=enrolment.id, settled_through=1, at=clock.now())
        code = ExamPermit.objects.get().code

    def ask(code, slug):
        return client.get(f"/api/v1/public/verify/permit/{code}?institution={slug}").json()

    found = ask(code, organisation.slug)
    assert found["code"] == code
    assert {fact["label"]: fact["value"] for fact in found["facts"]}["Name"] == "María Peñaflor"
    assert "basis" not in str(found).lower()
    foreign, unknown = ask(code, other_organisation.slug), ask("PRM-2031-00000000", organisation.slug)
    assert foreign == unknown
    assert (foreign["valid"], foreign["state"]) == (False, "NOT_VALID")
    with tenant_scope(organisation.id):
        Person.objects.filter(id=enrolment.student.person_id).update(is_private=True)
    private = ask(code, organisation.slug)
    assert {fact["label"]: fact["value"] for fact in private["facts"]}["Name"] == "M. P."
    assert private["photo"] is None


def test_a_suspended_permit_says_so_in_public_without_saying_why(permit, tenant, client):
    system = Actor.system(tenant.id, job="test")
    services.apply_settlement(system, term_enrolment_id=permit.term_enrolment_id, settled_through=0, at=clock.now())

    found = client.get(f"/api/v1/public/verify/permit/{permit.code}?institution={tenant.slug}").json()

    assert (found["valid"], found["state"]) == (False, "SUSPENDED")
    assert found["explanation"] == "It does not admit to the exam at present. The student asks at the cashier."


@pytest.mark.rule("R43")
def test_a_student_prints_their_permit_as_a6_with_nothing_of_money_on_it(permit):
    student = permit.term_enrolment.student
    client = a_browser(a_member(roles.STUDENT, person_id=student.person_id))
    rows = send(client, "get", "/me/permits").json()
    assert [(row["exam"], row["state"]) for row in rows][:2] == [("PRELIM", "ISSUED"), ("MIDTERM", "LOCKED")]

    answer = client.get(f"{BASE}/me/permits/{permit.id}.pdf")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    (paper,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert (round(paper.mediabox.width), round(paper.mediabox.height)) == (298, 420)
    text = " ".join(paper.extract_text().split())
    for word in ("María Peñaflor", "310001", "Prelim", "2031-1", permit.code):
        assert word in text
    assert not {"paid", "basis", "balance", "PHP", "₱"} & {word.lower() for word in text.split()}
    permit.refresh_from_db()
    assert (permit.state, permit.prints) == ("PRINTED", 1)


def test_nobody_prints_somebody_elses_permit_but_the_counter(permit):
    other = a_browser(a_member(roles.STUDENT, person_id=a_student("310002", given_name="Ben").person_id))

    assert other.get(f"{BASE}/me/permits/{permit.id}.pdf").status_code == 404
    assert send(other, "post", f"/permits/{permit.id}/print").status_code == 403
    assert send(a_browser(a_cashier()), "post", f"/permits/{permit.id}/print")["Content-Type"] == "application/pdf"


def test_certificates_and_waivers_over_json(permit):
    enrolment = permit.term_enrolment
    registrar, place = a_browser(a_registrar()), f"/students/{enrolment.student_id}/welfare-certificates"
    body = {"issuing_office": "DSWD Cebu", "number": "4711", "valid_from": "2031-08-01", "valid_until": "2031-12-31"}

    made = send(registrar, "post", place, body)
    assert made.status_code == 201
    assert ExamPermit.objects.count() == 4
    assert send(registrar, "get", place).json()[0]["number"] == "4711"
    assert send(a_browser(an_administrator()), "get", place).status_code == 403
    withdrawn = send(
        registrar, "post", f"/welfare-certificates/{made.json()['id']}/withdraw", {"reason": "Found to be forged"}
    )
    assert withdrawn.status_code == 204
    midterm = ExamPeriod.objects.get(code="MIDTERM")
    waiver = {"term_enrolment_id": str(enrolment.id), "exam_period_id": str(midterm.id), "reason": "Bank strike"}
    assert send(a_browser(an_administrator()), "post", "/permits/waivers", waiver).json()["state"] == "ISSUED"
    assert send(registrar, "post", "/permits/waivers", waiver).status_code == 403
