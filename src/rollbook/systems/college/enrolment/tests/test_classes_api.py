"""Classes over JSON: choosing, the cart with its key, overrides, drops, queues, rosters."""

import pytest

from rollbook.core.ids import new_id
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.examples import a_class, a_taker, fill, item, subjects, the_student
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.examples import a_browser, a_member, a_registrar

BASE = "/api/v1/college"


def send(client, method, path, body=None, *, key=None):
    headers = {"Idempotency-Key": str(key)} if key else {}
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def cart_of(*sections, **more):
    return {"items": [{"subject_id": str(one.subject_id), "section_id": str(one.id)} for one in sections], **more}


def test_a_student_looks_chooses_and_enrols_once_per_key(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1")
    enrolment = a_taker()
    client, place, key = a_browser(the_student(enrolment)), f"/me/term-enrolments/{enrolment.id}", new_id()

    listed = send(client, "get", f"{place}/recommendations").json()
    assert [(row["code"], row["is_recommended"], row["open_sections"]) for row in listed["items"]] == [
        ("IT 101", True, 1), ("MATH 1", True, 1),
    ]  # fmt: skip
    assert len(send(client, "get", f"{place}/catalogue").json()["items"]) == 2
    (section,) = send(client, "get", f"{place}/sections?subject={one.subject_id}").json()
    assert (section["code"], section["is_possible"], section["meetings"][0]["start_min"]) == ("A", True, 480)

    assert send(client, "post", f"{place}/enrol", cart_of(one, two)).status_code == 422
    first = send(client, "post", f"{place}/enrol", cart_of(one, two), key=key)
    again = send(client, "post", f"{place}/enrol", cart_of(one, two), key=key)
    other = send(client, "post", f"{place}/enrol", cart_of(one), key=key)
    assert (first.status_code, first.json()["units"], [row["verdict"] for row in first.json()["items"]]) == (
        201, "6.0", ["OK", "OK"],
    )  # fmt: skip
    assert (again.json(), again.headers["Idempotent-Replay"]) == (first.json(), "true")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(send(client, "get", f"{place}/classes").json()) == 2


@pytest.mark.example("college", 22)
def test_override_flags_of_a_student_are_refused_and_a_registrars_are_taken(tenant):
    one, two = a_class("IT 101", hours=(1, "08:00", "09:30")), a_class("MATH 1", hours=(1, "09:00", "10:00"))
    enrolment = a_taker()
    client = a_browser(the_student(enrolment))
    enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(one)])
    aside = {"rule": "SCHEDULE_CONFLICT", "reason": "thesis defence slot approved"}
    place = f"/term-enrolments/{enrolment.id}/enrol"

    refused = send(client, "post", f"/me{place}", cart_of(two, overrides=[aside]), key=new_id())
    assert (refused.status_code, refused.json()["code"]) == (403, "OVERRIDE_NOT_ALLOWED")
    for forbidden in ({"override": True}, {"role": "registrar"}, {"status": "ACTIVE"}):
        assert send(client, "post", f"/me{place}", cart_of(two, **forbidden), key=new_id()).status_code == 422
    assert send(client, "post", place, cart_of(two, overrides=[aside]), key=new_id()).status_code == 403
    plain = send(client, "post", f"/me{place}", cart_of(two), key=new_id())
    assert (plain.status_code, plain.json()["code"]) == (409, "SCHEDULE_CONFLICT")
    assert SubjectEnrolment.objects.filter(term_enrolment=enrolment).count() == 1

    desk = a_browser(a_registrar())
    short = send(desk, "post", place, cart_of(two, overrides=[{**aside, "reason": "ok"}]), key=new_id())
    assert short.status_code == 422
    done = send(desk, "post", place, cart_of(two, overrides=[aside]), key=new_id())
    assert (done.status_code, done.json()["items"][0]["set_aside"]) == (201, ["SCHEDULE_CONFLICT"])


def test_dropping_holding_and_waiting_over_json(tenant):
    section, full = a_class("IT 101"), a_class("MATH 1", capacity=1)
    fill(full, 1)
    enrolment = a_taker()
    client, place = a_browser(the_student(enrolment)), f"/me/term-enrolments/{enrolment.id}"

    held = send(client, "post", f"{place}/hold-seats", cart_of(section))
    row = held.json()["items"][0]["subject_enrolment_id"]
    assert send(client, "post", f"/me/subject-enrolments/{row}/renew").json()["state"] == "RESERVED"
    assert send(client, "post", f"/me/subject-enrolments/{row}/renew").json()["code"] == "HOLD_RENEWED"
    assert send(client, "post", f"/me/subject-enrolments/{row}/release").json()["state"] == "REMOVED"
    taken = send(client, "post", f"{place}/enrol", cart_of(section), key=new_id()).json()["items"][0]
    dropped = send(client, "post", f"/me/subject-enrolments/{taken['subject_enrolment_id']}/drop", {"reason": "Early"})
    assert [one["state"] for one in dropped.json()] == ["DROPPED"]

    wanted = {"term_enrolment_id": str(enrolment.id), "section_id": str(full.id)}
    joined = send(client, "post", "/me/waitlist", wanted)
    assert (joined.status_code, joined.json()["state"], joined.json()["position"]) == (201, "WAITLISTED", 1)
    assert [one["subject"] for one in send(client, "get", "/me/waitlist").json()] == ["MATH 1"]
    early = send(client, "post", f"/me/waitlist/{joined.json()['id']}/accept")
    assert (early.status_code, early.json()["code"]) == (409, "NOT_OFFERED")
    assert send(client, "delete", f"/me/waitlist/{joined.json()['id']}").json()["state"] == "REMOVED"
    assert send(client, "get", "/me/waitlist").json() == []


def test_advising_and_the_roster_over_json(tenant):
    (subject,) = subjects("IT 101")
    section, enrolment = a_class(subject), a_taker()
    client, desk = a_browser(the_student(enrolment)), a_browser(a_registrar())
    place = f"/term-enrolments/{enrolment.id}"

    assert send(client, "post", f"/me{place}/advising", {}).json()["advising_state"] == "SUBMITTED"
    back = send(desk, "post", f"{place}/advising/return", {"reason": "Take one more subject"})
    assert (back.json()["advising_state"], back.json()["advising_note"]) == ("RETURNED", "Take one more subject")
    assert send(client, "post", f"{place}/advising/approve").status_code == 403
    send(client, "post", f"/me{place}/advising", {"subject_ids": [str(subject.id)]})
    assert send(desk, "post", f"{place}/advising/approve").json()["advising_state"] == "APPROVED"

    send(client, "post", f"/me{place}/enrol", cart_of(section), key=new_id())
    roster = send(desk, "get", f"/sections/{section.id}/roster").json()
    assert [row["student_number"] for row in roster["students"]] == ["310001"]
    assert send(client, "get", f"/sections/{section.id}/roster").status_code == 403
    assert send(a_browser(a_member(roles.PROFESSOR)), "get", f"/sections/{section.id}/roster").status_code == 404


@pytest.mark.isolation
def test_other_students_and_other_colleges_do_not_exist(organisation, other_organisation):
    with tenant_scope(organisation.id):
        section, enrolment, other = a_class("IT 101"), a_taker(), a_taker("310002")
        client = a_browser(the_student(other))
    with tenant_scope(other_organisation.id):
        foreign = a_browser(a_registrar())

    for method, path in (("get", "catalogue"), ("get", "recommendations"), ("post", "enrol"), ("post", "hold-seats")):
        answer = send(
            client, method, f"/me/term-enrolments/{enrolment.id}/{path}",
            cart_of(section) if method == "post" else None, key=new_id(),
        )  # fmt: skip
        assert answer.status_code == 404
    assert (
        send(foreign, "post", f"/term-enrolments/{enrolment.id}/enrol", cart_of(section), key=new_id()).status_code
        == 404
    )
    with tenant_scope(organisation.id):
        assert not SubjectEnrolment.objects.exists()
