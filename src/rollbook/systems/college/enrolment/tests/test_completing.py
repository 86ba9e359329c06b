"""A term that is closed is over for everybody who was in it."""

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services import move_term
from rollbook.systems.college.enrolment.examples import a_taker, subjects, the_curriculum
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_student, an_administrator, an_enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def term():
    the_curriculum({(1, "FIRST"): subjects("IT 101")})
    return a_taker("310001").term


def moved(term: Term, *states: str) -> None:
    for state in states:
        move_term(an_administrator(), term_id=term.id, state=state)


def state_of(number: str) -> str:
    return TermEnrolment.objects.get(student__student_number=number).state


def test_a_term_that_is_closed_completes_those_who_were_in_it(term):
    a_taker("310002")

    moved(term, "IN_PROGRESS", "GRADING")
    assert (state_of("310001"), state_of("310002")) == ("ACTIVE", "ACTIVE")

    moved(term, "CLOSED")
    assert (state_of("310001"), state_of("310002")) == ("COMPLETED", "COMPLETED")
    completed = AuditEntry.objects.filter(action="college.enrolment_completed")
    assert set(completed.values_list("target_id", flat=True)) == set(TermEnrolment.objects.values_list("id", flat=True))


def test_who_never_paid_month_one_and_who_left_stay_as_they_were(term):
    never = an_enrolment(a_student("310003", term=term), term)
    left = TermEnrolment.objects.get(student__student_number="310001")
    left.state = "WITHDRAWN"
    left.save(update_fields=["state"])

    moved(term, "IN_PROGRESS", "GRADING", "CLOSED")

    never.refresh_from_db()
    assert never.state == "PENDING_PAYMENT"
    assert state_of("310001") == "WITHDRAWN"
    assert not AuditEntry.objects.filter(action="college.enrolment_completed").exists()
