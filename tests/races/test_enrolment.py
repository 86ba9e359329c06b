"""Seats, units and queues at the same moment (examples 19 and 20). Each control takes the lock away and must go wrong."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.enrolment import sql
from rollbook.systems.college.enrolment.errors import NotEnrolled
from rollbook.systems.college.enrolment.examples import a_class, a_taker, fill, item, subjects, the_student
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.dropping import drop
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.enrolment.services.waiting import accept_offer, join_waitlist
from rollbook.systems.college.scheduling.models import Section
from tests.races.together import Outcome, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

Act = Callable[[], Any]


def _enrolling(organisation: Organisation, student: Actor, enrolment: TermEnrolment, section: Section) -> Act:
    def act() -> str:
        with tenant_scope(organisation.id):
            try:
                enrol(student, term_enrolment_id=enrolment.id, items=[item(section)])
            except NotEnrolled as refusal:
                return refusal.code
            return "ENROLLED"

    return act


def _waiting(organisation: Organisation, student: Actor, enrolment: TermEnrolment, section: Section) -> Act:
    def act() -> str:
        with tenant_scope(organisation.id):
            try:
                return join_waitlist(student, term_enrolment_id=enrolment.id, section_id=section.id).state
            except NotEnrolled as refusal:
                return refusal.code

    return act


def _meeting(act: Act, barrier: threading.Barrier) -> Act:
    """The act, which waits before it writes until the others have read: what the lock prevents."""

    def meet(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement == sql.INSERT:
            barrier.wait(timeout=20)
        return execute(statement, parameters, many, context)

    def met() -> Any:
        with connection.execute_wrapper(meet):
            return act()

    return met


def _counted(outcome: Outcome) -> Counter[str]:
    return Counter(outcome.answers)


def _at_39_of_40(organisation: Organisation, students: int) -> tuple[Section, list[TermEnrolment], list[Actor]]:
    with tenant_scope(organisation.id):
        section = a_class("IT 101", capacity=40)
        fill(section, 39)
        enrolments = [a_taker(f"31{number:04d}") for number in range(students)]
        return section, enrolments, [the_student(enrolment) for enrolment in enrolments]


@pytest.mark.rule("R18", "R25")
@pytest.mark.example("college", 20)
def test_of_fifty_students_one_gets_the_last_seat_and_ten_may_wait(organisation: Organisation) -> None:
    section, enrolments, students = _at_39_of_40(organisation, 50)
    pairs = list(zip(students, enrolments, strict=True))

    outcome = together([_enrolling(organisation, student, place, section) for student, place in pairs])

    assert outcome.failures == []
    assert _counted(outcome) == {"ENROLLED": 1, "SECTION_FULL": 49}
    with tenant_scope(organisation.id):
        assert section_count(section, "ENROLLED") == 40
        winner = SubjectEnrolment.objects.get(section=section, term_enrolment_id__in=[one.id for one in enrolments])
    losers = [pair for pair in pairs if pair[1].id != winner.term_enrolment_id]

    queue = together([_waiting(organisation, student, place, section) for student, place in losers])
    assert queue.failures == []
    assert _counted(queue) == {"WAITLISTED": 10, "SECTION_FULL": 39}
    _the_seat_goes_down_the_queue(
        organisation, section, winner, {place.id: student for student, place in pairs}, losers
    )


def section_count(section: Section, *states: str) -> int:
    return SubjectEnrolment.objects.filter(section=section, state__in=states).count()


def _the_seat_goes_down_the_queue(
    organisation: Organisation, section: Section, winner: SubjectEnrolment, students: dict[Any, Actor], losers: Any
) -> None:
    with tenant_scope(organisation.id):
        order = SubjectEnrolment.objects.filter(section=section, state="WAITLISTED").order_by("joined_at", "id")
        first = order[0]
        newcomer = next(pair for pair in losers if not pair[1].subjects.exists())
        drop(students[winner.term_enrolment_id], subject_enrolment_ids=[winner.id])
    outcome = together([_enrolling(organisation, newcomer[0], newcomer[1], section) for _ in range(4)])
    assert _counted(outcome) == {"SECTION_FULL": 4}
    with tenant_scope(organisation.id):
        first.refresh_from_db()
        assert first.state == "OFFERED"
        accept_offer(students[first.term_enrolment_id], wait_id=first.id)
        assert section_count(section, "ENROLLED") == 40


def test_control_without_the_section_lock_the_last_seat_is_sold_twice(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    section, enrolments, students = _at_39_of_40(organisation, 2)
    monkeypatch.setattr(sql, "LOCK_SECTIONS", sql.LOCK_SECTIONS.replace("FOR NO KEY UPDATE", ""))
    barrier = threading.Barrier(2)

    outcome = together([
        _meeting(_enrolling(organisation, student, place, section), barrier)
        for student, place in zip(students, enrolments, strict=True)
    ])  # fmt: skip

    with tenant_scope(organisation.id):
        sold = section_count(section, "ENROLLED")
    # Either the seat is sold twice, or the database's own wall stops the second with an error that is no refusal.
    assert sold == 41 or len(outcome.failures) == 1


def _at_27_units(organisation: Organisation) -> tuple[TermEnrolment, Actor, list[Section]]:
    with tenant_scope(organisation.id):
        load = [a_class(subject) for subject in subjects("L1", "L2", "L3", units=9)]
        wanted = [a_class(subject) for subject in subjects("NEW 1", "NEW 2", units=3)]
        enrolment = a_taker()
        student = the_student(enrolment)
        enrol(student, term_enrolment_id=enrolment.id, items=[item(section) for section in load])
        return enrolment, student, wanted


@pytest.mark.rule("R2", "R19")
@pytest.mark.example("college", 19)
def test_at_27_units_one_of_two_requests_at_once_succeeds(organisation: Organisation) -> None:
    enrolment, student, wanted = _at_27_units(organisation)

    outcome = together([_enrolling(organisation, student, enrolment, section) for section in wanted])

    assert outcome.failures == []
    assert _counted(outcome) == {"ENROLLED": 1, "UNIT_CAP_EXCEEDED": 1}
    assert _units(organisation, enrolment) == 30


def test_control_without_the_lock_on_the_term_the_cap_is_passed(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment, student, wanted = _at_27_units(organisation)
    monkeypatch.setattr(sql, "LOCK_TERMS", sql.LOCK_TERMS.replace("FOR NO KEY UPDATE OF e", ""))
    barrier = threading.Barrier(2)

    outcome = together([
        _meeting(_enrolling(organisation, student, enrolment, section), barrier) for section in wanted
    ])  # fmt: skip

    # Either the cap is passed, or the database's own wall stops the second with an error that is no refusal.
    assert _units(organisation, enrolment) == 33 or len(outcome.failures) == 1


def _units(organisation: Organisation, enrolment: TermEnrolment) -> int:
    with tenant_scope(organisation.id):
        rows = SubjectEnrolment.objects.filter(term_enrolment=enrolment, state="ENROLLED")
        return int(sum(row.units for row in rows))


@pytest.mark.rule("R2")
def test_carts_with_the_same_sections_in_any_order_wait_for_each_other_and_never_deadlock(
    organisation: Organisation,
) -> None:
    with tenant_scope(organisation.id):
        sections = [a_class(f"S{number}", capacity=30) for number in range(4)]
        pairs = [(place, the_student(place)) for place in (a_taker(f"31{number:04d}") for number in range(24))]

    def act(number: int) -> Act:
        place, student = pairs[number]
        cart = [item(sections[(number + step) % 4]) for step in range(4)][:: 1 if number % 2 else -1]

        def run() -> int:
            with tenant_scope(organisation.id):
                return len(enrol(student, term_enrolment_id=place.id, items=cart).row_ids)

        return run

    outcome = together([act(number) for number in range(24)], workers=12)

    assert outcome.failures == []
    assert outcome.answers == [4] * 24


def test_offers_are_accepted_once_however_often_they_are_pressed(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        section = a_class("IT 101", capacity=1)
        enrolment = a_taker()
        student = the_student(enrolment)
        offered = join_waitlist(student, term_enrolment_id=enrolment.id, section_id=section.id)

    def accept() -> str:
        with tenant_scope(organisation.id):
            return str(len(accept_offer(student, wait_id=offered.id).row_ids))

    outcome = together([accept] * 6)

    assert outcome.answers == ["1"]
    assert {type(failure).__name__ for failure in outcome.failures} == {"CannotMove"}
    assert not any(isinstance(failure, DatabaseError) for failure in outcome.failures)
    with tenant_scope(organisation.id):
        assert section_count(section, "ENROLLED") == 1
