"""The desk for leaves, withdrawals and transfers, on the screen and over JSON, and the student's own page."""

from datetime import UTC, date, datetime

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Term
from rollbook.systems.college.enrolment.examples import a_taker
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_head_registrar,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    a_term,
)
from rollbook.systems.college.records import services
from rollbook.systems.college.records.models import ProgrammeTransfer, StatusRequest, Student

BASE = "/api/v1/college"
FAMILY = "A parent has to be looked after"


def text_of(response):
    return response.content.decode()


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def july(frozen_clock):
    frozen_clock(datetime(2031, 7, 1, 2, tzinfo=UTC))
    return lambda day: frozen_clock(datetime(2031, 7, day, 2, tzinfo=UTC))


@pytest.fixture
def two_programmes(tenant, july):
    it, accounting = a_programme("BSIT"), a_programme("BSA")
    a_term("2031-1", state=Term.State.SETUP)
    a_curriculum(it, {(1, "FIRST"): [a_subject("IT 101")]}, name="BSIT 2030", year="2030-2031")
    a_curriculum(accounting, {(1, "FIRST"): [a_subject("ACC 101")]}, name="BSA 2030", year="2030-2031")
    return a_student("310001", programme=it)


def the_student(student):
    return a_member(roles.STUDENT, name="Juan Dela Cruz", person_id=student.person_id)


def test_a_student_asks_on_their_page_and_the_registrar_decides_on_the_desk(tenant, july):
    student = a_student("310001")
    own, desk = a_browser(the_student(student)), a_browser(a_registrar())
    assert "You asked for nothing yet" in text_of(own.get("/my/requests/"))
    typed = {"kind": "LEAVE", "from_date": "2031-07-10", "to_date": "2031-07-20", "reason": FAMILY}

    assert own.post("/my/requests/new/", {**typed, "to_date": "2031-07-01"}).status_code == 422
    assert own.post("/my/requests/new/", typed).status_code == 303
    assert FAMILY in text_of(own.get("/my/requests/"))
    assert own.get("/leaves/").status_code == 403

    listed = text_of(desk.get("/leaves/"))
    assert "1 request waits for a decision." in listed
    assert "310001" in listed
    place = f"/leaves/{StatusRequest.objects.get().id}/"
    assert "No term and no incomplete is touched." in text_of(desk.get(place))
    assert desk.post(f"{place}decide/", {"decision": "decline", "note": ""}).status_code == 422
    assert desk.post(f"{place}decide/", {"decision": "approve", "note": ""}).status_code == 303
    assert StatusRequest.objects.get().state == "APPROVED"
    assert "Approved" in text_of(own.get("/my/requests/"))


def test_the_desk_sees_which_terms_would_be_left(tenant, july):
    taker = a_taker("310001")
    services.request_status(
        a_registrar(), student_id=taker.student_id, kind="LEAVE", from_date=date(2031, 7, 10), reason=FAMILY
    )

    shown = text_of(a_browser(a_registrar()).get(f"/leaves/{StatusRequest.objects.get().id}/"))

    assert "2031-1" in shown
    assert "Cancelled" in shown


def test_a_withdrawal_that_is_not_cleared_says_what_holds_and_only_the_head_may_go_on(tenant, july):
    student = a_student("310001")
    services.place_hold(
        a_registrar(), student_id=student.id, kind="LIBRARY", blocks=["DOCUMENT_RELEASE"], reason="Two books are due"
    )
    asked = services.request_status(
        a_registrar(), student_id=student.id, kind="WITHDRAWAL", from_date=date(2031, 7, 2), reason=FAMILY
    )
    july(2)
    place = f"/leaves/{asked.id}/"
    desk, head = a_browser(a_registrar()), a_browser(a_head_registrar())

    assert "Without clearance" not in text_of(desk.get(place))
    refused = desk.post(f"{place}decide/", {"decision": "approve", "note": ""})
    assert "is not cleared: library" in text_of(refused)
    assert "Without clearance" in text_of(head.get(place))
    gone = {"decision": "approve", "note": "", "without_clearance": "The books were lost in the flood"}
    assert head.post(f"{place}decide/", gone).status_code == 303
    student.refresh_from_db()
    assert student.status == "WITHDRAWN"


def test_a_leave_runs_and_its_last_day_is_moved_on_the_screen(tenant, july):
    student = a_student("310001")
    july(2)
    desk = a_browser(a_registrar())
    typed = {"new_status": "LOA", "from_date": "2031-07-02", "to_date": "2031-07-31", "reason": FAMILY, "version": "1"}
    assert desk.post(f"/students/{student.id}/status/", typed).status_code == 303
    assert "Change the last day" in text_of(desk.get(f"/students/{student.id}/requests/"))

    place = f"/students/{student.id}/leave/"
    assert desk.post(place, {"to_date": "2031-06-30", "reason": FAMILY}).status_code == 422
    assert desk.post(place, {"to_date": "2031-08-31", "reason": FAMILY}).status_code == 303
    assert "Aug 31, 2031" in text_of(desk.get(f"/students/{student.id}/"))


def test_a_transfer_goes_from_the_student_over_the_dean_to_the_registrar(two_programmes):
    student = two_programmes
    own, dean, desk = (
        a_browser(the_student(student)), a_browser(a_member(roles.DEAN)), a_browser(a_registrar()),
    )  # fmt: skip
    typed = {
        "to_programme_id": str(Programme.objects.get(code="BSA").id),
        "effective_term_id": str(Term.objects.get().id), "reason": FAMILY,
    }  # fmt: skip

    assert own.post("/my/requests/programme/", {**typed, "reason": "no"}).status_code == 422
    assert own.post("/my/requests/programme/", typed).status_code == 303
    assert "BSIT → BSA" in text_of(own.get("/my/requests/"))

    place = f"/transfers/{ProgrammeTransfer.objects.get().id}/"
    assert "1 transfer waits for a decision." in text_of(dean.get("/transfers/"))
    shown = text_of(dean.get(place))
    assert "ACC 101" in shown
    assert 'name="note"' in shown
    assert dean.post(f"{place}decide/", {"decision": "approve"}).status_code == 403
    assert dean.post(f"{place}endorse/", {"decision": "approve", "note": ""}).status_code == 303
    assert 'name="curriculum_id"' in text_of(desk.get(place))
    chosen = {"decision": "approve", "note": "", "curriculum_id": str(Curriculum.objects.get(name="BSA 2030").id)}
    assert desk.post(f"{place}decide/", chosen).status_code == 303
    assert ProgrammeTransfer.objects.get().state == "APPROVED"
    assert "In BSA 2030" in text_of(desk.get(place))

    assert desk.post(f"{place}take-back/", {"reason": "The student stays after all"}).status_code == 303
    assert ProgrammeTransfer.objects.get().state == "TAKEN_BACK"


def test_another_version_of_the_curriculum_is_chosen_on_the_record(two_programmes):
    student = two_programmes
    newer = a_curriculum(student.programme, {(1, "FIRST"): [a_subject("IT 110")]}, name="BSIT 2031", year="2031-2032")
    desk = a_browser(a_registrar())
    typed = {"curriculum_id": str(newer.id), "reason": FAMILY, "version": "1"}

    assert "BSIT 2030" in text_of(desk.get(f"/students/{student.id}/"))
    assert desk.post(f"/students/{student.id}/curriculum/", {**typed, "version": "9"}).status_code == 422
    assert desk.post(f"/students/{student.id}/curriculum/", typed).status_code == 303
    assert "BSIT 2031" in text_of(desk.get(f"/students/{student.id}/"))


def test_the_same_over_json(two_programmes):
    student = two_programmes
    own, dean, desk = (
        a_browser(the_student(student)), a_browser(a_member(roles.DEAN)), a_browser(a_registrar()),
    )  # fmt: skip
    wanted = {
        "to_programme_id": str(Programme.objects.get(code="BSA").id),
        "effective_term_id": str(Term.objects.get().id), "reason": FAMILY,
    }  # fmt: skip

    asked = send(own, "post", "/me/program-transfers", wanted)
    assert asked.status_code == 201
    place = f"/program-transfers/{asked.json()['id']}"
    seen = {"if_match": send(dean, "get", place)["ETag"]}
    assert send(desk, "post", f"{place}/decision", {"approve": True}).status_code == 428
    assert send(desk, "post", f"{place}/decision", {"approve": True}, **seen).json()["code"] == "INVALID_STATE"
    assert send(desk, "post", f"{place}/endorsement", {"approve": True}, **seen).status_code == 403
    assert send(dean, "post", f"{place}/endorsement", {"approve": True}, if_match='"9"').status_code == 412
    assert send(dean, "post", f"{place}/endorsement", {"approve": True}, **seen).json()["state"] == "ENDORSED"
    seen = {"if_match": send(desk, "get", place)["ETag"]}
    decided = send(desk, "post", f"{place}/decision", {"approve": True}, **seen).json()
    assert (decided["state"], [row["codes"] for row in decided["evaluation"]["missing"]]) == ("APPROVED", [["ACC 101"]])
    assert [row["id"] for row in send(own, "get", "/me/program-transfers").json()] == [asked.json()["id"]]
    assert send(own, "get", place).status_code == 403
    assert send(a_browser(a_cashier()), "get", place).status_code == 403

    leave = {"kind": "LEAVE", "from_date": "2031-07-10", "reason": FAMILY}
    assert send(own, "post", "/me/status-requests", {**leave, "state": "APPROVED"}).status_code == 422
    first = send(own, "post", "/me/status-requests", leave).json()
    assert send(own, "post", "/me/status-requests", leave).json()["code"] == "REQUEST_STANDS"
    assert send(own, "post", f"/me/status-requests/{first['id']}/take-back").json()["state"] == "TAKEN_BACK"
    second = send(desk, "post", f"/students/{student.id}/status-requests", leave).json()
    seen = {"if_match": send(desk, "get", f"/status-requests/{second['id']}")["ETag"]}
    granted = send(desk, "post", f"/status-requests/{second['id']}/decision", {"approve": True}, **seen)
    assert granted.json()["state"] == "APPROVED"
    assert [row["state"] for row in send(desk, "get", "/status-requests?kind=LEAVE").json()["items"]] == [
        "APPROVED", "TAKEN_BACK",
    ]  # fmt: skip


def test_pages_of_somebody_else_are_not_found(two_programmes):
    asked = services.request_status(
        a_registrar(), student_id=two_programmes.id, kind="LEAVE", from_date=date(2031, 7, 10), reason=FAMILY
    )
    other = a_browser(the_student(a_student("310002")))

    assert other.post(f"/my/requests/{asked.id}/take-back/").status_code == 404
    asked.refresh_from_db()
    assert asked.state == "REQUESTED"
    assert a_browser(a_cashier()).get(f"/leaves/{asked.id}/").status_code == 403
    assert not AuditEntry.objects.filter(action="college.status_request_taken_back").exists()
    assert Student.objects.get(id=two_programmes.id).status == "ACTIVE"
