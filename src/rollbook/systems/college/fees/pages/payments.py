"""Payments that stand: the list, one payment with its receipt, and what can be asked for about it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing.models import Payment, Refund, Reversal, Shift
from rollbook.shared.billing.services.reversals import refundable_minor
from rollbook.shared.gateways.services.refunds import was_paid_online
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.forms import RefundForm, ReversalForm
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.pages.papers import usual_paper
from rollbook.systems.college.fees.papers import receipt_title
from rollbook.systems.college.fees.reads import payments as reads
from rollbook.systems.college.fees.reads.counter import PaymentShown
from rollbook.systems.college.fees.services import corrections
from rollbook.systems.college.fees.tables import PaymentTable
from rollbook.systems.college.fees.words import METHOD_ICONS, PAYMENT_STATES
from rollbook.systems.college.forms import ReasonForm


@page(permission=permissions.SEE_ACCOUNTS)
def payments(request: PageRequest) -> HttpResponse:
    """Every payment."""
    table = PaymentTable(request, reads.payments(request.actor).values(*PaymentTable.fields()))
    return table.respond("college/fees/payments.html")


@page(permission=permissions.SEE_ACCOUNTS)
def payment(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """One payment: its receipt to look at and print, and what became of it."""
    shown = reads.get_payment(request.actor, payment_id)
    return render(request, "college/fees/payment.html", _context(request, shown))


def _context(request: PageRequest, shown: PaymentShown) -> dict[str, Any]:
    actor = request.actor
    usual = usual_paper(request)
    paid = shown.payment
    waiting = _waiting(paid)
    is_whole = paid.state == Payment.State.COMPLETED
    may_ask = actor.may(permissions.REQUEST_CORRECTION) and not waiting
    in_open_shift = paid.shift is not None and paid.shift.state == Shift.State.OPEN
    return {
        "shown": shown,
        "title": receipt_title(shown.receipt.created_at),
        "usual_paper": usual,
        "other_paper": "a5" if usual == "80mm" else "80mm",
        "next_copy": shown.receipt.reprints + 1,
        "snapshot": shown.receipt.snapshot,
        "state": PAYMENT_STATES[paid.state],
        "method": paid.get_method_display(),
        "icon": METHOD_ICONS[paid.method],
        "waiting": waiting,
        "reversals": Reversal.objects.filter(payment_id=paid.id),
        "refunds": [(refund, Money(refund.amount_minor, paid.currency)) for refund in _refunds(paid)],
        "may_void": may_ask and is_whole and in_open_shift,
        "may_refund": may_ask and paid.state in (Payment.State.COMPLETED, Payment.State.PARTIALLY_REFUNDED),
        "may_reverse": actor.may(permissions.REVERSE_PAYMENT) and is_whole and not in_open_shift,
    }


def _waiting(paid: Payment) -> ApprovalRequest | None:
    found: ApprovalRequest | None = ApprovalRequest.objects.filter(
        target_id=paid.id, state=ApprovalRequest.State.PROPOSED
    ).first()
    return found


def _refunds(paid: Payment) -> list[Refund]:
    return list(Refund.objects.filter(payment_id=paid.id).order_by("created_at"))


@require_POST
@page(permission=permissions.REQUEST_CORRECTION)
def void(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """Ask a supervisor to void a payment of a shift that is still open."""
    form = ReasonForm.of(request)
    if not form.is_submitted_and_valid():
        return _asked_badly(request, payment_id, form)
    reason = form.cleaned_data["reason"]

    def act() -> dict[str, Any]:
        asked = corrections.request_void(request.actor, payment_id=payment_id, reason=reason)
        return {"request_id": str(asked.id)}

    body = {"payment_id": payment_id, "reason": reason}
    act_once(request, "college.fees.void", body, act, form=form)
    return done(request, "fees:payment", payment_id, message=_("Asked. A supervisor decides about the void."))


def _asked_badly(request: PageRequest, payment_id: UUID, form: ReasonForm) -> HttpResponse:
    shown = reads.get_payment(request.actor, payment_id)
    context = {**_context(request, shown), "form": form}
    return render(request, "college/fees/payment.html", context, status=422)


@page(permission=permissions.REQUEST_CORRECTION)
def refund(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """Ask a supervisor to give part or all of a payment back."""
    shown = reads.get_payment(request.actor, payment_id)
    most = Money(refundable_minor(shown.payment), shown.payment.currency)
    form = RefundForm.of(request, initial={"amount": most}, is_online=was_paid_online(payment_id))
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            asked = corrections.request_refund(
                request.actor, payment_id=payment_id, amount=cleaned["amount"], method=cleaned["method"],
                reason=cleaned["reason"],
            )  # fmt: skip
            return {"request_id": str(asked.id)}

        body = {**cleaned, "amount": cleaned["amount"].to_decimal_string(), "payment_id": payment_id}
        try:
            act_once(request, "college.fees.refund", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:payment", payment_id, message=_("Asked. A supervisor decides about it."))
    context = {"form": form, "shown": shown, "most": most}
    return render(request, "college/fees/refund.html", context, status=form.status)


@page(permission=permissions.REVERSE_PAYMENT)
def reverse_payment(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """Take a bounced or charged-back payment out again, with everything that rested on it."""
    shown = reads.get_payment(request.actor, payment_id)
    form = ReversalForm.of(request)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            undone = corrections.reverse(
                request.actor, payment_id=payment_id, kind=cleaned["kind"], reason=cleaned["reason"]
            )
            return {"payment_id": str(undone.id)}

        try:
            act_once(request, "college.fees.reverse", {**cleaned, "payment_id": payment_id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:payment", payment_id, message=_("The payment is taken out again."))
    return render(request, "college/fees/reverse.html", {"form": form, "shown": shown}, status=form.status)
