"""The schedule on the screen."""

import io
from datetime import date

import pytest

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site import urls  # noqa: F401 — loaded before a transaction has to wait for it
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry
from rollbook.systems.college.examples import a_browser, a_member, a_person, a_programme, a_registrar, a_student, a_term
from rollbook.systems.college.scheduling.examples import (
    a_dean,
    a_meeting,
    a_professor,
    a_room,
    a_section,
    a_subject,
)
from rollbook.systems.college.scheduling.models import (
    Block,
    CalendarFeed,
    CancelledClass,
    Faculty,
    Meeting,
    Room,
    Section,
    TeachingAssignment,
    TermSchedule,
)

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def test_a_room_is_added_changed_and_taken_out_of_use(tenant):
    browser = a_browser(a_dean())
    assert "No rooms yet" in text_of(browser.get("/schedule/rooms/"))

    answer = browser.post("/schedule/rooms/new/", {"code": "LAB-1", "kind": "COMPUTER_LAB", "capacity": "30"})
    assert (answer.status_code, answer["Location"]) == (303, "/schedule/rooms/")
    room = Room.objects.get()
    changed = {"code": "LAB-1", "building": "West", "kind": "COMPUTER_LAB", "capacity": "32", "version": "1"}
    assert browser.post(f"/schedule/rooms/{room.id}/", changed).status_code == 303
    room.refresh_from_db()
    assert (room.building, room.capacity, room.is_active) == ("West", 32, False)
    assert browser.post(f"/schedule/rooms/{room.id}/", changed).status_code == 422
    assert "Not in use" in text_of(browser.get("/schedule/rooms/"))


def test_a_professor_gets_a_profile_from_an_account_or_by_name(tenant):
    person = a_person("Reyes", "Lina")
    member = a_member(roles.PROFESSOR, name="Lina Reyes", person_id=person.id)
    subject = a_subject("CS101")
    browser = a_browser(a_dean())
    typed = {"employee_number": "F-9", "max_weekly_units": "18", "is_full_time": "on", "availability": ["1-AM", "1-PM"],
             "member_id": str(member.membership_id), "subject_ids": [str(subject.id)]}  # fmt: skip

    answer = browser.post("/schedule/faculty/new/", typed)

    profile = Faculty.objects.get()
    assert answer["Location"] == f"/schedule/faculty/{profile.id}/"
    assert (profile.person_id, profile.member_id, profile.availability) == (
        person.id, member.membership_id, ["1-AM", "1-PM"],
    )  # fmt: skip
    assert list(profile.qualifications.values_list("subject_id", flat=True)) == [subject.id]
    nameless = {"employee_number": "F-10", "max_weekly_units": "18"}
    named = {**nameless, "given_name": "Ana", "family_name": "Cruz"}
    assert "a registrar can add somebody new" in text_of(browser.post("/schedule/faculty/new/", named))
    assert a_browser(a_registrar()).post("/schedule/faculty/new/", named).status_code == 303
    assert Faculty.objects.count() == 2


def test_a_section_is_added_gets_hours_and_a_professor_and_shows_what_happened(tenant):
    subject, room, professor = a_subject("IT101"), a_room("R101"), a_professor()
    term = a_term()
    browser = a_browser(a_dean())

    added = browser.post(
        f"/schedule/sections/new/?term={term.id}",
        {"subject_id": str(subject.id), "code": "A", "capacity": "40", "waitlist_capacity": "10"},
    )
    section = Section.objects.get()
    assert added["Location"] == f"/schedule/sections/{section.id}/"
    assert TeachingAssignment.objects.get(section=section).professor_id is None
    hour = {"component": "LEC", "weekday": "1", "start_min": "08:00", "end_min": "9:30", "room_id": str(room.id),
            "professor_id": "", "from_date": "", "to_date": ""}  # fmt: skip
    assert browser.post(f"/schedule/sections/{section.id}/meetings/new/", hour).status_code == 303
    assigned = {"professor_id": str(professor.id), "component": "LEC", "role": "PRIMARY"}
    assert browser.post(f"/schedule/sections/{section.id}/professors/", assigned).status_code == 303

    meeting = Meeting.objects.get()
    assert (meeting.start_min, meeting.end_min, meeting.professor_id) == (480, 570, professor.id)
    shown = text_of(browser.get(f"/schedule/sections/{section.id}/"))
    assert "Mon 08:00–09:30, R101" in shown
    assert "0 of 40" in shown
    listed = text_of(browser.get("/schedule/sections/"))
    assert "IT101 A" in listed


def test_what_is_in_the_way_is_listed_beside_the_form_which_keeps_what_was_typed(tenant):
    room = a_room("R101")
    a_meeting(a_section("A"), room=room)
    section = a_section("B")
    browser = a_browser(a_registrar())
    hour = {"component": "LEC", "weekday": "1", "start_min": "09:00", "end_min": "10:00", "room_id": str(room.id)}

    answer = browser.post(f"/schedule/sections/{section.id}/meetings/new/", hour)

    assert answer.status_code == 422
    assert "In the way" in text_of(answer)
    assert "R101 is taken by CS101 A" in text_of(answer)
    assert 'value="09:00"' in text_of(answer)
    assert Meeting.objects.count() == 1
    reason = {"override_reason": "Both classes are taught together"}
    assert browser.post(f"/schedule/sections/{section.id}/meetings/new/", {**hour, **reason}).status_code == 303
    assert "overlap allowed" in text_of(browser.get(f"/schedule/sections/{section.id}/"))


def test_an_hour_is_moved_taken_off_and_cancelled_for_a_day(tenant):
    meeting = a_meeting(a_section())
    browser = a_browser(a_dean())
    hour = {"component": "LEC", "weekday": "2", "start_min": "13:00", "end_min": "14:30", "version": "1"}

    assert browser.post(f"/schedule/meetings/{meeting.id}/", hour).status_code == 303
    off = {"on_date": "2031-08-05", "reason": "Foundation day"}
    assert browser.post(f"/schedule/meetings/{meeting.id}/cancel-class/", off).status_code == 303
    assert CancelledClass.objects.get().on_date == date(2031, 8, 5)
    assert (
        browser.post(f"/schedule/meetings/{meeting.id}/cancel-class/", {**off, "on_date": "2031-08-06"}).status_code
        == 422
    )
    assert browser.post(f"/schedule/meetings/{meeting.id}/remove/").status_code == 303
    assert not Meeting.objects.exists()


def test_the_week_shows_rooms_side_by_side_and_one_of_them_hour_by_hour(tenant):
    room, term = a_room("R101"), a_term()
    a_meeting(a_section("A"), room=room)
    a_meeting(a_section("B"), 6, "13:00", "14:15", room=room)
    browser = a_browser(a_member(roles.PROGRAM_HEAD))

    everything = text_of(browser.get("/schedule/"))
    one = text_of(browser.get(f"/schedule/?term={term.id}&by=room&of={room.id}"))

    assert 'class="rb-matrix"' in everything
    assert "CS101 A" in everything
    assert 'data-step="15"' in one
    assert 'rowspan="6" class="is-taken"' in one
    assert "Saturday" in one
    for by in ("section", "professor", "nonsense"):
        assert browser.get(f"/schedule/?by={by}&of=x").status_code == 200


def test_an_hour_carried_to_another_place_says_what_is_in_the_way_and_is_saved_only_then(tenant):
    room, other = a_room("R101"), a_room("R202")
    a_meeting(a_section("A"), 3, "08:00", "09:30", room=other)
    moved = a_meeting(a_section("B"), 1, "08:00", "09:30", room=room)
    browser, address = a_browser(a_dean()), f"/schedule/meetings/{moved.id}/"
    week = text_of(browser.get("/schedule/"))
    assert f'href="{address}?by=room"' in week
    assert f'data-place data-weekday="3" data-line="{other.id}"' in week

    taken = text_of(browser.get(f"{address}?by=room&of={room.id}&weekday=3&room_id={other.id}"))
    free = text_of(browser.get(f"{address}?by=room&of={room.id}&weekday=3&start_min=570&room_id={other.id}"))

    assert "R202 is taken by CS101 A" in taken
    assert "Not saved" in taken
    assert "Wed 09:30–11:00, R202" in free
    assert "Nothing is in the way" in free
    moved.refresh_from_db()
    assert (moved.weekday, moved.start_min) == (1, 480)
    sent = {"component": "LEC", "weekday": "3", "start_min": "09:30", "end_min": "11:00", "room_id": str(other.id),
            "version": "1"}  # fmt: skip
    answer = browser.post(f"{address}?by=room&of={room.id}&weekday=3&start_min=570", sent)
    assert answer.status_code == 303
    assert answer["Location"] == f"/schedule/?term={moved.section.term_id}&by=room&of={room.id}"
    moved.refresh_from_db()
    assert (moved.weekday, moved.start_min, moved.room_id) == (3, 570, other.id)


def test_who_only_looks_at_the_week_carries_nothing(tenant):
    moved = a_meeting(a_section("A"), room=a_room("R101"))
    browser = a_browser(a_member(roles.PROGRAM_HEAD))

    assert "data-move" not in text_of(browser.get("/schedule/")).replace("data-moving", "")
    assert browser.get(f"/schedule/meetings/{moved.id}/?weekday=3").status_code == 403


def test_a_dean_sees_the_demand_and_generates_the_sections(tenant):
    programme, term = a_programme("BSIT", duration_years=1), a_term()
    curriculum = Curriculum.objects.create(
        programme=programme, name="2031", effective_academic_year="2031-2032", state="DRAFT"
    )
    for code in ("IT101", "IT102"):
        CurriculumEntry.objects.create(curriculum=curriculum, subject=a_subject(code), year_level=1, semester="FIRST")
    Curriculum.objects.filter(id=curriculum.id).update(state="APPROVED")
    Curriculum.objects.filter(id=curriculum.id).update(state="ACTIVE")
    a_student(programme=programme, term=term)
    browser = a_browser(a_dean())
    field = f"students_{programme.id}_1"

    shown = text_of(browser.get("/schedule/demand/"))
    assert "2 seats are missing" in shown
    planned = text_of(browser.post("/schedule/demand/", {field: "75", "act": "plan"}))
    assert "BSIT-1A (38), BSIT-1B (37)" in planned
    assert not Section.objects.exists()

    assert browser.post("/schedule/demand/", {field: "75", "act": "generate"}).status_code == 303
    assert Block.objects.count() == 2
    assert Section.objects.count() == TeachingAssignment.objects.count() == 4
    browser.post("/schedule/demand/", {field: "75", "act": "generate"})
    assert Section.objects.count() == 4
    assert "Seats that are missing" in shown
    assert "Seats that are missing" not in text_of(browser.get("/schedule/demand/"))


def test_a_schedule_is_published_in_spite_of_its_checklist_only_when_that_is_said(tenant):
    section = a_section()
    browser = a_browser(a_dean())

    refused = browser.post("/schedule/publish/", {})
    assert refused.status_code == 422
    assert "No day and time yet" in text_of(refused)
    assert not TermSchedule.objects.exists()
    assert browser.post("/schedule/publish/", {"in_spite_of_findings": "on"}).status_code == 303
    section.refresh_from_db()
    assert (section.state, TermSchedule.objects.get().is_published) == ("OPEN", True)
    assert "is published" in text_of(browser.get("/schedule/publish/"))
    assert browser.post(f"/schedule/unpublish/?term={section.term_id}").status_code == 303
    section.refresh_from_db()
    assert section.state == "DRAFT"


def test_the_panel_of_conflicts_names_what_is_not_right(tenant):
    room = a_room("R101", capacity=10)
    section = a_section()
    a_meeting(section, room=room)

    shown = text_of(a_browser(a_dean()).get("/schedule/conflicts/"))

    assert "10 seats in the room, 40 in the class" in shown
    assert "Professor to be announced" in shown


def test_a_timetable_file_is_checked_and_imported(tenant):
    a_subject("IT101")
    a_room("R101")
    term = a_term()
    browser = a_browser(a_dean())
    file = io.BytesIO(b"subject,section,day,start,end,room\nIT101,A,Mon,08:00,09:30,R101\n")
    file.name = "timetable.csv"

    checked = browser.post("/schedule/files/new/", {"term_id": str(term.id), "file": file})
    assert "1 sections and 1 hours would be made" in text_of(browser.get(checked["Location"]))
    assert not Section.objects.exists()
    assert browser.post(f"{checked['Location']}import/").status_code == 303
    assert Section.objects.get().meetings.get().start_min == 480


def test_classes_are_copied_to_the_next_term(tenant):
    section = a_section("A")
    a_meeting(section)
    following = a_term("2032-1")
    sent = {"from_term_id": str(section.term_id), "to_term_id": str(following.id), "with_rooms": "on"}

    assert a_browser(a_dean()).post("/schedule/copy/", sent).status_code == 303

    copy = Section.objects.get(term=following)
    assert (copy.code, copy.state, copy.meetings.get().from_date) == ("A", "DRAFT", following.starts_on)


def test_a_professor_sees_own_classes_and_nobody_elses_section(tenant):
    member = a_member(roles.PROFESSOR)
    mine = a_section("A", professor=a_professor(member=member), state="OPEN")
    a_meeting(mine)
    other = a_section("B")
    browser = a_browser(member)

    shown = text_of(browser.get("/my/classes/"))

    assert "CS101 A" in shown
    assert "you give the grades" in shown
    assert "CS101 B" not in shown
    assert browser.get(f"/schedule/sections/{other.id}/").status_code == 403
    assert browser.get("/schedule/").status_code == 403


def test_a_calendar_address_is_shown_once_and_stops_when_it_is_taken_back(tenant, client):
    member = a_member(roles.PROFESSOR)
    a_meeting(a_section(professor=a_professor(member=member), state="OPEN"))
    browser = a_browser(member)

    page = text_of(browser.post("/my/calendar/"))
    address = page.split('value="http', 1)[1].split('"', 1)[0].split("/", 3)[3]
    answer = client.get(f"/{address}")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:CS101 A" in text_of(answer)
    assert CalendarFeed.objects.get().digest not in page
    browser.post("/my/calendar/revoke/")
    assert client.get(f"/{address}").status_code == 404
    assert client.get(f"/calendar/nowhere/{'x' * 43}.ics").status_code == 404


def test_another_colleges_records_are_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        section, room, professor = a_section(), a_room(), a_professor()
        meeting = a_meeting(section)
    with tenant_scope(other_organisation.id):
        browser = a_browser(a_dean())
    for address in (
        f"sections/{section.id}/", f"rooms/{room.id}/", f"faculty/{professor.id}/", f"meetings/{meeting.id}/",
        f"sections/{section.id}/change/", f"sections/{section.id}/meetings/new/", f"sections/{section.id}/cancel/",
        f"sections/{section.id}/professors/",
    ):  # fmt: skip
        assert browser.get(f"/schedule/{address}").status_code == 404, address
