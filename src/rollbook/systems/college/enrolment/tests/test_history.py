"""Waiting for a seat in the history of a student: joined, offered, run out, given up."""

from datetime import timedelta

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.site import navigation  # noqa: F401 — rooms declare what belongs to a student there
from rollbook.systems.college.enrolment.examples import a_class, a_taker, fill, item, the_student, the_system
from rollbook.systems.college.enrolment.services.enrolling import hold_seats
from rollbook.systems.college.enrolment.services.waiting import leave_waitlist, make_offers
from rollbook.systems.college.enrolment.tests.test_queues_and_drops import leave, take, wait
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.records.history import history_of


def told(enrolment):
    events = history_of(a_registrar(), enrolment.student_id).events
    return [(event.title, event.who) for event in events if "aitlist" in event.title or "Seat" in event.title]


def test_every_move_in_a_queue_stands_in_the_line_of_time(tenant):
    section = a_class("IT 101", capacity=2)
    fill(section, 1)
    holder, first, second = (a_taker(f"31000{number}") for number in range(1, 4))
    (row_id,) = take(holder, section)
    now = clock.now()
    wait(first, section)
    waiting = wait(second, section)
    with clock.frozen_at(now + timedelta(hours=1)):
        leave(holder, row_id)
    with clock.frozen_at(now + timedelta(hours=25)):
        make_offers(the_system())
    with clock.frozen_at(now + timedelta(hours=26)):
        leave_waitlist(the_student(second), wait_id=waiting.id)

        assert [title for title, _who in told(first)] == ["Seat offer expired", "Seat offered", "Waitlist joined"]
        assert [title for title, _who in told(second)] == ["Waitlist left", "Seat offered", "Waitlist joined"]
        assert told(first)[0][1] == "By itself"


def test_a_seat_that_was_held_too_long_runs_out_by_nobodys_act(tenant):
    section = a_class("IT 101", capacity=1)
    slow, quick = a_taker("310001"), a_taker("310002")
    now = clock.now()
    hold_seats(the_student(slow), term_enrolment_id=slow.id, items=[item(section)])
    with clock.frozen_at(now + timedelta(hours=2)):
        take(quick, section)

        assert [title for title, _who in told(slow)] == ["Seat hold expired", "Seat held"]
        entry = AuditEntry.objects.get(action="college.seat_hold_expired")
    assert (entry.actor_kind, entry.user_id, entry.facts["section_id"]) == ("system", None, str(section.id))
