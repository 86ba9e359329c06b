"""A term's schedule as a whole: sections, generated, published, copied, read from a file, scanned, subscribed to."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people.events import PeopleMerged
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry
from rollbook.systems.college.examples import a_member, a_programme, a_registrar, a_stranger, a_student, a_term
from rollbook.systems.college.scheduling import roll, selectors, services
from rollbook.systems.college.scheduling.checklist import findings_of
from rollbook.systems.college.scheduling.errors import (
    CalendarNotFound,
    CapacityBelowSeatsTaken,
    CodeStands,
    FacultyIsTeaching,
    FacultyNeedsMerge,
    NoActiveCurriculum,
    NotAPublishableSchedule,
    NothingToPublish,
    RoomIsInUse,
    ScheduleIsInUse,
    ScheduleNotPublished,
    SectionCannotMove,
    SectionHasStudents,
    TermHasEnded,
    TimetableCannotMove,
    TimetableHasErrors,
)
from rollbook.systems.college.scheduling.examples import a_dean, a_meeting, a_professor, a_room, a_section, a_subject
from rollbook.systems.college.scheduling.generating import Demand
from rollbook.systems.college.scheduling.models import (
    Block,
    CalendarFeed,
    Meeting,
    Section,
    TeachingAssignment,
    TermSchedule,
    TimetableImport,
)
from rollbook.systems.college.scheduling.roll import NobodyYet

REASON = "Too few students want it this year"


class ThreeSeats(NobodyYet):
    """A roll on which three seats of every section are taken."""

    def seats_taken(self, section_ids):
        return dict.fromkeys(section_ids, 3)


@pytest.fixture
def three_seats(monkeypatch):
    """Three students are in every class."""
    monkeypatch.setattr(roll, "_registered", [ThreeSeats()])


@pytest.fixture(autouse=True)
def nobody_yet(monkeypatch):
    """Nobody is in a class, whatever is wired."""
    monkeypatch.setattr(roll, "_registered", [])


def test_a_section_comes_with_the_assignment_that_owns_its_grades(tenant):
    term, subject = a_term(), a_subject()

    section = services.add_section(a_registrar(), term_id=term.id, subject_id=subject.id, code=" A ", capacity=35)

    assert (section.code, section.capacity, section.state) == ("A", 35, "DRAFT")
    assert TeachingAssignment.objects.get().role == "PRIMARY"
    with pytest.raises(CodeStands):
        services.add_section(a_registrar(), term_id=term.id, subject_id=subject.id, code="a")
    with pytest.raises(Invalid):
        services.add_section(a_registrar(), term_id=term.id, subject_id=subject.id, code="B", capacity=1001)
    with pytest.raises(Forbidden):
        services.add_section(a_stranger(), term_id=term.id, subject_id=subject.id, code="C")
    assert Section.objects.count() == 1


@pytest.mark.rule("R16")
def test_a_section_never_gets_fewer_seats_than_are_taken(tenant, three_seats):
    section = a_section(capacity=10)

    with pytest.raises(CapacityBelowSeatsTaken) as refusal:
        services.change_section(a_dean(), section_id=section.id, capacity=2)
    assert "3 seats of CS101 A are taken" in refusal.value.detail
    services.change_section(a_dean(), section_id=section.id, capacity=3, expected_version=1)
    with pytest.raises(VersionConflict):
        services.change_section(a_dean(), section_id=section.id, capacity=9, expected_version=1)

    section.refresh_from_db()
    assert (section.capacity, section.version) == (3, 2)


@pytest.mark.rule("R16")
def test_a_room_smaller_than_its_class_is_a_warning_and_an_online_one_is_not(tenant):
    section = a_section(capacity=40)
    small = a_meeting(section, room=a_room("R1", capacity=30))
    online = a_meeting(section, 2, room=a_room("WEB", kind="ONLINE", capacity=1), is_in_person=False)

    found = [finding for finding in findings_of(section.term_id) if finding.kind == "SMALL_ROOM"]

    assert [finding.detail for finding in found] == ["30 seats in the room, 40 in the class"]
    assert {small.section_id, online.section_id} == {found[0].section_id}


def test_a_section_opens_closes_and_is_cancelled_once_nobody_is_in_it(tenant, monkeypatch):
    section = a_section()
    a_meeting(section, room=a_room())
    services.move_section(a_dean(), section_id=section.id, state="OPEN")
    services.move_section(a_dean(), section_id=section.id, state="CLOSED")
    monkeypatch.setattr(roll, "_registered", [ThreeSeats()])
    with pytest.raises(SectionHasStudents):
        services.cancel_section(a_dean(), section_id=section.id, reason=REASON)
    monkeypatch.setattr(roll, "_registered", [])

    services.cancel_section(a_dean(), section_id=section.id, reason=REASON)

    assert not Meeting.objects.exists()
    entry = AuditEntry.objects.get(action="college.section_cancelled")
    assert entry.changes["meetings"]["before"][0].startswith("Mon 08:00–09:30, R101")
    with pytest.raises(SectionCannotMove):
        services.move_section(a_dean(), section_id=section.id, state="OPEN")


def test_what_is_in_use_is_not_taken_away(tenant):
    professor, room = a_professor(), a_room()
    section = a_section(professor=professor)
    a_meeting(section, room=room)

    with pytest.raises(FacultyIsTeaching):
        services.change_faculty(a_dean(), faculty_id=professor.id, is_active=False)
    with pytest.raises(RoomIsInUse):
        services.change_room(a_dean(), room_id=room.id, kind="ONLINE")
    with pytest.raises(FacultyNeedsMerge):
        services.refuse_merge(PeopleMerged(actor=a_dean(), survivor_id=UUID(int=1), duplicate_id=professor.person_id))


def a_curriculum(programme, *codes, **fields):
    """An active curriculum whose first semester has these subjects."""
    named = {"name": "2031", "effective_academic_year": "2031-2032", **fields}
    curriculum = Curriculum.objects.create(programme=programme, state="DRAFT", **named)
    for code in codes:
        CurriculumEntry.objects.create(curriculum=curriculum, subject=a_subject(code), year_level=1, semester="FIRST")
    for state in ("APPROVED", "ACTIVE"):
        Curriculum.objects.filter(id=curriculum.id).update(state=state)
    return curriculum


def test_sections_are_made_for_the_students_expected_once_and_what_stands_stays(tenant):
    programme, term = a_programme("BSIT"), a_term()
    a_curriculum(programme, "IT101", "IT102")
    demand = [Demand(programme.id, 1, 75)]

    plan = services.plan_sections(a_dean(), term_id=term.id, demand=demand)
    assert [(block.code, block.students) for block in plan[0].blocks] == [("BSIT-1A", 38), ("BSIT-1B", 37)]
    assert not Block.objects.exists()
    made = services.generate_sections(a_dean(), term_id=term.id, demand=demand)
    again = services.generate_sections(a_dean(), term_id=term.id, demand=demand)
    more = services.generate_sections(a_dean(), term_id=term.id, demand=[Demand(programme.id, 1, 110)])

    assert (made.blocks, made.sections) == (2, 4)
    assert (again.blocks, again.sections) == (0, 0)
    assert (more.blocks, more.sections) == (1, 2)
    assert set(Section.objects.values_list("subject__code", "code", "capacity")) == {
        (subject, f"BSIT-1{letter}", 40) for subject in ("IT101", "IT102") for letter in "ABC"
    }
    assert TeachingAssignment.objects.filter(role="PRIMARY").count() == 6
    assert AuditEntry.objects.filter(action="college.section_added").count() == 6


def test_students_are_counted_from_the_records_until_enrolment_tells(tenant, monkeypatch):
    programme = a_programme("BSIT")
    first, second = a_term("2030-1"), a_term("2031-1")
    a_student("300001", programme=programme, term=first)
    a_student("310001", programme=programme, term=second, given_name="Ben")
    a_student("310002", programme=programme, term=second, given_name="Ana")

    assert services.expected_students(a_dean(), second.id) == [
        Demand(programme.id, 1, 2), Demand(programme.id, 2, 1),
    ]  # fmt: skip

    class Told(NobodyYet):
        def expected_students(self, term_id):
            return [Demand(programme.id, 1, 99)]

    monkeypatch.setattr(roll, "_registered", [Told()])
    assert services.expected_students(a_dean(), second.id) == [Demand(programme.id, 1, 99)]


def test_nothing_is_made_without_an_active_curriculum_or_for_numbers_that_are_none(tenant):
    programme, term = a_programme("BSIT"), a_term()

    with pytest.raises(NoActiveCurriculum, match="BSIT"):
        services.generate_sections(a_dean(), term_id=term.id, demand=[Demand(programme.id, 1, 30)])
    for wrong in (
        [Demand(programme.id, 1, -1)],
        [Demand(programme.id, 9, 1)],
        [Demand(UUID(int=3), 1, 1)],
        [Demand(programme.id, 1, 1)] * 2,
    ):
        with pytest.raises(Invalid):
            services.generate_sections(a_dean(), term_id=term.id, demand=wrong)
    with pytest.raises(Forbidden):
        services.generate_sections(a_member(roles.PROGRAM_HEAD), term_id=term.id, demand=[])
    assert not Block.objects.exists()


def test_demand_stands_beside_the_seats_of_each_subject(tenant):
    programme, term = a_programme("BSIT"), a_term()
    a_curriculum(programme, "IT101", "IT102")
    a_section("A", subject=Section.subject.field.related_model.objects.get(code="IT101"), term=term, capacity=40)

    found = services.demand_by_subject(a_dean(), term_id=term.id, demand=[Demand(programme.id, 1, 50)])

    assert [(each.subject.code, each.students, each.seats, each.missing) for each in found] == [
        ("IT102", 50, 0, 50), ("IT101", 50, 40, 10),
    ]  # fmt: skip


@pytest.mark.rule("R17")
def test_publishing_opens_the_drafts_and_picking_for_72_hours(tenant, frozen_clock):
    section, cancelled = a_section("A", professor=a_professor()), a_section("B", state="CANCELLED")
    a_meeting(section, room=a_room())

    schedule = services.publish_schedule(a_dean(), term_id=section.term_id)

    section.refresh_from_db()
    cancelled.refresh_from_db()
    assert (section.state, cancelled.state) == ("OPEN", "CANCELLED")
    assert schedule.picking_opens_at == clock.now()
    assert schedule.picking_closes_at == clock.now() + timedelta(hours=72)
    picking = selectors.picking_of(section.term_id)
    assert picking.is_open_at(clock.now())
    assert not picking.is_open_at(schedule.picking_closes_at)
    assert AuditEntry.objects.get(action="college.schedule_published").facts["sections_opened"] == 1


@pytest.mark.rule("R17")
@pytest.mark.example("college", 41)
def test_the_last_day_of_picking_counts_to_its_last_second_in_the_colleges_zone(tenant, frozen_clock):
    section = a_section()
    today = clock.local_date(clock.now(), tenant.timezone)
    last = today + timedelta(days=3)

    schedule = services.publish_schedule(
        a_dean(), term_id=section.term_id, picking_opens_on=today, picking_closes_on=last, in_spite_of_findings=True
    )

    # Midnight in Manila is 16:00 in UTC.
    assert schedule.picking_closes_at == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)
    picking = selectors.picking_of(section.term_id)
    assert picking.is_open_at(schedule.picking_closes_at - timedelta(seconds=1))
    assert not picking.is_open_at(schedule.picking_closes_at)
    with pytest.raises(Invalid):
        services.publish_schedule(
            a_dean(), term_id=section.term_id, picking_closes_on=today - timedelta(days=1), in_spite_of_findings=True
        )


@pytest.mark.rule("R14", "R17")
def test_what_is_to_be_announced_is_listed_and_warned_of_before_publishing(tenant):
    section = a_section()

    with pytest.raises(NotAPublishableSchedule) as refusal:
        services.publish_schedule(a_dean(), term_id=section.term_id)

    assert {finding["kind"] for finding in refusal.value.facts["findings"]} == {"NO_TIME", "NO_PROFESSOR"}
    assert "CS101 A: No day and time yet" in refusal.value.detail
    assert not TermSchedule.objects.exists()
    services.publish_schedule(a_dean(), term_id=section.term_id, in_spite_of_findings=True)
    assert selectors.is_published(section.term_id)


def test_nothing_is_published_by_those_who_may_not_nor_when_there_is_nothing(tenant):
    term = a_term()
    with pytest.raises(NothingToPublish):
        services.publish_schedule(a_dean(), term_id=term.id)
    with pytest.raises(Forbidden):
        services.publish_schedule(a_member(roles.PROFESSOR), term_id=term.id)
    with pytest.raises(ScheduleNotPublished):
        services.unpublish_schedule(a_dean(), term_id=term.id)
    with pytest.raises(TermHasEnded):
        services.publish_schedule(a_dean(), term_id=a_term("2030-1", state="CLOSED").id)


def test_a_schedule_in_which_somebody_has_a_seat_stays_published(tenant, three_seats):
    section = a_section()
    services.publish_schedule(a_dean(), term_id=section.term_id, in_spite_of_findings=True)

    with pytest.raises(ScheduleIsInUse):
        services.unpublish_schedule(a_dean(), term_id=section.term_id)

    assert selectors.is_published(section.term_id)


def test_a_term_is_copied_once_with_its_hours_and_what_is_taken_there_is_left_open(tenant):
    professor, room = a_professor(), a_room()
    source = a_section("A", professor=professor)
    a_meeting(source, room=room, professor=professor)
    gone = a_section("X", state="CANCELLED")
    following = a_term("2032-1")
    busy = a_section("Z", term=following, subject=a_subject("CS999"))
    a_meeting(busy, room=room)

    copied = services.copy_schedule(a_dean(), from_term_id=source.term_id, to_term_id=following.id)
    again = services.copy_schedule(a_dean(), from_term_id=source.term_id, to_term_id=following.id)

    assert (copied.sections, copied.meetings, copied.unsettled) == (1, 1, 1)
    assert (again.sections, again.meetings) == (0, 0)
    section = Section.objects.get(term=following, code="A")
    meeting = Meeting.objects.get(section=section)
    assert (meeting.room_id, meeting.professor_id, meeting.from_date) == (None, professor.id, following.starts_on)
    assert TeachingAssignment.objects.get(section=section).professor_id == professor.id
    assert not Section.objects.filter(term=following, code=gone.code).exists()
    with pytest.raises(Invalid):
        services.copy_schedule(a_dean(), from_term_id=following.id, to_term_id=following.id)


FILE = """subject,section,component,day,start,end,room,professor,capacity
CS101,A,LEC,Mon,08:00,09:30,R101,F-001,35
CS101,A,LAB,Wed,13:00,16:00,LAB-1,F-001,
CS101,B,LEC,TBA,,,,,
"""


def test_a_timetable_is_tried_line_by_line_and_then_made_once(tenant):
    term, professor = a_term(), a_professor("F-001")
    a_subject("CS101"), a_room("R101"), a_room("LAB-1", kind="COMPUTER_LAB")

    run = services.check_timetable(a_dean(), term_id=term.id, file_name="t.csv", content=FILE.encode())
    assert (run.errors, run.counts) == ([], {"lines": 3, "sections": 2, "meetings": 3, "standing": 0, "wrong": 0})
    assert not Section.objects.exists()
    assert not AuditEntry.objects.filter(action="college.section_added").exists()

    services.import_timetable(a_dean(), run_id=run.id)

    section = Section.objects.get(code="A")
    assert section.capacity == 35
    assert set(Meeting.objects.filter(section=section).values_list("component", "weekday", "professor_id")) == {
        ("LEC", 1, professor.id), ("LAB", 3, professor.id),
    }  # fmt: skip
    assert set(section.assignments.values_list("component", "role")) == {("LEC", "PRIMARY"), ("LAB", "CO")}
    assert not Meeting.objects.get(section__code="B").is_timed
    with pytest.raises(TimetableCannotMove):
        services.import_timetable(a_dean(), run_id=run.id)
    again = services.check_timetable(a_dean(), term_id=term.id, file_name="t.csv", content=FILE.encode())
    assert (again.counts["sections"], again.counts["meetings"], again.counts["standing"]) == (0, 0, 3)


def test_every_wrong_line_is_named_and_nothing_is_made(tenant):
    term = a_term()
    a_subject("CS101"), a_room("R101")
    content = (
        "subject,section,day,start,end,room,from\n"
        "XX999,A,Mon,08:00,09:00,,\n"
        "CS101,A,Mon,22:00,01:00,,\n"
        "CS101,B,Mon,08:00,09:30,R101,\n"
        "CS101,C,Mon,09:00,10:00,R101,\n"
        "CS101,D,Someday,08:00,09:00,,\n"
        "CS101,E,Tue,08:00,09:00,,31/12/2031\n"
    )

    run = services.check_timetable(a_dean(), term_id=term.id, file_name="t.csv", content=content.encode())

    assert [(error["line"], error["field"]) for error in run.errors] == [
        (2, "subject"), (3, "end_min"), (5, ""), (6, "day"), (7, "from"),
    ]  # fmt: skip
    assert "split at midnight" in run.errors[1]["message"]
    assert "R101 is taken by CS101 B" in run.errors[2]["message"]
    with pytest.raises(TimetableHasErrors, match="Line 2"):
        services.import_timetable(a_dean(), run_id=run.id)
    assert not Section.objects.exists()
    assert TimetableImport.objects.get().state == "CHECKED"
    with pytest.raises(Invalid, match="lacks day"):
        services.check_timetable(a_dean(), term_id=term.id, file_name="t.csv", content=b"subject,section\nCS101,A\n")


def test_the_nightly_scan_reports_what_no_override_allows_and_moves_nothing(tenant, monkeypatch):
    room, professor = a_room(), a_professor()
    first = a_meeting(a_section("A"), room=room, professor=professor)
    services.add_meeting(
        a_dean(), section_id=a_section("B").id, override_reason="Both classes are taught together",
        plan=services.MeetingPlan(weekday=1, start_min=480, end_min=570, room_id=room.id),
    )  # fmt: skip
    system = Actor.system(tenant.id, job="college.scheduling.schedule_conflict_scan")

    assert services.scan_conflicts(system).total == 0
    assert not AuditEntry.objects.filter(action="college.schedule_conflicts_found").exists()

    class Overlapping(NobodyYet):
        def overlapping_students(self, term_id):
            slot = selectors.slot_of(first)
            return [roll.StudentConflict(UUID(int=7), "310001", "Juan Dela Cruz", "CS101 A", slot)]

    monkeypatch.setattr(roll, "_registered", [Overlapping()])
    scanned = services.scan_conflicts(system)
    assert (scanned.rooms, scanned.professors, scanned.students) == (0, 0, 1)
    assert AuditEntry.objects.get(action="college.schedule_conflicts_found").facts["students"] == 1
    assert Meeting.objects.count() == 2


def test_the_load_of_a_professor_and_hours_that_do_not_suit_are_found(tenant):
    professor = a_professor(max_weekly_units=5, availability=["1-AM"])
    for code in ("A", "B"):
        a_section(code, professor=professor)
    a_meeting(a_section("C"), 2, professor=professor)

    kinds = {finding.kind: finding.detail for finding in findings_of(a_section("D").term_id)}

    assert kinds["OVERLOADED"] == "6 units, at most 5"
    assert kinds["UNAVAILABLE"] == "CS101 C, Tue 08:00–09:30"


def test_a_calendar_has_ones_own_published_classes_and_its_secret_is_kept_nowhere(tenant):
    member = a_member(roles.PROFESSOR)
    professor = a_professor(member=member)
    own = a_section("A", professor=professor, state="OPEN")
    meeting = a_meeting(own, professor=professor)
    services.cancel_class(a_dean(), meeting_id=meeting.id, on_date=date(2031, 8, 4), reason="Typhoon")
    a_meeting(a_section("B", professor=professor), 2)
    a_meeting(a_section("C", state="OPEN"), 3)

    secret = services.open_feed(member)
    text = services.calendar_of(secret)

    assert [line for line in text.split("\r\n") if line.startswith(("SUMMARY", "EXDATE"))] == [
        "EXDATE;TZID=Asia/Manila:20310804T080000", "SUMMARY:CS101 A",
    ]  # fmt: skip
    assert CalendarFeed.objects.get().digest != secret
    newer = services.open_feed(member)
    for gone in (secret, "x" * 43):
        with pytest.raises(CalendarNotFound):
            services.calendar_of(gone)
    services.revoke_feed(member)
    services.revoke_feed(member)
    with pytest.raises(CalendarNotFound):
        services.calendar_of(newer)
    with pytest.raises(Forbidden):
        services.open_feed(a_dean())


def test_another_colleges_calendar_is_not_found_by_its_secret(organisation, other_organisation):
    with tenant_scope(organisation.id):
        member = a_member(roles.PROFESSOR)
        a_professor(member=member)
        secret = services.open_feed(member)
    with tenant_scope(other_organisation.id), pytest.raises(CalendarNotFound):
        services.calendar_of(secret)
