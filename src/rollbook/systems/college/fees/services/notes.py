"""Promissory notes of students (R38)."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.errors import ReasonTooShort
from rollbook.shared.billing.models import Account, PromissoryNote
from rollbook.shared.billing.services import notes as billing
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.selectors import own_student_id, plan_to_pay, today_here
from rollbook.systems.college.fees.services.following import follow

#: Whoever decides has never met the student.
LEAST_REASON = 10


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


def ask_for_note(
    actor: Actor, *, month: int, reason: str, term_enrolment_id: UUID | None = None, due_on: date | None = None
) -> PromissoryNote:
    """A student promises to pay one month of their own later; it counts once the college has agreed."""
    actor.require(permissions.OWN_ACCOUNT)
    plan = plan_to_pay(own_student_id(actor), term_enrolment_id)
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonTooShort(least=LEAST_REASON)
    return billing.request_note(actor, invoice_id=plan.invoice_id, number=month, due_on=due_on, reason=reason.strip())


def approve_note(actor: Actor, *, note_id: UUID) -> PromissoryNote:
    """Approve a promise that somebody else recorded; its month counts as covered, permits follow."""
    actor.require(permissions.APPROVE_NOTE)
    return billing.approve_note(actor, note_id=note_id, on_landed=follow(actor))


def default_notes(actor: Actor, *, account_id: UUID | None = None) -> int:
    """Promises whose day has passed are broken: what rested on them is suspended, and the student is held."""
    return billing.default_notes(actor, account_id=account_id, on_landed=follow(actor))


def accounts_with_broken_notes() -> "QuerySet[Account]":
    """The accounts of everybody who let the day of a promise pass."""
    broken = PromissoryNote.objects.filter(state__in=PromissoryNote.LIVE, due_on__lt=today_here())
    found: QuerySet[Account] = Account.objects.filter(id__in=broken.values("instalment__invoice__account_id")).order_by(
        "id"
    )
    return found
