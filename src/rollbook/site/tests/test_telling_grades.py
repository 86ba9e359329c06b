"""Who is told of grades, and how often."""

from datetime import UTC, date, datetime

import pytest

from rollbook.core.identity.models import Membership
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_member, a_person, a_registrar
from rollbook.systems.college.grading.examples import (
    a_class,
    a_grading_term,
    a_programme_head,
    finalised,
    some_students,
    submitted,
    the_job,
)
from rollbook.systems.college.grading.services.expiring import (
    default_to_not_graded,
    expire_incompletes,
    tell_of_not_graded,
    warn_of_deadlines,
)
from rollbook.systems.college.grading.services.finalising import finalise, return_sheet

pytestmark = pytest.mark.usefixtures("tenant")


def told(kind: str) -> list:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient_id", flat=True))


@pytest.mark.rule("R49")
def test_each_student_is_told_once_of_a_batch_however_many_sheets_it_has(frozen_clock):
    frozen_clock(datetime(2026, 8, 31, 6, tzinfo=UTC))
    people = some_students(2, a_grading_term())
    sheets = [submitted(a_class(people, code=code), "1.25", "2.00") for code in ("IT101", "IT102")]

    finalise(a_registrar(), sheet_ids=[sheet.id for sheet in sheets])

    assert told("GRADE_POSTED") == sorted(student.person_id for student in people)


@pytest.mark.rule("R46")
def test_student_professor_and_programme_head_are_told_of_an_expired_incomplete(frozen_clock):
    frozen_clock(datetime(2026, 8, 31, 6, tzinfo=UTC))
    class_ = a_class(1)
    finalised(class_, "INC")
    head = a_programme_head(class_.students[0].programme)
    head_person = a_person("Uy", "Hilario")
    Membership.objects.filter(id=head.membership_id).update(person_id=head_person.id)
    frozen_clock(datetime(2027, 2, 21, 1, tzinfo=UTC))
    warn_of_deadlines(the_job())
    frozen_clock(datetime(2027, 3, 1, 1, tzinfo=UTC))

    expire_incompletes(the_job())
    expire_incompletes(the_job())

    owner = Membership.objects.get(id=class_.owner.membership_id)
    student = class_.students[0].person_id
    assert (told("INC_WARNING"), told("INC_EXPIRED")) == ([student], [student])
    assert told("SYSTEM") == sorted([owner.person_id, head_person.id])


def test_a_professor_is_told_that_a_sheet_came_back(frozen_clock):
    frozen_clock(datetime(2026, 8, 31, 6, tzinfo=UTC))
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")

    return_sheet(a_registrar(), sheet_id=sheet.id, reason="Please look at row 1")

    assert told("SYSTEM") == [Membership.objects.get(id=class_.owner.membership_id).person_id]


@pytest.mark.rule("R49")
def test_deans_are_told_every_day_of_classes_that_nobody_graded(frozen_clock):
    frozen_clock(datetime(2026, 8, 31, 6, tzinfo=UTC))
    dean = a_person("Ramos", "Dolores")
    a_member(roles.DEAN, name="Dolores Ramos", person_id=dean.id)
    other = a_member(roles.DEAN, name="Somebody who is on no roll")
    a_class(1, term=a_grading_term(opens=date(2026, 8, 1), closes=date(2026, 12, 10)))
    frozen_clock(datetime(2026, 12, 11, 1, tzinfo=UTC))
    default_to_not_graded(the_job())

    for day in (1, 2):
        frozen_clock(datetime(2027, 2, day, 1, tzinfo=UTC))
        tell_of_not_graded(the_job())
        tell_of_not_graded(the_job())

    whom = Notice.objects.filter(kind="SYSTEM").values_list("recipient_id", "member_id")
    assert sorted(whom, key=str) == sorted([(dean.id, None), (None, other.membership_id)] * 2, key=str)
