"""What follows in money when a student's term changes. Connected in `site/wiring.py`, in the same transaction."""

from django.utils.formats import date_format

from rollbook.core import clock
from rollbook.core.figures import plain
from rollbook.core.money import Money
from rollbook.core.policies import services as policies
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.services.cancellation import cancel_unpaid_invoices
from rollbook.shared.billing.services.revisions import lock_invoice, revise_plan
from rollbook.systems.college.enrolment.events import (
    SubjectsChanged,
    TermEnrolmentCancelled,
    TermEnrolmentsOpened,
    TermEnrolmentWithdrawn,
)
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.services import settle_month_one
from rollbook.systems.college.exams.services.settlement import void_permits
from rollbook.systems.college.fees.policies import ASSESSED, PLAN_MODE
from rollbook.systems.college.fees.reads.assessing import back_on, billed_by
from rollbook.systems.college.fees.rules import WHOLE, rounded
from rollbook.systems.college.fees.services.assessments import assess_in_bulk, assess_now

CLASSES_CHANGED = "The classes of the term changed"


def assess_changed_subjects(event: SubjectsChanged) -> None:
    """Bring an assessed plan to the classes taken now (R26). A plan of an agreed sum stays as it was agreed."""
    billed = billed_by(event.term_enrolment_id)
    is_new = billed.invoice_id is None and policies.get(PLAN_MODE) == ASSESSED
    if billed.schedule_id is not None or is_new:
        assess_now(event.actor, event.term_enrolment_id, reason=CLASSES_CHANGED)


def open_plans_of_new_terms(event: TermEnrolmentsOpened) -> None:
    """Students who were taken over get their plans at once, with the credit of earlier terms in them (R35).

    Where plans are an agreed sum, nobody has agreed to one yet: those are opened one by one. Students whom no
    schedule fits stay without a plan, and the page of the term's bills counts them.
    """
    if policies.get(PLAN_MODE) == ASSESSED:
        assess_in_bulk(event.actor, event.term_enrolment_ids)


def give_back_after_cancelling(event: TermEnrolmentCancelled) -> None:
    """A term that never began costs what the refund table keeps of what was paid; the rest is credit (R62)."""
    now = clock.now()
    void_permits(event.actor, term_enrolment_id=event.term_enrolment_id, at=now)
    # What held the student because this month 1 was open again has lost its cause.
    settle_month_one(event.actor, term_enrolment_id=event.term_enrolment_id, is_settled=True)
    if event.invoice_id is None or not Invoice.objects.filter(id=event.invoice_id, state=Invoice.State.OPEN).exists():
        return
    invoice = lock_invoice(event.invoice_id)
    starts_on = TermEnrolment.objects.values_list("term__starts_on", flat=True).get(id=event.term_enrolment_id)
    percent = back_on(now, starts_on)
    kept = invoice.paid_minor - rounded(invoice.paid_minor * percent / WHOLE)
    reason = f"Cancelled on {date_format(event.on, 'Y-m-d')}: {plain(percent)} % of what was paid is given back"
    if kept != invoice.total_minor:
        revise_plan(event.actor, invoice_id=invoice.id, new_total=Money(kept, invoice.currency), reason=reason)
    if not kept:
        cancel_unpaid_invoices(event.actor, [invoice.id], reason=reason)


def close_exams_after_leaving(event: TermEnrolmentWithdrawn) -> None:
    """Who left a running term sits no exam of it. What is owed follows the classes that were left."""
    void_permits(event.actor, term_enrolment_id=event.term_enrolment_id, at=clock.now())
