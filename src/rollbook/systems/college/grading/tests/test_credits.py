"""Credits from elsewhere through the whole house: units, average, cap, dependents, the gate of month 1 (example 36)."""

from decimal import Decimal

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_prerequisite
from rollbook.systems.college.catalogue.models import Curriculum, GradeScale, Programme
from rollbook.systems.college.catalogue.services import ensure_shipped_scales
from rollbook.systems.college.enrolment.errors import NotEnrolled
from rollbook.systems.college.enrolment.examples import an_open_term, let_pass, subjects, the_curriculum
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.examples import a_head_registrar, a_member, a_registrar, a_student
from rollbook.systems.college.grading.models import CumulativeResult
from rollbook.systems.college.records import services
from rollbook.systems.college.records.models import Student, TransferCredit
from rollbook.systems.college.records.services import NewCredit
from rollbook.systems.college.scheduling.examples import a_meeting, a_section
from rollbook.systems.college.scheduling.models import Section

pytestmark = pytest.mark.django_db


def problems_of(actor: Actor, taker: TermEnrolment, cart: list[Item]) -> list[str]:
    """What keeps the student from the one subject of a cart."""
    with pytest.raises(NotEnrolled) as blocked:
        enrol(actor, term_enrolment_id=taker.id, items=cart)
    return [problem.code for problem in blocked.value.verdicts[0].problems]


@pytest.mark.example("college", 36)
@pytest.mark.rule("R56")
def test_credits_count_as_units_open_what_rests_on_them_and_leave_average_cap_and_gate_alone(
    tenant: Organisation,
) -> None:
    ensure_shipped_scales()
    first, second, third, dependent = subjects("IT 101", "IT 102", "IT 103", "IT 201")
    a_prerequisite(dependent, "IT 101")
    the_curriculum({(1, "FIRST"): [first, second, third, dependent]})
    curriculum = Curriculum.objects.get()
    term = an_open_term()
    student = a_student("310001", programme=curriculum.programme, term=term)
    Student.objects.filter(id=student.id).update(curriculum=curriculum.id)
    taker = TermEnrolment.objects.create(
        student=student, term=term, programme_id=student.programme_id, curriculum=curriculum, max_units=Decimal(3),
        created_via=TermEnrolment.CreatedVia.TRANSFEREE,
    )  # fmt: skip
    section = a_section("A", subject=dependent, term=term, state=Section.State.OPEN)
    a_meeting(section)
    registrar = a_registrar()
    cart = [Item(dependent.id, section.id)]
    assert problems_of(registrar, taker, cart) == ["MONTH1_UNPAID", "PREREQUISITE_NOT_MET"]

    head = a_member(roles.PROGRAM_HEAD)
    Programme.objects.filter(id=taker.programme_id).update(head=head.membership_id)
    scale = GradeScale.objects.get(code="PH_5")
    wanted = [NewCredit(f"X-{each.code}", Decimal(3), "1.50", each.id, Decimal(3)) for each in (first, second, third)]
    request = services.draft_credits(
        registrar, student_id=student.id, institution="Luzon State", scale_id=scale.id, wanted=wanted
    )
    services.submit_credits(registrar, request_id=request.id)
    services.decide_credits(head, request_id=request.id, approve=True)

    result = CumulativeResult.objects.get(student=student.id)
    assert (result.units_earned, result.gpa) == (9, None)
    assert problems_of(registrar, taker, cart) == ["MONTH1_UNPAID"]
    let_pass(taker)
    taken = enrol(registrar, term_enrolment_id=taker.id, items=cart)
    # Nine credited units use nothing of a cap of three.
    assert (taken.units, taken.max_units) == (3, 3)

    credit = TransferCredit.objects.get(subject=first)
    _revoked, affected = services.revoke_credit(
        a_head_registrar(), credit_id=credit.id, reason="The paper was found to be forged"
    )
    assert [(row["term"], row["subject"]) for row in affected] == [("2031-1", "IT 201")]
