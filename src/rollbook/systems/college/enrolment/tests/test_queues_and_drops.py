"""Waiting for seats and leaving classes: strict order, offers that end, what goes together, W after add and drop."""

from datetime import timedelta

import pytest

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.catalogue.models import Programme, Term, TermWindow
from rollbook.systems.college.enrolment.errors import (
    AlreadyWaiting,
    CannotMove,
    CorequisiteNeeded,
    DropWindowClosed,
    GradedAlready,
    Held,
    NeedsProgrammeHead,
    NotEnrolled,
    NothingOffered,
    OfferExpired,
    SubjectEnrolmentNotFound,
    WaitNotFound,
)
from rollbook.systems.college.enrolment.examples import (
    a_class,
    a_taker,
    fill,
    item,
    open_windows,
    subjects,
    the_student,
    the_system,
    today,
)
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.dropping import drop, release_hold_of_seat
from rollbook.systems.college.enrolment.services.enrolling import OverrideWanted, enrol, hold_seats
from rollbook.systems.college.enrolment.services.waiting import (
    accept_offer,
    join_waitlist,
    leave_waitlist,
    make_offers,
    position_of,
)
from rollbook.systems.college.examples import a_member, a_registrar
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.services import place_hold

REASON = "Letter of the doctor was seen"


def take(enrolment, *sections):
    done = enrol(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section) for section in sections])
    return [done.row_ids[section.id] for section in sections]


def wait(enrolment, section):
    return join_waitlist(the_student(enrolment), term_enrolment_id=enrolment.id, section_id=section.id)


def leave(enrolment, *row_ids, actor=None, **options):
    return drop(actor or the_student(enrolment), subject_enrolment_ids=row_ids, **options)


def state_of(row):
    return SubjectEnrolment.objects.get(id=row.id).state


@pytest.mark.rule("R25")
@pytest.mark.example("college", 20)
def test_a_seat_that_frees_goes_to_the_first_who_waits_and_then_to_the_second(tenant):
    section = a_class("IT 101", capacity=2)
    fill(section, 1)
    holder, first, second, newcomer = (a_taker(f"31000{number}") for number in range(1, 5))
    (row_id,) = take(holder, section)
    now = clock.now()
    one, two = wait(first, section), wait(second, section)
    assert (one.state, position_of(one), position_of(two)) == ("WAITLISTED", 1, 2)

    with clock.frozen_at(now):
        leave(holder, row_id)
        one.refresh_from_db()
        assert (one.state, one.offered_until) == ("OFFERED", now + timedelta(hours=24))
        assert state_of(two) == "WAITLISTED"
        with pytest.raises(NotEnrolled) as refusal:
            take(newcomer, section)
        assert refusal.value.code == "SECTION_FULL"
        with pytest.raises(NothingOffered):
            accept_offer(the_student(second), wait_id=two.id)
    with clock.frozen_at(now + timedelta(hours=24)):
        with pytest.raises(OfferExpired):
            accept_offer(the_student(first), wait_id=one.id)
        with pytest.raises(NotEnrolled):
            take(newcomer, section)
        assert make_offers(the_system()) == 1
        assert (state_of(one), state_of(two)) == ("EXPIRED", "OFFERED")
        accept_offer(the_student(second), wait_id=two.id)
        assert make_offers(the_system()) == 0
    assert (state_of(two), AuditEntry.objects.filter(action="college.seat_offered").count()) == ("ENROLLED", 2)


@pytest.mark.rule("R25")
def test_the_queue_is_as_long_as_the_section_says_and_takes_everybody_once(tenant):
    section = a_class("IT 101", capacity=1, waitlist_capacity=2)
    fill(section, 1)
    first, second, third = (a_taker(f"31000{number}") for number in range(1, 4))
    wait(first, section)
    wait(second, section)

    with pytest.raises(AlreadyWaiting):
        wait(first, section)
    with pytest.raises(NotEnrolled) as refusal:
        wait(third, section)
    assert refusal.value.code == "SECTION_FULL"
    assert SubjectEnrolment.objects.filter(state="WAITLISTED").count() == 2


@pytest.mark.rule("R25")
def test_joining_while_a_seat_is_free_and_nobody_waits_offers_it_at_once(tenant):
    section = a_class("IT 101", capacity=1)

    assert wait(a_taker(), section).state == "OFFERED"


@pytest.mark.rule("R25")
def test_joining_asks_every_rule_but_the_seat(tenant):
    section = a_class("IT 101", capacity=1)
    fill(section, 1)
    enrolment = a_taker(max_units=2)

    with pytest.raises(NotEnrolled) as refusal:
        wait(enrolment, section)

    assert refusal.value.code == "UNIT_CAP_EXCEEDED"
    assert not SubjectEnrolment.objects.filter(state="WAITLISTED").exists()


@pytest.mark.rule("R25")
def test_who_may_not_take_the_seat_now_keeps_the_place_and_the_next_is_asked(tenant):
    section = a_class("IT 101", capacity=1)
    holder, first, second = (a_taker(f"31000{number}") for number in range(1, 4))
    (row_id,) = take(holder, section)
    one, two = wait(first, section), wait(second, section)
    hold = place_hold(
        a_registrar(), student_id=first.student_id, kind="LIBRARY", blocks=["ENROL"], reason="Books are out"
    )

    leave(holder, row_id)

    assert (state_of(one), state_of(two), position_of(one)) == ("WAITLISTED", "OFFERED", 1)
    assert hold.is_live
    leave_waitlist(the_student(second), wait_id=two.id)
    assert (state_of(one), state_of(two)) == ("WAITLISTED", "REMOVED")


@pytest.mark.rule("R25")
def test_accepting_asks_every_rule_again(tenant):
    section, clash = a_class("IT 101", hours=(1, "08:00", "09:00")), a_class("ART 1", hours=(1, "08:30", "09:30"))
    enrolment = a_taker()
    offered = wait(enrolment, section)
    take(enrolment, clash)

    with pytest.raises(NotEnrolled) as refusal:
        accept_offer(the_student(enrolment), wait_id=offered.id)

    assert refusal.value.code == "SCHEDULE_CONFLICT"
    assert state_of(offered) == "OFFERED"


@pytest.mark.rule("R25")
def test_an_offer_ends_with_add_and_drop_at_the_latest(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    enrolment.term.windows.update(closes_on=today())

    offered = wait(enrolment, section)

    local = offered.offered_until.astimezone(clock.now().tzinfo)
    assert offered.offered_until - clock.now() <= timedelta(hours=24)
    assert (local.hour, local.minute) == (16, 0)


def test_nobody_else_accepts_or_leaves_for_a_student(tenant):
    section, enrolment, other = a_class("IT 101"), a_taker(), a_taker("310002")
    offered = wait(enrolment, section)

    for act in (accept_offer, leave_waitlist):
        with pytest.raises(WaitNotFound):
            act(the_student(other), wait_id=offered.id)
        with pytest.raises(Forbidden):
            act(a_member(roles.CASHIER), wait_id=offered.id)
    assert state_of(offered) == "OFFERED"


@pytest.mark.rule("R26")
def test_dropping_leaves_a_row_frees_the_seat_and_a_new_row_is_made_when_it_is_taken_again(tenant):
    section, enrolment = a_class("IT 101", capacity=1), a_taker()
    (row_id,) = take(enrolment, section)

    (dropped,) = leave(enrolment, row_id, reason="Too early in the day")
    assert (dropped.state, dropped.result, dropped.end_reason) == ("DROPPED", "", "Too early in the day")
    assert TermEnrolment.objects.get(id=enrolment.id).state == "ACTIVE"
    with pytest.raises(CannotMove):
        leave(enrolment, row_id)
    (again,) = take(enrolment, section)
    assert again != row_id
    row = SubjectEnrolment.objects.get(id=again)
    assert (row.attempt_no, row.is_retake) == (1, False)


@pytest.mark.rule("R20")
@pytest.mark.rule("R26")
def test_what_goes_together_is_dropped_together(tenant):
    lecture, laboratory = subjects("PHY 1", "PHY 1L")
    a_prerequisite(laboratory, "with:PHY 1")
    enrolment = a_taker()
    one, two = take(enrolment, a_class(lecture), a_class(laboratory))

    with pytest.raises(CorequisiteNeeded) as refusal:
        leave(enrolment, one)
    assert (refusal.value.code, refusal.value.facts) == ("COREQUISITE", {"codes": "PHY 1", "code": "PHY 1L"})
    leave(enrolment, one, two)
    assert set(SubjectEnrolment.objects.values_list("state", flat=True)) == {"DROPPED"}


def _after_add_and_drop(enrolment):
    Term.objects.update(state="IN_PROGRESS")
    enrolment.term.windows.update(closes_on=today() - timedelta(days=1), opens_on=today() - timedelta(days=9))


@pytest.mark.rule("R26")
def test_after_add_and_drop_the_programme_head_withdraws_with_w(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    (row_id,) = take(enrolment, section)
    _after_add_and_drop(enrolment)
    open_windows(enrolment.term, kinds=["WITHDRAWAL"])
    head, stranger = a_member(roles.PROGRAM_HEAD), a_member(roles.PROGRAM_HEAD)
    Programme.objects.update(head=head.membership_id)

    with pytest.raises(NeedsProgrammeHead) as refusal:
        leave(enrolment, row_id)
    assert refusal.value.status == 403
    with pytest.raises(SubjectEnrolmentNotFound):
        leave(enrolment, row_id, actor=stranger)
    (row,) = leave(enrolment, row_id, actor=head, reason="Asked for in writing")
    assert (row.state, row.result, row.final_symbol, row.finalized_on) == ("WITHDRAWN", "WITHDRAWN", "W", today())


@pytest.mark.rule("R26")
@pytest.mark.rule("R21")
def test_after_the_last_day_only_a_registrar_lets_somebody_leave_on_the_record(tenant):
    section, enrolment = a_class("IT 101"), a_taker()
    (row_id,) = take(enrolment, section)
    _after_add_and_drop(enrolment)
    TermWindow.objects.create(
        term=enrolment.term,
        kind="WITHDRAWAL",
        opens_on=today() - timedelta(days=5),
        closes_on=today() - timedelta(days=2),
    )

    for actor in (the_student(enrolment), a_registrar()):
        with pytest.raises(DropWindowClosed) as refusal:
            leave(enrolment, row_id, actor=actor)
        assert refusal.value.code == "WINDOW_CLOSED"
    (row,) = leave(enrolment, row_id, actor=a_registrar(), overrides=[OverrideWanted("WINDOW", REASON)])
    assert (row.state, row.override_id) == ("WITHDRAWN", Override.objects.get(kind="WINDOW").id)


def test_a_hold_on_dropping_and_a_final_grade_keep_a_class(tenant):
    section, other, enrolment = a_class("IT 101"), a_class("MATH 1"), a_taker()
    held, graded = take(enrolment, section, other)
    SubjectEnrolment.objects.filter(id=graded).update(state="COMPLETED", result="PASSED")

    with pytest.raises(GradedAlready):
        leave(enrolment, graded)
    place_hold(a_registrar(), student_id=enrolment.student_id, kind="LIBRARY", blocks=["DROP"], reason="Books are out")
    with pytest.raises(Held):
        leave(enrolment, held)
    assert set(SubjectEnrolment.objects.values_list("state", flat=True)) == {"ENROLLED", "COMPLETED"}


def test_others_drop_nothing(tenant):
    section, enrolment, other = a_class("IT 101"), a_taker(), a_taker("310002")
    (row_id,) = take(enrolment, section)

    with pytest.raises(SubjectEnrolmentNotFound):
        leave(other, row_id)
    with pytest.raises(Forbidden):
        leave(enrolment, row_id, actor=a_member(roles.CASHIER))
    assert state_of(SubjectEnrolment.objects.get()) == "ENROLLED"


@pytest.mark.rule("R24")
def test_a_held_seat_that_is_let_go_is_offered_on(tenant):
    section, enrolment, other = a_class("IT 101", capacity=1), a_taker(), a_taker("310002")
    held = hold_seats(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section)])
    waiting = wait(other, section)

    release_hold_of_seat(the_student(enrolment), subject_enrolment_id=held.row_ids[section.id])

    assert state_of(waiting) == "OFFERED"


@pytest.mark.rule("R24")
def test_every_minute_held_seats_that_ran_out_are_offered_on(tenant):
    section, enrolment, other = a_class("IT 101", capacity=1), a_taker(), a_taker("310002")
    now = clock.now()
    with clock.frozen_at(now):
        hold_seats(the_student(enrolment), term_enrolment_id=enrolment.id, items=[item(section)])
        waiting = wait(other, section)
        assert make_offers(the_system()) == 0
    with clock.frozen_at(now + timedelta(minutes=10)):
        assert make_offers(the_system()) == 1
        assert make_offers(the_system()) == 0

    assert state_of(waiting) == "OFFERED"
