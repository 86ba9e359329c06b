"""Corrections that two people decide: voids, refunds, adjustments; and reversals of bounced money."""

from uuid import UUID

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.errors import Forbidden
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing import errors as billing_errors
from rollbook.shared.billing.models import Adjustment, Invoice, Payment, Refund, Reversal
from rollbook.shared.billing.services.reversals import (
    LEAST_REASON,
    refund_payment,
    refundable_minor,
    reverse_payment,
    void_payment,
)  # fmt: skip
from rollbook.shared.billing.services.revisions import adjust
from rollbook.shared.gateways.jobs import send_refunds_soon
from rollbook.shared.gateways.services.refunds import queue_refund, was_paid_online
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import NotPaidOnline
from rollbook.systems.college.fees.services.covering import cover_invoice
from rollbook.systems.college.fees.services.following import follow

VOID = "college.fees.void"
REFUND = "college.fees.refund"
ADJUSTMENT = "college.fees.adjustment"


def _visible_payment(payment_id: UUID) -> Payment:
    payment: Payment | None = Payment.objects.filter(id=payment_id).first()
    if payment is None:
        raise billing_errors.PaymentNotFound
    return payment


def _long_enough(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise billing_errors.ReasonTooShort(least=LEAST_REASON)
    return reason.strip()


def request_void(actor: Actor, *, payment_id: UUID, reason: str) -> ApprovalRequest:
    """Ask a supervisor to void a payment of a shift that is still open."""
    actor.require(permissions.REQUEST_CORRECTION)
    payment = _visible_payment(payment_id)
    if payment.state != Payment.State.COMPLETED:
        raise billing_errors.AlreadyVoided(state=payment.get_state_display().lower())
    payload = {"amount_minor": payment.amount_minor, "currency": payment.currency}
    return propose(actor, kind=VOID, target=payment, reason=_long_enough(reason), payload=payload)


def request_refund(
    actor: Actor, *, payment_id: UUID, amount: Money, method: str, reason: str, provider_refund_id: str = ""
) -> ApprovalRequest:
    """Ask a supervisor to give part or all of a payment back.

    With `provider_refund_id` the provider has given it back already, and only the books follow.
    """
    actor.require(permissions.REQUEST_CORRECTION)
    payment = _visible_payment(payment_id)
    most = refundable_minor(payment)
    if not 0 < amount.minor <= most:
        raise billing_errors.RefundTooLarge(refundable=str(Money(most, payment.currency)))
    if method == Payment.Method.ONLINE_GATEWAY and not was_paid_online(payment.id):
        raise NotPaidOnline
    payload = {"amount_minor": amount.minor, "currency": amount.currency, "method": method}
    if provider_refund_id:
        payload["provider_refund_id"] = provider_refund_id
    return propose(actor, kind=REFUND, target=payment, reason=_long_enough(reason), payload=payload)


def request_adjustment(
    actor: Actor, *, invoice_id: UUID, kind: str, amount: Money, justification: str
) -> ApprovalRequest:
    """Ask a supervisor to reduce or increase what a student owes."""
    actor.require(permissions.REQUEST_CORRECTION)
    invoice = Invoice.objects.filter(id=invoice_id).first()
    if invoice is None:
        raise billing_errors.InvoiceNotFound
    if amount.minor <= 0:
        raise billing_errors.AmountOutOfRange
    payload = {"amount_minor": amount.minor, "currency": amount.currency, "adjustment": kind}
    return propose(actor, kind=ADJUSTMENT, target=invoice, reason=_long_enough(justification), payload=payload)


def reverse(actor: Actor, *, payment_id: UUID, kind: str, reason: str) -> Payment:
    """A cheque bounced or a card was charged back: take the money out again, and what rested on it."""
    actor.require(permissions.REVERSE_PAYMENT)
    if kind not in (Reversal.Kind.BOUNCED, Reversal.Kind.CHARGEBACK):
        raise billing_errors.InvalidState(state=kind.lower(), act="reversing it so")
    return reverse_payment(
        actor, payment_id=payment_id, kind=kind, reason=_long_enough(reason), on_landed=follow(actor)
    )


def _proposer(request: ApprovalRequest) -> UUID:
    """Who asked. Money is never corrected because a job asked for it."""
    if request.proposed_by_id is None:
        raise Forbidden
    return request.proposed_by_id


def carry_out_void(actor: Actor, request: ApprovalRequest) -> Payment:
    """Void what was asked for; called by the approvals room, in its transaction."""
    return void_payment(
        actor, payment_id=request.target_id, requested_by=_proposer(request), reason=request.reason,
        on_landed=follow(actor),
    )  # fmt: skip


def carry_out_refund(actor: Actor, request: ApprovalRequest) -> Refund:
    """Give back what was asked for. What was paid online goes back through the provider, by job."""
    method = request.payload["method"]
    refund = refund_payment(
        actor, payment_id=request.target_id, requested_by=_proposer(request), reason=request.reason,
        amount=Money(request.payload["amount_minor"], request.payload["currency"]), method=method,
        on_landed=follow(actor),
    )  # fmt: skip
    if method == Payment.Method.ONLINE_GATEWAY:
        given_back_as = request.payload.get("provider_refund_id", "")
        if queue_refund(actor, refund=refund, provider_refund_id=given_back_as) and not given_back_as:
            send_refunds_soon(actor.organisation_id)
    return refund


def carry_out_adjustment(actor: Actor, request: ApprovalRequest) -> Adjustment:
    """Change what is owed as asked for."""
    adjustment = adjust(
        actor, invoice_id=request.target_id, kind=request.payload["adjustment"],
        amount=Money(request.payload["amount_minor"], request.payload["currency"]), justification=request.reason,
        requested_by=_proposer(request), on_landed=follow(actor),
    )  # fmt: skip
    cover_invoice(actor, request.target_id)
    return adjustment
