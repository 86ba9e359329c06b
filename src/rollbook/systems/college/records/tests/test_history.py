"""The whole history of a student: every room's acts in one line of time, for whoever may read it."""

import pytest
from django.urls import reverse

from rollbook.core.errors import Forbidden
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site import navigation  # noqa: F401 — rooms declare what belongs to a student there
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_head_registrar,
    a_member,
    a_registrar,
    a_student,
)
from rollbook.systems.college.records import history
from rollbook.systems.college.records.errors import StudentNotFound
from rollbook.systems.college.records.history import history_of
from rollbook.systems.college.records.services.holds import place_hold

pytestmark = pytest.mark.django_db


def a_library_hold(student, actor=None, kind="LIBRARY", reason="Two books are missing"):
    return place_hold(actor or a_registrar(), student_id=student.id, kind=kind, blocks=["ENROL"], reason=reason)


def test_acts_on_all_records_of_a_student_stand_in_one_line_of_time(tenant):
    student, other = a_student("310001"), a_student("310002")
    a_library_hold(other, reason="A thesis is missing")
    a_library_hold(student)
    a_library_hold(student, reason="Three books are missing")

    found = history_of(a_registrar(), student.id)

    reasons = [event.reason for event in found.events if event.reason]
    assert reasons[:2] == ["Three books are missing", "Two books are missing"]
    assert "A thesis is missing" not in reasons
    assert found.older_than is None


def test_a_long_history_goes_on_where_the_page_ends(tenant, monkeypatch):
    monkeypatch.setattr(history, "MOST_SHOWN", 2)
    student, registrar = a_student("310001"), a_registrar()
    for number in range(3):
        a_library_hold(student, registrar, reason=f"Book number {number} is missing")

    first = history_of(registrar, student.id)
    second = history_of(registrar, student.id, before=first.older_than)

    assert [event.reason for event in first.events] == ["Book number 2 is missing", "Book number 1 is missing"]
    assert second.events[0].reason == "Book number 0 is missing"
    page = a_browser(registrar).get(reverse("students:history_of", args=[student.id]))
    assert f"?before={first.older_than}" in page.content.decode()


def test_what_is_confidential_is_told_only_to_whom_it_concerns(tenant):
    student = a_student("310001")
    a_library_hold(student, a_head_registrar(), kind="DISCIPLINARY", reason="A case before the council")

    reader = a_member(roles.REGISTRAR)
    assert any("council" in event.reason for event in history_of(reader, student.id).events)
    without = a_member("auditor")
    assert not any("council" in event.reason for event in history_of(without, student.id).events)


def test_only_who_may_read_histories_reads_one(tenant):
    student = a_student("310001")

    for actor in (a_cashier(), a_member(roles.PROGRAM_HEAD), a_member(roles.STUDENT, person_id=student.person_id)):
        with pytest.raises(Forbidden):
            history_of(actor, student.id)
    with pytest.raises(StudentNotFound):
        history_of(a_registrar(), student.person_id)


def test_the_same_over_json_page_by_page(tenant):
    student, registrar = a_student("310001"), a_registrar()
    for number in range(3):
        a_library_hold(student, registrar, reason=f"Book number {number} is missing")
    browser, place = a_browser(registrar), f"/api/v1/college/students/{student.id}/history"

    first = browser.get(place, {"limit": 2}).json()
    second = browser.get(place, {"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [event["reason"] for event in first["items"]] == ["Book number 2 is missing", "Book number 1 is missing"]
    assert second["items"][0]["reason"] == "Book number 0 is missing"
    assert (first["items"][0]["title"], first["items"][0]["is_refused"]) == ("Hold placed", False)
    forged = browser.get(place, {"cursor": "WyJhIl0"})
    assert (forged.status_code, forged.json()["code"]) == (422, "BAD_CURSOR")
    assert a_browser(a_cashier()).get(place).status_code == 403
    assert browser.get(f"/api/v1/college/students/{student.person_id}/history").status_code == 404


def test_another_college_reads_no_history(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student("310001")
        a_library_hold(student)
    with tenant_scope(other_organisation.id):
        registrar = a_registrar()
        with pytest.raises(StudentNotFound):
            history_of(registrar, student.id)
        browser = a_browser(registrar)

    assert browser.get(f"/api/v1/college/students/{student.id}/history").status_code == 404
    assert browser.get(reverse("students:history_of", args=[student.id])).status_code == 404
