"""Hours of classes: set, moved, refused, let stand by an override; students are thought of before it is saved."""

from datetime import date
from uuid import UUID

import pytest

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_member, a_registrar, a_stranger, a_term
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling import roll, services
from rollbook.systems.college.scheduling.errors import (
    MeetingNotFound,
    NotThatDay,
    ScheduleConflict,
    SectionIsCancelled,
    SectionMeetsItself,
    SectionNotFound,
    StudentsWouldConflict,
    TermHasEnded,
)
from rollbook.systems.college.scheduling.events import ScheduleChanged
from rollbook.systems.college.scheduling.examples import (
    a_dean,
    a_meeting,
    a_professor,
    a_room,
    a_section,
    minutes,
)
from rollbook.systems.college.scheduling.models import CancelledClass, Meeting, Room, TeachingAssignment, TermSchedule
from rollbook.systems.college.scheduling.roll import NobodyYet, StudentConflict
from rollbook.systems.college.scheduling.services import MeetingPlan

REASON = "Both classes are taught together this term"


def plan(weekday=1, start="08:00", end="09:30", **fields):
    return MeetingPlan(weekday=weekday, start_min=minutes(start), end_min=minutes(end), **fields)


@pytest.fixture
def heard(monkeypatch):
    """What was published while the test ran."""
    found = []
    monkeypatch.setattr(events, "publish", found.append)
    return found


def test_a_dean_puts_a_class_on_the_schedule_over_the_days_of_its_term(tenant):
    section, room, professor = a_section(), a_room(), a_professor()

    meeting = services.add_meeting(
        a_dean(), section_id=section.id, plan=plan(room_id=room.id, professor_id=professor.id)
    )

    meeting.refresh_from_db()
    assert (meeting.weekday, meeting.start_min, meeting.end_min) == (1, 480, 570)
    assert (meeting.from_date, meeting.to_date) == (section.term.starts_on, section.term.ends_on)
    assert (meeting.room_id, meeting.professor_id, meeting.is_in_person) == (room.id, professor.id, True)
    entry = AuditEntry.objects.get(action="college.meeting_added")
    assert entry.changes["start_min"] == {"before": None, "after": 480}


def test_nobody_named_means_whoever_is_assigned(tenant):
    professor = a_professor()
    section = a_section(professor=professor)

    assert services.add_meeting(a_dean(), section_id=section.id, plan=plan()).professor_id == professor.id


def test_a_time_may_follow_later(tenant):
    meeting = services.add_meeting(a_dean(), section_id=a_section().id, plan=MeetingPlan())

    assert not meeting.is_timed


@pytest.mark.parametrize("role", [roles.PROFESSOR, roles.PROGRAM_HEAD, roles.CASHIER, roles.STUDENT, "administrator"])
def test_who_does_not_plan_classes_is_refused_and_nothing_changed(tenant, role):
    section = a_section()

    with pytest.raises(Forbidden):
        services.add_meeting(a_member(role), section_id=section.id, plan=plan())

    assert not Meeting.objects.exists()


def test_another_colleges_class_is_not_there(organisation, other_organisation):
    with tenant_scope(organisation.id):
        section = a_section()
        meeting = a_meeting(section)
    with tenant_scope(other_organisation.id):
        dean = a_dean()
        with pytest.raises(SectionNotFound):
            services.add_meeting(dean, section_id=section.id, plan=plan())
        with pytest.raises(MeetingNotFound):
            services.remove_meeting(dean, meeting_id=meeting.id)


@pytest.mark.rule("R14")
def test_a_class_over_midnight_is_refused_with_the_way_out(tenant):
    with pytest.raises(Invalid) as refusal:
        services.add_meeting(a_dean(), section_id=a_section().id, plan=plan(1, "22:00", "01:00"))

    assert (refusal.value.status, refusal.value.errors[0]["field"]) == (422, "end_min")
    assert "split at midnight" in refusal.value.detail
    assert not Meeting.objects.exists()


def test_days_outside_the_term_and_parts_that_are_none_are_refused(tenant):
    section = a_section()
    with pytest.raises(Invalid, match="inside the term"):
        services.add_meeting(a_dean(), section_id=section.id, plan=plan(from_date=date(2030, 1, 1)))
    with pytest.raises(Invalid, match="LEC, LAB"):
        services.add_meeting(a_dean(), section_id=section.id, plan=plan(component="TUT"))


@pytest.mark.rule("R15")
@pytest.mark.parametrize("shared", ["room", "professor"])
def test_what_is_booked_is_refused_and_named(tenant, shared):
    room, professor = a_room("R101"), a_professor()
    ids = {"room": {"room_id": room.id}, "professor": {"professor_id": professor.id}}[shared]
    taken = services.add_meeting(a_dean(), section_id=a_section("A").id, plan=plan(**ids))

    with pytest.raises(ScheduleConflict) as refusal:
        services.add_meeting(a_dean(), section_id=a_section("B").id, plan=plan(1, "09:29", "10:30", **ids))

    assert (refusal.value.status, refusal.value.code) == (409, "CONFLICT")
    (slot,) = refusal.value.slots
    assert (slot["kind"], slot["meeting_id"], slot["hours"]) == (shared.upper(), str(taken.id), "08:00–09:30")
    assert "CS101 A" in refusal.value.detail
    assert Meeting.objects.count() == 1
    assert not Override.objects.exists()


@pytest.mark.rule("R15")
def test_touching_classes_share_a_room_and_online_ones_never_clash(tenant):
    room, online = a_room(), a_room("ZOOM", kind=Room.Kind.ONLINE)
    first, second = a_section("A"), a_section("B")
    for section, hours in ((first, ("08:00", "09:30")), (second, ("09:30", "11:00"))):
        services.add_meeting(a_dean(), section_id=section.id, plan=plan(1, *hours, room_id=room.id))
    for section in (first, second):
        services.add_meeting(a_dean(), section_id=section.id, plan=plan(2, room_id=online.id))

    assert Meeting.objects.filter(room=online, is_in_person=False).count() == 2


@pytest.mark.rule("R15")
def test_a_registrar_with_a_reason_lets_two_classes_share_room_and_professor(tenant):
    room, professor, registrar = a_room(), a_professor(), a_registrar()
    both = {"room_id": room.id, "professor_id": professor.id}
    services.add_meeting(registrar, section_id=a_section("A").id, plan=plan(**both))

    merged = services.add_meeting(registrar, section_id=a_section("B").id, plan=plan(**both), override_reason=REASON)

    assert (merged.excused, merged.override.reason) == ("BOTH", REASON)
    granted = Override.objects.filter(subject_id=merged.id)
    assert set(granted.values_list("kind", "granted_by_id")) == {
        ("ROOM_CONFLICT", registrar.user_id),
        ("PROFESSOR_CONFLICT", registrar.user_id),
    }
    assert AuditEntry.objects.filter(action="college.rule_set_aside").count() == 2


@pytest.mark.rule("R15")
def test_a_reason_that_explains_nothing_lets_nothing_stand(tenant):
    room = a_room()
    services.add_meeting(a_dean(), section_id=a_section("A").id, plan=plan(room_id=room.id))

    with pytest.raises(Invalid):
        services.add_meeting(a_dean(), section_id=a_section("B").id, plan=plan(room_id=room.id), override_reason="ok")

    assert Meeting.objects.count() == 1


def test_setting_a_conflict_aside_has_its_own_right(tenant):
    room, dean = a_room(), a_dean()
    services.add_meeting(dean, section_id=a_section("A").id, plan=plan(room_id=room.id))
    weaker = a_member(roles.DEAN)
    weaker = type(weaker)(
        organisation_id=weaker.organisation_id, user_id=weaker.user_id, membership_id=weaker.membership_id,
        roles=weaker.roles, permissions=weaker.permissions - {"college.scheduling.override_conflicts"},
    )  # fmt: skip

    with pytest.raises(OverrideNotAllowed):
        services.add_meeting(weaker, section_id=a_section("B").id, plan=plan(room_id=room.id), override_reason=REASON)


@pytest.mark.rule("R15")
def test_no_reason_lets_a_class_meet_itself(tenant):
    section = a_section()
    services.add_meeting(a_dean(), section_id=section.id, plan=plan())

    with pytest.raises(SectionMeetsItself) as refusal:
        services.add_meeting(a_dean(), section_id=section.id, plan=plan(1, "09:00", "10:00"), override_reason=REASON)

    assert refusal.value.code == "CONFLICT"
    assert Meeting.objects.count() == 1


def test_a_meeting_that_moves_away_no_longer_needs_its_override(tenant):
    room = a_room()
    services.add_meeting(a_dean(), section_id=a_section("A").id, plan=plan(room_id=room.id))
    merged = services.add_meeting(
        a_dean(), section_id=a_section("B").id, plan=plan(room_id=room.id), override_reason=REASON
    )

    moved = services.change_meeting(a_dean(), meeting_id=merged.id, plan=plan(3, room_id=room.id))

    assert (moved.excused, moved.override_id, moved.weekday, moved.version) == ("", None, 3, 2)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(tenant):
    meeting = a_meeting(a_section())
    services.change_meeting(a_dean(), meeting_id=meeting.id, plan=plan(2), expected_version=1)

    with pytest.raises(VersionConflict):
        services.change_meeting(a_dean(), meeting_id=meeting.id, plan=plan(3), expected_version=1)

    meeting.refresh_from_db()
    assert meeting.weekday == 2


def test_a_cancelled_class_and_an_ended_term_stay_as_they_are(tenant):
    cancelled = a_section("A", state="CANCELLED")
    over = a_section("B", term=a_term("2030-1", state="CLOSED"))

    with pytest.raises(SectionIsCancelled):
        services.add_meeting(a_dean(), section_id=cancelled.id, plan=plan())
    with pytest.raises(TermHasEnded):
        services.add_meeting(a_dean(), section_id=over.id, plan=plan())


class OneStudent(NobodyYet):
    """A roll on which one student has another class from ten to eleven on Mondays."""

    def student_conflicts(self, section_id, slots):
        return [
            StudentConflict(UUID(int=7), "310001", "Juan Dela Cruz", "IT200 C", slot)
            for slot in slots
            if slot.weekday == 1 and slot.start_min < 660 and slot.end_min > 600
        ]


@pytest.fixture
def enrolled(monkeypatch):
    """Somebody is in every class."""
    monkeypatch.setattr(roll, "_registered", [OneStudent()])


@pytest.mark.rule("R17")
def test_students_who_would_have_two_classes_are_listed_before_it_is_saved(tenant, enrolled, heard):
    section = a_section(state="OPEN")
    meeting = a_meeting(section)
    TermSchedule.objects.create(term=section.term)

    with pytest.raises(StudentsWouldConflict) as refusal:
        services.change_meeting(a_dean(), meeting_id=meeting.id, plan=plan(1, "10:00", "11:30"))

    assert refusal.value.facts["count"] == 1
    assert "310001 Juan Dela Cruz (IT200 C)" in refusal.value.detail
    meeting.refresh_from_db()
    assert meeting.start_min == 480

    services.change_meeting(a_dean(), meeting_id=meeting.id, plan=plan(1, "10:00", "11:30"), in_spite_of_students=True)
    meeting.refresh_from_db()
    assert meeting.start_min == 600


@pytest.mark.rule("R15")
def test_what_is_in_the_way_of_a_move_is_said_before_anything_is_saved(tenant):
    room, dean = a_room("R101"), a_dean()
    services.add_meeting(dean, section_id=a_section("A").id, plan=plan(2, "08:00", "09:30", room_id=room.id))
    meeting = services.add_meeting(dean, section_id=a_section("B").id, plan=plan(1, room_id=room.id))
    entries = AuditEntry.objects.count()

    then, refusal = services.try_change(dean, meeting_id=meeting.id, plan=plan(2, "09:00", "10:30", room_id=room.id))
    free, nothing = services.try_change(dean, meeting_id=meeting.id, plan=plan(2, "09:30", "11:00", room_id=room.id))

    assert then.startswith("Tue 09:00–10:30, R101")
    assert isinstance(refusal, ScheduleConflict)
    assert "R101 is taken by CS101 A" in refusal.detail
    assert (free.split(",")[0], nothing) == ("Tue 09:30–11:00", None)
    meeting.refresh_from_db()
    assert (meeting.weekday, meeting.start_min, meeting.version) == (1, 480, 1)
    assert AuditEntry.objects.count() == entries


def test_a_stranger_does_not_learn_what_is_in_the_way(tenant):
    meeting = a_meeting(a_section())

    with pytest.raises(Forbidden):
        services.try_change(a_member(roles.STUDENT), meeting_id=meeting.id, plan=plan(2))


@pytest.mark.rule("R17")
def test_a_change_of_a_published_class_is_told_and_a_draft_is_not(tenant, heard, published):
    section = a_section(state="OPEN", term=published)
    room = a_room()
    meeting = services.add_meeting(a_dean(), section_id=section.id, plan=plan())
    services.change_meeting(a_dean(), meeting_id=meeting.id, plan=plan(1, "10:00", "11:30", room_id=room.id))
    services.remove_meeting(a_dean(), meeting_id=meeting.id)
    draft = a_section("B", term=published)
    services.add_meeting(a_dean(), section_id=draft.id, plan=plan())

    told = [event for event in heard if isinstance(event, ScheduleChanged)]
    assert [(event.section_id, event.before[:15], event.after[:21]) for event in told] == [
        (section.id, "", "Mon 08:00–09:30, room"),
        (section.id, "Mon 08:00–09:30", "Mon 10:00–11:30, R101"),
        (section.id, "Mon 10:00–11:30", ""),
    ]
    assert {event.class_name for event in told} == {"CS101 A"}


@pytest.fixture
def published(tenant, frozen_clock):
    """A term whose schedule students see."""
    from datetime import timedelta

    from rollbook.core import clock

    term = a_term()
    TermSchedule.objects.create(
        term=term, is_published=True, published_at=clock.now(), picking_opens_at=clock.now(),
        picking_closes_at=clock.now() + timedelta(hours=72),
    )  # fmt: skip
    return term


def test_a_single_day_is_cancelled_once_and_only_if_the_class_meets_on_it(tenant):
    meeting = a_meeting(a_section())
    monday, tuesday = date(2031, 8, 4), date(2031, 8, 5)

    for _ in range(2):
        services.cancel_class(a_dean(), meeting_id=meeting.id, on_date=monday, reason="Typhoon")
    with pytest.raises(NotThatDay):
        services.cancel_class(a_dean(), meeting_id=meeting.id, on_date=tuesday, reason="Typhoon")

    assert list(CancelledClass.objects.values_list("on_date", "reason")) == [(monday, "Typhoon")]
    assert AuditEntry.objects.filter(action="college.class_cancelled").count() == 1


def test_what_a_removed_meeting_was_stands_in_the_audit(tenant):
    meeting = a_meeting(a_section())
    services.remove_meeting(a_dean(), meeting_id=meeting.id)

    assert not Meeting.objects.exists()
    entry = AuditEntry.objects.get(action="college.meeting_removed")
    assert (entry.target_id, entry.changes["start_min"]["before"]) == (meeting.id, 480)


def test_the_hours_of_a_class_go_over_to_its_new_professor(tenant):
    first, second, other = a_professor("F-1"), a_professor("F-2"), a_professor("F-3")
    section = a_section(professor=first)
    own = a_meeting(section, professor=first)
    guest = a_meeting(section, 2, professor=other)

    services.assign_professor(a_dean(), section_id=section.id, professor_id=second.id)

    own.refresh_from_db()
    guest.refresh_from_db()
    assert (own.professor_id, guest.professor_id) == (second.id, other.id)
    assert TeachingAssignment.objects.get(section=section).professor_id == second.id


def test_a_professor_who_is_busy_then_is_not_assigned_and_nothing_changed(tenant):
    first, busy = a_professor("F-1"), a_professor("F-2")
    a_meeting(a_section("B"), professor=busy)
    section = a_section(professor=first)
    a_meeting(section, professor=first)

    from django.db import transaction

    with pytest.raises(ScheduleConflict), transaction.atomic():
        services.assign_professor(a_dean(), section_id=section.id, professor_id=busy.id)

    assert TeachingAssignment.objects.get(section=section).professor_id == first.id
    assert not AuditEntry.objects.filter(action="college.professor_assigned").exists()


def test_others_teach_beside_the_owner_and_may_stop(tenant):
    from rollbook.systems.college.scheduling.errors import OneOwnerNeeded

    owner, beside = a_professor("F-1"), a_professor("F-2")
    section = a_section(professor=owner)
    for _ in range(2):
        lab = services.assign_professor(
            a_dean(), section_id=section.id, professor_id=beside.id, component="LAB", role="CO"
        )
    assert TeachingAssignment.objects.filter(section=section).count() == 2

    with pytest.raises(OneOwnerNeeded):
        services.end_assignment(
            a_dean(), assignment_id=TeachingAssignment.objects.get(section=section, role="PRIMARY").id
        )
    services.end_assignment(a_dean(), assignment_id=lab.id)
    assert list(TeachingAssignment.objects.values_list("professor_id", flat=True)) == [owner.id]


def test_a_stranger_assigns_nobody(tenant):
    with pytest.raises(Forbidden):
        services.assign_professor(a_stranger(), section_id=a_section().id, professor_id=None)
