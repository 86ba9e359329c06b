"""How far somebody has come in the curriculum: counted once, by group, for whoever may see grades."""

from decimal import Decimal

import pytest
from django.urls import reverse

from rollbook.core import clock
from rollbook.core.errors import Forbidden
from rollbook.core.web.shares import Ring
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_curriculum
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Programme
from rollbook.systems.college.enrolment.examples import a_past, a_taker, subjects
from rollbook.systems.college.examples import a_browser, a_cashier, a_member, a_programme, a_registrar
from rollbook.systems.college.grading.examples import a_programme_head
from rollbook.systems.college.grading.reads.progress import own_progress, progress_of
from rollbook.systems.college.records.errors import StudentHeld, StudentNotFound
from rollbook.systems.college.records.models import Hold, Student

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(tenant):
    """One major passed, one running, one incomplete, one left; a minor done; of two electives one is passed."""
    majors = subjects("IT 101", "IT 102", "IT 103", "IT 104", category="MAJOR")
    (minor,) = subjects("GE 1", category="MINOR")
    electives = subjects("EL 1", "EL 2", category="ELECTIVE")
    plan = {(1, "FIRST"): [*majors, minor], (2, "FIRST"): electives}
    curriculum = a_curriculum(a_programme(), plan, state=Curriculum.State.DRAFT)
    CurriculumEntry.objects.filter(subject__in=electives).update(elective_group="E1")
    Curriculum.objects.update(state=Curriculum.State.ACTIVE)
    taker = a_taker("310001", curriculum=curriculum)
    for subject, result in zip(
        [*majors[:3], minor, electives[1]], ["PASSED", "", "INC", "PASSED", "PASSED"], strict=True
    ):
        a_past(taker.student, subject, result)
    a_past(taker.student, majors[0], "FAILED", term="2029-1")
    return Student.objects.get(id=taker.student_id)


def test_units_are_done_running_or_left_and_an_elective_counts_once(student):
    found = progress_of(a_registrar(), student.id)

    assert [(share.category, share.done, share.running, share.left) for share in found.shares] == [
        ("MAJOR", 3, 6, 3), ("MINOR", 3, 0, 0), ("ELECTIVE", 3, 0, 0),
    ]  # fmt: skip
    assert [(step.requirement.codes, step.state) for step in found.steps] == [
        (["GE 1"], "DONE"), (["IT 101"], "DONE"), (["IT 102"], "RUNNING"), (["IT 103"], "RUNNING"),
        (["IT 104"], "LEFT"), (["EL 1", "EL 2"], "DONE"),
    ]  # fmt: skip


def test_the_page_has_the_numbers_behind_the_rings_and_the_list_by_year(student):
    browser = a_browser(a_member(roles.STUDENT, person_id=student.person_id))

    page = browser.get(reverse("grading:own_progress")).content.decode()

    for said in ("The whole curriculum", "9 of 18", "Year 1", "Year 2", "EL 1", "Left"):
        assert said in page
    assert '<th scope="row">Major</th><td class="is-number">3</td><td class="is-number">6</td>' in page
    beside = a_browser(a_registrar()).get(reverse("grading:progress_of", args=[student.id])).content.decode()
    assert "9 of 18" in beside


def test_only_who_may_see_grades_sees_how_far_somebody_is(student):
    head, stranger = a_programme_head(Programme.objects.get()), a_member(roles.PROGRAM_HEAD)
    assert progress_of(head, student.id).student == student
    with pytest.raises(StudentNotFound):
        progress_of(stranger, student.id)
    with pytest.raises(Forbidden):
        progress_of(a_cashier(), student.id)
    Hold.objects.create(
        student=student, kind="ACADEMIC", blocks=["GRADES_VIEW"], reason="Grades are disputed", placed_at=clock.now(),
        placed_by_id=a_registrar().acting_user_id(),
    )  # fmt: skip
    with pytest.raises(StudentHeld):
        own_progress(a_member(roles.STUDENT, person_id=student.person_id))


def test_without_a_curriculum_the_page_says_what_will_be_here(student):
    Student.objects.filter(id=student.id).update(curriculum=None)

    page = a_browser(a_registrar()).get(reverse("grading:progress_of", args=[student.id])).content.decode()

    assert "No curriculum yet" in page


def test_a_ring_closes_and_something_is_never_nothing():
    ring = Ring("Units", [("Done", Decimal("0.5")), ("Running", Decimal(0)), ("Left", Decimal("199.5"))])

    assert (ring.total, ring.percent) == (Decimal(200), 1)
    assert [(arc.number, arc.length, arc.offset) for arc in ring.arcs] == [(1, "0.25", "0"), (3, "99.75", "-0.25")]
    assert Ring("Nothing", [("Done", Decimal(0))]).arcs == []
