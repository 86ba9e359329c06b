"""Who is told of a hold and of an official paper (R61)."""

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.messaging.models import Notice
from rollbook.shared.messaging.selectors import own_notices
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_subject
from rollbook.systems.college.credentials.services.releasing import reissue, release
from rollbook.systems.college.enrolment.examples import a_taker, the_curriculum
from rollbook.systems.college.examples import a_head_registrar, a_member, a_student
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import add_cause, drop_cause, place_hold, release_hold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

BECAUSE = "Two books are missing"


def told(student: Student) -> list[str]:
    """What the student reads, the newest first."""
    reader = a_member(roles.STUDENT, person_id=student.person_id)
    return [notice.sentence for notice in own_notices(reader)]


@pytest.mark.rule("R61")
def test_a_student_hears_that_they_are_held_and_of_the_end_of_it_but_not_why() -> None:
    student = a_student("310001")
    hold = place_hold(a_member(roles.REGISTRAR), student_id=student.id, kind="DISCIPLINARY", blocks=["ENROL"],
                      reason=BECAUSE)  # fmt: skip
    placed = told(student)
    release_hold(a_head_registrar(), hold_id=hold.id, reason="They were brought back")

    assert placed == ["There is a hold on your record. The office that placed it tells you what to do."]
    assert told(student) == ["A hold on your record was lifted."]
    assert BECAUSE not in str(list(Notice.objects.values_list("facts", flat=True)))


@pytest.mark.rule("R61")
def test_a_hold_with_several_causes_is_told_once_and_its_end_with_the_last_of_them(organisation: Organisation) -> None:
    student = a_student("310001")
    system = Actor.system(organisation.id, job="test")

    add_cause(system, student_id=student.id, cause="month 1", reason="A payment bounced")
    add_cause(system, student_id=student.id, cause="note", reason="A note was not kept")
    drop_cause(system, student_id=student.id, cause="month 1", reason="Paid")
    held = told(student)
    drop_cause(system, student_id=student.id, cause="note", reason="Paid")

    assert held == ["There is a hold on your record. The office that placed it tells you what to do."]
    assert told(student) == ["A hold on your record was lifted."]


@pytest.mark.rule("R57", "R61")
def test_a_student_hears_of_each_paper_that_is_ready_by_its_number() -> None:
    the_curriculum({(1, "FIRST"): [a_subject("IT 101", 3)]})
    enrolment = a_taker()
    registrar = a_member(roles.REGISTRAR)
    paper = release(registrar, student_id=enrolment.student_id, paper="COE", purpose="A scholarship")
    reissue(registrar, document_id=paper.id, reason="The name was misspelt")

    year = paper.number.split("-")[1]
    assert told(enrolment.student) == [
        f"Certificate of enrolment COE-{year}-000002 is ready for you.",
        f"Certificate of enrolment COE-{year}-000001 is ready for you.",
    ]
