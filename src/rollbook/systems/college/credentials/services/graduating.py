"""Letting a student graduate: a registrar proposes, the head registrar confirms, the check runs both times (R58)."""

from uuid import UUID

from django.db import transaction

from rollbook.core.approvals import services as approvals
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.figures import plain
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.errors import NotEligible
from rollbook.systems.college.credentials.reads.graduation import check_of
from rollbook.systems.college.credentials.rules.graduation import Outcome
from rollbook.systems.college.credentials.words import reasons_of
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.selectors import get_student, get_student_for_update
from rollbook.systems.college.records.services import graduate

KIND = "college.graduation"
MOST_REASONS = 8


@transaction.atomic
def propose_graduation(actor: Actor, *, student_id: UUID, reason: str = "") -> ApprovalRequest:
    """Ask the head registrar to let a student graduate. Refused, with everything that is missing, when not eligible."""
    actor.require(permissions.PROPOSE_GRADUATION)
    get_student(actor, student_id)
    student = get_student_for_update(student_id)
    outcome = _must_be_eligible(student)
    return approvals.propose(
        actor, kind=KIND, target=student, reason=reason.strip() or "The graduation check is passed",
        payload={"earned_units": plain(outcome.earned_units), "required_units": plain(outcome.required_units)},
    )  # fmt: skip


def carry_out(actor: Actor, request: ApprovalRequest) -> None:
    """Graduate the student in the transaction of the approval, if the check still says so."""
    student = get_student_for_update(request.target_id)
    _must_be_eligible(student)
    graduate(actor, student=student, reason=request.reason)


def _must_be_eligible(student: Student) -> Outcome:
    outcome = check_of(student)
    if not outcome.is_eligible:
        found = reasons_of(outcome)
        more = f" (+{len(found) - MOST_REASONS})" if len(found) > MOST_REASONS else ""
        raise NotEligible(number=student.student_number, reasons=" ".join(found[:MOST_REASONS]) + more)
    return outcome
