"""Students, holds and student files over JSON."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.ledger.services import open_chart
from rollbook.systems.college import roles
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    a_term,
)
from rollbook.systems.college.records.models import Hold, Student

BASE = "/api/v1/college"


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def wanted(**changes):
    return {
        "person": {"family_name": "Reyes", "given_name": "Ana"}, "programme_id": str(a_programme().id),
        "admission_term_id": str(a_term().id), **changes,
    }  # fmt: skip


def test_a_registrar_adds_a_student_and_the_number_is_ours(tenant, frozen_clock):
    client = a_browser(a_registrar())

    answer = send(client, "post", "/students", wanted())

    assert answer.status_code == 201
    assert (answer.json()["student_number"], answer.json()["name"], answer.json()["programme"]) == (
        "310001", "Reyes, Ana", "BSIT",
    )  # fmt: skip
    place = f"/students/{answer.json()['id']}"
    assert send(client, "get", place)["ETag"] == '"1"'
    changed = send(client, "patch", place, {"kind": "TRANSFEREE"}, if_match='"1"')
    assert changed.json()["is_transferee"] is True
    assert send(client, "patch", place, {"kind": "SHIFTER"}, if_match='"1"').status_code == 412


@pytest.mark.parametrize(
    "extra", [{"student_number": "1"}, {"status": "GRADUATED"}, {"role": "registrar"}, {"person": None}]
)
def test_number_status_and_role_are_never_taken_from_the_caller(tenant, extra):
    answer = send(a_browser(a_registrar()), "post", "/students", wanted(**extra))

    assert answer.status_code == 422
    assert not Student.objects.exists()


def test_students_are_listed_filtered_and_found(tenant):
    programme = a_programme("BSN")
    for number, family in (("310002", "Lim"), ("310001", "Reyes"), ("310003", "Lim")):
        a_student(number, family_name=family, programme=programme)
    client = a_browser(a_registrar())

    def numbers(query):
        return [row["student_number"] for row in send(client, "get", f"/students{query}").json()["items"]]

    assert numbers("") == ["310001", "310002", "310003"]
    assert numbers("?q=lim") == ["310002", "310003"]
    assert numbers("?q=nobody") == []
    assert numbers("?status=LOA") == []
    assert numbers(f"?programme_id={programme.id}&limit=1") == ["310001"]


def test_students_see_themselves_and_nobody_else(tenant):
    own, other = a_student("310001"), a_student("310002", given_name="Ben")
    client = a_browser(a_member(roles.STUDENT, person_id=own.person_id))

    assert send(client, "get", f"/students/{own.id}").status_code == 200
    assert send(client, "get", f"/students/{other.id}").status_code == 404
    assert [row["student_number"] for row in send(client, "get", "/students").json()["items"]] == ["310001"]
    assert send(client, "post", f"/students/{own.id}/holds", {"kind": "LIBRARY", "blocks": ["ENROL"], "reason": "x"}
                ).status_code == 403  # fmt: skip
    assert send(a_browser(a_cashier()), "get", f"/students/{own.id}").status_code == 403


@pytest.mark.isolation
def test_another_colleges_student_is_not_found(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student("310001")
    with tenant_scope(other_organisation.id):
        client = a_browser(a_member(roles.REGISTRAR, "administrator"))

    place = f"/students/{student.id}"
    for path in (place, f"{place}/holds", f"{place}/status-periods"):
        assert send(client, "get", path).status_code == 404
    assert send(client, "patch", place, {"kind": "SHIFTER"}, if_match="*").status_code == 404
    hold = {"kind": "LIBRARY", "blocks": ["ENROL"], "reason": "Two books are due"}
    assert send(client, "post", f"{place}/holds", hold).status_code == 404
    assert send(client, "get", "/students?q=310001").json()["items"] == []


def test_a_leave_is_recorded_and_a_wrong_one_refused(tenant, frozen_clock):
    student = a_student()
    frozen_clock(datetime(2031, 7, 12, tzinfo=UTC))
    client = a_browser(a_registrar())
    leave = {"status": "LOA", "from_date": "2031-07-12", "reason": "Leave until the next term"}

    assert send(client, "post", f"/students/{student.id}/status-periods", leave).status_code == 201
    again = send(client, "post", f"/students/{student.id}/status-periods", leave)
    assert (again.status_code, again.json()["code"]) == (409, "LEAVE_OVERLAPS")
    periods = send(client, "get", f"/students/{student.id}/status-periods").json()
    assert [(row["status"], row["to_date"]) for row in periods] == [("LOA", None), ("ACTIVE", "2031-07-11")]


def test_a_hold_is_placed_shown_and_released(tenant):
    student, client = a_student(), a_browser(a_registrar())
    placed = send(
        client, "post", f"/students/{student.id}/holds",
        {"kind": "LIBRARY", "blocks": ["ENROL"], "reason": "Two books are due"},
    )  # fmt: skip
    assert (placed.status_code, placed.json()["reason"]) == (201, "Two books are due")
    assert [row["id"] for row in send(client, "get", "/holds?is_live=true").json()["items"]] == [placed.json()["id"]]

    release = f"/holds/{placed.json()['id']}/release"
    assert send(client, "post", release, {"reason": "Books are back"}).status_code == 200
    assert send(client, "post", release, {"reason": "Books are back"}).json()["code"] == "HOLD_RELEASED"
    assert send(client, "get", f"/students/{student.id}/holds").json()[0]["released_at"] is not None
    assert not Hold.objects.get().is_live


FILE = (
    "student_number,family_name,given_name,programme,term,plan_total,instalments,first_due_on\n"
    "310001,Reyes,Ana,BSIT,2031-1,32000.00,6,2031-08-31\n"
    "310002,Lim,Ben,BSX,2031-1,30000.00,6,2031-08-31\n"
)


def test_a_file_is_checked_imported_and_taken_back(tenant):
    open_chart(), a_programme("BSIT"), a_term("2031-1")
    client = a_browser(a_registrar())
    upload = SimpleUploadedFile("students.csv", FILE.encode(), "text/csv")

    checked = client.post(f"{BASE}/student-imports", {"file": upload})
    assert (checked.status_code, checked.json()["rows_with_errors"]) == (201, 1)
    place = f"/student-imports/{checked.json()['id']}"
    (wrong,) = send(client, "get", f"{place}/rows?only_errors=true").json()["items"]
    assert (wrong["line"], [error["field"] for error in wrong["errors"]]) == (3, ["programme"])
    refused = send(client, "post", f"{place}/commit", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "IMPORT_HAS_ERRORS")
    assert "Line 3, programme: There is no programme BSX." in refused.json()["detail"]

    done = send(client, "post", f"{place}/commit", {"valid_only": True})
    assert done.json()["made"] == {"programmes": 0, "terms": 0, "students": 1, "enrolments": 1, "plans": 1}
    assert TermEnrolment.objects.get().invoice.total_minor == 32_000_00

    back = send(client, "post", f"{place}/take-back", {"reason": "Wrong file was chosen"})
    assert (back.status_code, back.json()["state"]) == (200, "TAKEN_BACK")
    assert TermEnrolment.objects.get().state == "CANCELLED"
    assert send(client, "get", "/students").json()["items"] == []


def test_a_file_that_is_none_and_one_sent_by_a_cashier_are_refused(tenant):
    broken = SimpleUploadedFile("students.xlsx", b"PK\x03\x04 not a workbook")
    answer = a_browser(a_registrar()).post(f"{BASE}/student-imports", {"file": broken})
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_REFUSED")

    upload = SimpleUploadedFile("students.csv", FILE.encode(), "text/csv")
    assert a_browser(a_cashier()).post(f"{BASE}/student-imports", {"file": upload}).status_code == 403
