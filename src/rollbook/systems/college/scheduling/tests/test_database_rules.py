"""What PostgreSQL refuses even when somebody goes round the services."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from rollbook.core import clock
from rollbook.systems.college.examples import a_programme, a_registrar
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling.examples import a_meeting, a_professor, a_room, a_section, a_subject
from rollbook.systems.college.scheduling.models import Block, Meeting, Room, Section, TeachingAssignment, TermSchedule


@contextmanager
def refused(sqlstate):
    """The database says no with this state."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        yield
    assert refusal.value.__cause__.sqlstate == sqlstate


def an_override(meeting_or_section, kind="ROOM_CONFLICT"):
    return Override.objects.create(
        kind=kind, subject_type="college_scheduling.section", subject_id=meeting_or_section.id,
        reason="Two classes are merged this term", granted_by_id=a_registrar().user_id,
    )  # fmt: skip


def test_a_room_is_never_booked_twice_in_the_same_hour(tenant):
    room = a_room()
    first, second = a_section("A"), a_section("B")
    a_meeting(first, room=room)

    with refused("23P01"):
        a_meeting(second, 1, "09:29", "10:30", room=room)

    touching = a_meeting(second, 1, "09:30", "11:00", room=room)
    other_day = a_meeting(second, 2, "08:00", "09:30", room=room)
    assert set(Meeting.objects.values_list("id", flat=True)) > {touching.id, other_day.id}


def test_days_that_do_not_meet_let_a_room_be_used_again_and_the_last_day_counts(tenant):
    room = a_room()
    first, second = a_section("A"), a_section("B")
    a_meeting(first, room=room, from_date=date(2031, 6, 1), to_date=date(2031, 7, 31))

    with refused("23P01"):
        a_meeting(second, room=room, from_date=date(2031, 7, 31), to_date=date(2031, 10, 31))

    a_meeting(second, room=room, from_date=date(2031, 8, 1), to_date=date(2031, 10, 31))
    assert Meeting.objects.count() == 2


def test_a_professor_is_never_in_two_rooms(tenant):
    professor = a_professor()
    a_meeting(a_section("A"), room=a_room("R1"), professor=professor)

    with refused("23P01"):
        a_meeting(a_section("B"), room=a_room("R2"), professor=professor)


def test_an_online_room_holds_two_classes_at_once(tenant):
    online = a_room("ZOOM", kind=Room.Kind.ONLINE)
    a_meeting(a_section("A"), room=online, is_in_person=False)
    a_meeting(a_section("B"), room=online, is_in_person=False)

    assert Meeting.objects.filter(room=online).count() == 2


def test_an_override_of_the_room_does_not_let_the_professor_be_booked_twice(tenant):
    room, professor = a_room(), a_professor()
    first, second = a_section("A"), a_section("B")
    a_meeting(first, room=room, professor=professor)
    override = an_override(second)

    with refused("23P01"):
        a_meeting(second, room=room, professor=professor, override=override, excused="ROOM")

    a_meeting(second, room=room, override=override, excused="ROOM")
    assert Meeting.objects.filter(room=room).count() == 2


def test_no_override_lets_a_section_meet_itself(tenant):
    section = a_section()
    a_meeting(section)
    override = an_override(section)

    with refused("23P01"):
        a_meeting(section, 1, "09:00", "10:00", override=override, excused="BOTH")


@pytest.mark.parametrize(
    ("weekday", "start_min", "end_min"),
    [(1, 600, 600), (1, 600, 540), (1, 600, 1441), (0, 480, 570), (8, 480, 570), (None, 480, 570), (1, None, None)],
)
def test_hours_that_are_none_are_refused(tenant, weekday, start_min, end_min):
    section = a_section()

    with refused("23514"):
        Meeting.objects.create(
            section=section, weekday=weekday, start_min=start_min, end_min=end_min,
            from_date=section.term.starts_on, to_date=section.term.ends_on,
        )  # fmt: skip


def test_an_excuse_needs_its_override(tenant):
    section = a_section()

    with refused("23514"):
        a_meeting(section, excused="ROOM")
    with refused("23514"):
        a_meeting(section, override=an_override(section))


@pytest.mark.rule("R15")
def test_a_section_without_an_owner_of_its_grades_is_refused_at_commit(tenant):
    good = a_section()
    with refused("RB003"):
        Section.objects.create(term=good.term, subject=good.subject, code="B")
        _as_at_commit()
    with refused("RB003"):
        TeachingAssignment.objects.filter(section=good).update(role="CO")
        _as_at_commit()
    with refused("RB003"):
        TeachingAssignment.objects.filter(section=good).delete()
        _as_at_commit()
    _as_at_commit()

    assert TeachingAssignment.objects.get(section=good).role == "PRIMARY"


def test_a_section_has_one_owner_of_its_grades(tenant):
    section = a_section()

    with refused("23505"):
        TeachingAssignment.objects.create(section=section, component="LAB", professor=a_professor())


def _as_at_commit():
    """What is deferred is checked now, as it would be at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(("field", "value"), [("capacity", 0), ("capacity", 1001), ("waitlist_capacity", 1001)])
def test_sizes_beyond_reason_are_refused(tenant, field, value):
    section = a_section()
    with refused("23514"):
        Section.objects.filter(id=section.id).update(**{field: value})


def test_codes_are_taken_in_any_letters(tenant):
    a_room("Lab-1")
    section = a_section("a")

    with refused("23505"):
        a_room("LAB-1")
    with refused("23505"):
        Section.objects.create(term=section.term, subject=section.subject, code="A")
    other = a_section("A", subject=a_subject("CS102"))
    assert other.code == "A"


@pytest.mark.rule("R63")
def test_sections_stay_in_their_term_and_are_never_removed(tenant):
    section = a_section()

    with refused("RB001"):
        Section.objects.filter(id=section.id).update(subject=a_subject("CS102"))
    with refused("42501"):
        section.delete()


def test_picking_closes_after_it_opens(tenant, frozen_clock):
    section = a_section()
    with refused("23514"):
        TermSchedule.objects.create(
            term=section.term, is_published=True, published_at=clock.now(), picking_opens_at=clock.now(),
            picking_closes_at=clock.now(),
        )  # fmt: skip


def test_a_blocks_target_fits_its_seats(tenant):
    section = a_section()
    with refused("23514"):
        Block.objects.create(
            term=section.term, programme=a_programme(), year_level=1, code="BSIT-1A", session="AM", target=41,
            maximum=40,
        )  # fmt: skip
