"""Promissory notes of students (R38)."""

from datetime import date
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import PromissoryNote
from rollbook.shared.billing.services import notes as billing
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.selectors import plan_to_pay
from rollbook.systems.college.fees.services.following import follow


def request_note(
    actor: Actor, *, student_id: UUID, month: int, term_enrolment_id: UUID | None = None, due_on: date | None = None,
    reason: str = "", document_id: UUID | None = None,
) -> PromissoryNote:  # fmt: skip
    """Record a student's written promise to pay one month."""
    actor.require(permissions.REQUEST_NOTE)
    plan = plan_to_pay(student_id, term_enrolment_id)
    return billing.request_note(
        actor, invoice_id=plan.invoice_id, number=month, due_on=due_on, reason=reason, document_id=document_id
    )


def approve_note(actor: Actor, *, note_id: UUID) -> PromissoryNote:
    """Approve a promise that somebody else recorded; its month counts as covered, permits follow."""
    actor.require(permissions.APPROVE_NOTE)
    return billing.approve_note(actor, note_id=note_id, on_landed=follow(actor))


def default_notes(actor: Actor) -> int:
    """Nightly: promises whose day has passed are broken; what rested on them is suspended."""
    return billing.default_notes(actor, on_landed=follow(actor))
