"""Who is told that a class moved (R17)."""

import pytest

from rollbook.core.events import publish
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.grading.examples import a_class
from rollbook.systems.college.scheduling.events import ScheduleChanged

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.mark.rule("R17")
def test_whoever_sits_in_a_class_hears_that_it_moved_and_whoever_left_does_not():
    class_ = a_class(3)
    left = class_.taken[0]
    left.state, left.ended_at = "DROPPED", left.created_at
    left.save()
    section = left.section

    publish(
        ScheduleChanged(
            a_registrar(), section.term_id, section.id, "IT101 A", "Monday 08:00–09:30", "Tuesday 08:00–09:30"
        )
    )

    told = Notice.objects.filter(kind="SCHEDULE_CHANGE").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(student.person_id for student in class_.students[1:])
