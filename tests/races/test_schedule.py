"""Two people book one room at the same moment. The control takes the lock and the wall away and must go wrong."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from psycopg import errors

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.scheduling import services
from rollbook.systems.college.scheduling.errors import ScheduleConflict
from rollbook.systems.college.scheduling.examples import a_dean, a_room, a_section
from rollbook.systems.college.scheduling.models import Meeting, Room, Section
from rollbook.systems.college.scheduling.services import MeetingPlan, meetings
from tests.races.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def _setting(organisation: Organisation, people: int) -> tuple[Room, list[Section], list[Actor]]:
    with tenant_scope(organisation.id):
        room = a_room()
        return room, [a_section(f"S{number}") for number in range(people)], [a_dean() for _ in range(people)]


def _booking(organisation: Organisation, dean: Actor, section: Section, room: Room) -> Callable[[], Any]:
    def act() -> Any:
        with tenant_scope(organisation.id):
            plan = MeetingPlan(weekday=1, start_min=480, end_min=570, room_id=room.id)
            return services.add_meeting(dean, section_id=section.id, plan=plan).id

    return act


def test_of_many_who_book_a_room_at_once_exactly_one_gets_it(organisation: Organisation) -> None:
    room, sections, deans = _setting(organisation, 6)

    outcome = together(
        [_booking(organisation, dean, section, room) for dean, section in zip(deans, sections, strict=True)]
    )

    assert len(outcome.answers) == 1
    assert [type(failure) for failure in outcome.failures] == [ScheduleConflict] * 5
    with tenant_scope(organisation.id):
        assert Meeting.objects.count() == 1


def test_without_the_lock_the_exclusion_constraint_still_stands(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sections, deans = _setting(organisation, 2)
    monkeypatch.setattr(meetings, "get_room_for_update", lambda room_id: Room.objects.get(id=room_id))
    barrier = threading.Barrier(2)

    outcome = together(
        [
            _after_both_looked(_booking(organisation, dean, section, room), barrier)
            for dean, section in zip(deans, sections, strict=True)
        ]
    )

    # Two that wait for each other inside the constraint are a deadlock, which ends one of them all the same.
    (failure,) = outcome.failures
    assert isinstance(failure, ScheduleConflict) or isinstance(failure.__cause__, errors.DeadlockDetected)
    assert len(outcome.answers) == 1
    with tenant_scope(organisation.id):
        assert Meeting.objects.count() == 1


def test_control_without_lock_and_constraint_two_classes_stand_in_one_room(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, sections, deans = _setting(organisation, 2)
    # A meeting that counts as online is outside the constraint; the rule still asks about the room.
    monkeypatch.setattr(meetings, "get_room_for_update", lambda room_id: Room.objects.get(id=room_id))
    monkeypatch.setattr(Meeting, "save", _as_if_online)
    barrier = threading.Barrier(2)

    outcome = together(
        [
            _after_both_looked(_booking(organisation, dean, section, room), barrier)
            for dean, section in zip(deans, sections, strict=True)
        ]
    )

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        assert Meeting.objects.filter(room=room).count() == 2


_save = Meeting.save


def _as_if_online(meeting: Meeting, *args: Any, **kwargs: Any) -> None:
    meeting.is_in_person = False
    _save(meeting, *args, **kwargs)


def _after_both_looked(act: Callable[[], Any], barrier: threading.Barrier) -> Callable[[], Any]:
    """The act, which waits before it writes until the other has looked: what the lock prevents."""

    def meet(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        if statement.startswith('INSERT INTO "college_scheduling_meeting"'):
            barrier.wait(timeout=60)
        return execute(statement, parameters, many, context)

    def met() -> Any:
        with connection.execute_wrapper(meet):
            return act()

    return met
