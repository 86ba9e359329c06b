"""The schedule over JSON: one way that works and one refusal for each kind of record."""

import json

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site import urls  # noqa: F401 — loaded before a transaction has to wait for it
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_browser, a_member, a_programme, a_registrar, a_term
from rollbook.systems.college.scheduling.examples import a_dean, a_meeting, a_professor, a_room, a_section, a_subject
from rollbook.systems.college.scheduling.models import Faculty, Meeting, Section

API = "/api/v1/college"


def send(browser, method, path, body=None, **headers):
    options = {"data": body, "content_type": "application/json"} if body is not None else {}
    return browser.generic(method, f"{API}{path}", **_as_json(options), headers=headers)


def _as_json(options):
    return {**options, "data": json.dumps(options["data"])} if "data" in options else options


def test_rooms_are_added_listed_and_changed_by_version(tenant):
    browser = a_browser(a_dean())
    added = send(browser, "POST", "/rooms", {"code": "R101", "capacity": 45})
    assert added.status_code == 201
    room_id = added.json()["id"]

    assert [row["code"] for row in send(browser, "GET", "/rooms?kind=LECTURE").json()["items"]] == ["R101"]
    assert send(browser, "PATCH", f"/rooms/{room_id}", {"capacity": 30}).status_code == 428
    changed = send(browser, "PATCH", f"/rooms/{room_id}", {"capacity": 30}, **{"If-Match": added["ETag"]})
    assert (changed.status_code, changed.json()["capacity"]) == (200, 30)
    stale = send(browser, "PATCH", f"/rooms/{room_id}", {"capacity": 20}, **{"If-Match": added["ETag"]})
    assert stale.status_code == 412
    taken = send(browser, "POST", "/rooms", {"code": "r101"})
    assert (taken.status_code, taken.json()["code"]) == (409, "CODE_TAKEN")


def test_a_profile_of_faculty_is_made_for_somebody_on_the_roll(tenant):
    person = a_professor().person
    Faculty.objects.all().delete()
    subject = a_subject()
    browser = a_browser(a_registrar())

    added = send(
        browser, "POST", "/faculty",
        {"person_id": str(person.id), "employee_number": "F-7", "subject_ids": [str(subject.id)]},
    )  # fmt: skip

    assert added.status_code == 201
    assert (added.json()["name"], added.json()["subject_ids"]) == (person.full_name, [str(subject.id)])
    wrong = send(browser, "PATCH", f"/faculty/{added.json()['id']}", {"availability": ["8-AM"]}, **{"If-Match": "*"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "availability")


def test_a_section_gets_hours_and_a_professor_and_a_conflict_names_its_slots(tenant):
    room, professor, subject, term = a_room(), a_professor(), a_subject(), a_term()
    browser = a_browser(a_dean())
    named = {"term_id": str(term.id), "subject_id": str(subject.id)}
    first, second = (send(browser, "POST", "/sections", {**named, "code": code}).json() for code in ("A", "B"))
    hour = {"weekday": 1, "start_min": 480, "end_min": 570, "room_id": str(room.id)}

    meeting = send(browser, "POST", "/meetings", {**hour, "section_id": first["id"]})
    assert (meeting.status_code, meeting.json()["hours"], meeting.json()["room"]) == (201, "08:00–09:30", "R101")
    refused = send(browser, "POST", "/meetings", {**hour, "section_id": second["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert refused.json()["facts"]["slots"][0]["meeting_id"] == meeting.json()["id"]
    over = send(
        browser, "POST", "/meetings", {"weekday": 2, "start_min": 1320, "end_min": 60, "section_id": first["id"]}
    )
    assert over.status_code == 422
    assert "split at midnight" in over.json()["errors"][0]["message"]
    moved = send(browser, "PUT", f"/meetings/{meeting.json()['id']}", {**hour, "weekday": 2}, **{"If-Match": '"1"'})
    assert (moved.status_code, moved.json()["weekday"]) == (200, 2)
    assigned = send(browser, "PUT", f"/sections/{first['id']}/professors", {"professor_id": str(professor.id)})
    assert assigned.json()["professors"][0]["professor_id"] == str(professor.id)
    assert send(browser, "DELETE", f"/meetings/{meeting.json()['id']}").status_code == 204
    assert not Meeting.objects.exists()


def test_fields_nobody_asked_for_are_refused(tenant):
    section = a_section()
    answer = send(a_browser(a_dean()), "POST", "/meetings", {"section_id": str(section.id), "override": True})

    assert answer.status_code == 422
    assert not Meeting.objects.exists()


def test_sections_are_planned_without_being_made_and_then_generated(tenant):
    programme, term = a_programme(), a_term()
    browser = a_browser(a_dean())
    body = {"term_id": str(term.id), "demand": [{"programme_id": str(programme.id), "year_level": 1, "students": 50}]}

    planned = send(browser, "POST", "/sections/generate", {**body, "dry_run": True})

    assert planned.status_code == 200
    assert [block["students"] for block in planned.json()["plan"][0]["blocks"]] == [25, 25]
    refused = send(browser, "POST", "/sections/generate", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "NO_CURRICULUM")
    assert not Section.objects.exists()


def test_a_schedule_is_published_with_its_checklist_and_taken_back(tenant):
    section = a_section()
    browser = a_browser(a_dean())
    body = {"term_id": str(section.term_id)}

    refused = send(browser, "POST", "/schedule/publish", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "CHECKLIST_OPEN")
    published = send(browser, "POST", "/schedule/publish", {**body, "in_spite_of_findings": True})
    assert published.json()["is_published"] is True
    listed = send(browser, "GET", f"/schedule/checklist?term_id={section.term_id}").json()
    assert {finding["kind"] for finding in listed} == {"NO_TIME", "NO_PROFESSOR"}
    assert send(browser, "POST", "/schedule/unpublish", body).json()["is_published"] is False
    assert send(browser, "GET", f"/schedule?term_id={section.term_id}").json()["is_published"] is False


def test_a_professor_reads_own_classes_and_no_others(tenant):
    member = a_member(roles.PROFESSOR)
    own, other = a_section("A", professor=a_professor(member=member)), a_section("B")
    hidden = a_meeting(other)
    a_meeting(own)
    browser = a_browser(member)

    assert [row["code"] for row in send(browser, "GET", "/sections").json()["items"]] == ["A"]
    (mine,) = send(browser, "GET", "/me/classes").json()
    assert (mine["code"], mine["owns_grades"], mine["meetings"][0]["hours"]) == ("A", True, "08:00–09:30")
    assert send(browser, "GET", f"/sections/{other.id}").status_code == 404
    assert send(browser, "GET", f"/meetings/{hidden.id}").status_code == 404
    assert len(send(browser, "GET", "/meetings").json()["items"]) == 1
    assert send(browser, "POST", "/schedule/publish", {"term_id": str(own.term_id)}).status_code == 403
    address = send(browser, "POST", "/me/calendar").json()["address"]
    assert "BEGIN:VCALENDAR" in browser.get("/" + address.split("/", 3)[3]).content.decode()
    assert send(browser, "DELETE", "/me/calendar").status_code == 204


def test_another_colleges_section_is_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        section = a_section()
    with tenant_scope(other_organisation.id):
        browser = a_browser(a_dean())

    assert send(browser, "GET", f"/sections/{section.id}").status_code == 404
    cancelled = send(browser, "POST", f"/sections/{section.id}/cancel", {"reason": "Not ours to cancel at all"})
    assert cancelled.status_code == 404
