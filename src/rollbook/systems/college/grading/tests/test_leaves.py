"""A leave that is recorded moves the deadlines of incompletes at once; whoever decides sees to where."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from rollbook.core.events import publish
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.grading.examples import a_class, case_of, finalised
from rollbook.systems.college.grading.jobs import follow_student
from rollbook.systems.college.records import services
from rollbook.systems.college.records.events import StatusConsidered

pytestmark = [pytest.mark.usefixtures("in_grading_weeks"), pytest.mark.rule("R45")]

FAMILY = "A parent has to be looked after"


@pytest.fixture
def incomplete(tenant):
    class_ = a_class(1)
    finalised(class_, "INC")
    return case_of(class_.taken[0])


def queued():
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'college.grading.follow_student'")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def granted(student_id, first, last):
    request = services.request_status(
        a_registrar(), student_id=student_id, kind="LEAVE", from_date=first, to_date=last, reason=FAMILY
    )
    return services.decide_status_request(a_registrar(), request_id=request.id, approve=True)


@pytest.mark.example("college", 32)
def test_a_leave_moves_the_deadline_as_soon_as_it_is_recorded(incomplete, tenant, frozen_clock):
    assert incomplete.deadline == date(2027, 2, 28)
    frozen_clock(datetime(2027, 1, 11, 2, tzinfo=UTC))

    granted(incomplete.student_id, date(2027, 1, 11), date(2027, 5, 31))

    assert [job["student_id"] for job in queued()] == [str(incomplete.student_id)]
    assert follow_student(organisation_id=tenant.id, student_id=incomplete.student_id) == 1
    incomplete.refresh_from_db()
    # 141 days later, as in the worked example.
    assert (incomplete.deadline, incomplete.paused_days) == (date(2027, 7, 19), 141)


def test_another_last_day_and_a_return_move_it_again(incomplete, tenant, frozen_clock):
    frozen_clock(datetime(2027, 1, 11, 2, tzinfo=UTC))
    granted(incomplete.student_id, date(2027, 1, 11), None)
    follow_student(organisation_id=tenant.id, student_id=incomplete.student_id)
    incomplete.refresh_from_db()
    assert incomplete.deadline is None

    services.move_end_of_leave(
        a_registrar(), student_id=incomplete.student_id, to_date=date(2027, 1, 20), reason=FAMILY
    )  # fmt: skip
    follow_student(organisation_id=tenant.id, student_id=incomplete.student_id)
    incomplete.refresh_from_db()
    assert (incomplete.deadline, len(queued())) == (date(2027, 3, 10), 2)


def test_what_a_leave_would_do_to_the_deadline_is_told_before_and_changes_nothing(incomplete):
    day = date(2027, 1, 11)
    event = StatusConsidered(incomplete.student_id, "LOA", day, date(2027, 5, 31), ((day, date(2027, 5, 31)),))
    publish(event)

    found = next(one for one in event.effects if one.about.startswith("INC in"))
    assert (found.before, found.after) == ("Feb 28, 2027", "Jul 19, 2027")
    incomplete.refresh_from_db()
    assert incomplete.deadline == date(2027, 2, 28)


def test_other_changes_of_status_move_no_deadline(incomplete, frozen_clock):
    frozen_clock(datetime(2027, 1, 11, 2, tzinfo=UTC))

    services.change_status(
        a_registrar(), student_id=incomplete.student_id, status="WITHDRAWN", from_date=date(2027, 1, 11), reason=FAMILY
    )

    assert queued() == []
