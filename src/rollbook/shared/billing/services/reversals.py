"""Undoing a payment: void at the counter, reversal later, refund. Nothing is edited, everything is appended (R36)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import (
    Account,
    Allocation,
    CreditEntry,
    Invoice,
    Payment,
    Receipt,
    Refund,
    Reversal,
    Shift,
    ShiftMovement,
)  # fmt: skip
from rollbook.shared.billing.services.books import MONEY_ACCOUNTS, moved_entry
from rollbook.shared.billing.services.invoices import lock_account
from rollbook.shared.billing.services.landed import FollowUp, Landed
from rollbook.shared.billing.services.settlement import load_plan, resettle
from rollbook.shared.ledger.services import post_entries

LEAST_REASON = 10
#: What each way of undoing a payment makes of it.
UNDONE = {
    Reversal.Kind.VOID: Payment.State.VOIDED,
    Reversal.Kind.BOUNCED: Payment.State.REVERSED,
    Reversal.Kind.CHARGEBACK: Payment.State.REVERSED,
    Reversal.Kind.PROVIDER_REFUND: Payment.State.REFUNDED,
}


@transaction.atomic
def void_payment(
    actor: Actor, *, payment_id: UUID, requested_by: UUID, reason: str, on_landed: FollowUp | None = None
) -> Payment:
    """Take a payment of a shift that is still open out again; the receipt keeps its number as VOIDED.

    `actor` approves what `requested_by` asked for; the database refuses one person being both.
    """
    account, payment = lock_payment(payment_id)
    _must_allow(payment, Payment.State.VOIDED)
    if payment.shift_id is None:
        raise errors.NotSameShift
    shift = Shift.objects.select_for_update().filter(id=payment.shift_id).first()
    if shift is None or shift.state != Shift.State.OPEN:
        raise errors.NotSameShift
    now = clock.now()
    _undo_whole(actor, account, payment, Reversal.Kind.VOID, requested_by, reason, now, on_landed)
    if payment.method == Payment.Method.CASH:
        ShiftMovement.objects.create(
            shift_id=shift.id, kind=ShiftMovement.Kind.VOID, amount_minor=-payment.amount_minor,
            payment_id=payment.id, recorded_by=actor.user_id, created_at=now,
        )  # fmt: skip
    Receipt.objects.filter(payment_id=payment.id).update(state=Receipt.State.VOIDED)
    return payment


@transaction.atomic
def reverse_payment(
    actor: Actor, *, payment_id: UUID, kind: str, reason: str, on_landed: FollowUp | None = None
) -> Payment:
    """A cheque bounced, a card was charged back, a provider gave the money back: it is gone, whole."""
    account, payment = lock_payment(payment_id)
    _must_allow(payment, UNDONE[Reversal.Kind(kind)])
    _undo_whole(actor, account, payment, kind, actor.user_id, reason, clock.now(), on_landed)
    return payment


@transaction.atomic
def refund_payment(
    actor: Actor,
    *,
    payment_id: UUID,
    amount: Money,
    method: str,
    requested_by: UUID,
    reason: str,
    on_landed: FollowUp | None = None,
) -> Refund:
    """Give part or all of a payment back, at most what is refundable; decided by two people."""
    account, payment = lock_payment(payment_id)
    _must_allow(payment, Payment.State.REFUNDED)
    most = refundable_minor(payment)
    if not 0 < amount.minor <= most:
        raise errors.RefundTooLarge(refundable=str(Money(most, payment.currency)))
    now = clock.now()
    refund = Refund.objects.create(
        payment_id=payment.id, amount_minor=amount.minor, method=method, reason=reason,
        requested_by=requested_by, approved_by=actor.acting_user_id(), created_at=now,
    )  # fmt: skip
    whole = payment.returned_minor + amount.minor == payment.amount_minor
    state = Payment.State.REFUNDED if whole else Payment.State.PARTIALLY_REFUNDED
    _take_back(account, payment, amount.minor, state, refund.id, "billing.refund", method, now, on_landed)
    shift = Shift.objects.filter(cashier_id=requested_by, state=Shift.State.OPEN).first()
    if method == Payment.Method.CASH:
        if shift is None:
            raise errors.NoOpenShift
        ShiftMovement.objects.create(
            shift_id=shift.id, kind=ShiftMovement.Kind.REFUND, amount_minor=-amount.minor,
            payment_id=payment.id, recorded_by=actor.user_id, created_at=now,
        )  # fmt: skip
    record(actor, "billing.payment_refunded", payment, reason=reason, amount_minor=amount.minor)
    return refund


def refundable_minor(payment: Payment) -> int:
    """Amount − returned − credit of it that was used elsewhere (R36)."""
    used_elsewhere = (
        Allocation.objects.filter(payment_id=payment.id)
        .exclude(instalment__invoice_id=payment.invoice_id)
        .aggregate(minor=Sum("amount_minor"))["minor"]
        or 0
    )
    return payment.amount_minor - payment.returned_minor - used_elsewhere


def lock_payment(payment_id: UUID) -> tuple[Account, Payment]:
    """Lock the account a payment belongs to, then read the payment as it is now."""
    account_id = Payment.objects.filter(id=payment_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise errors.PaymentNotFound
    account = lock_account(account_id)
    return account, Payment.objects.get(id=payment_id)


def _must_allow(payment: Payment, wanted: str) -> None:
    if wanted not in Payment.TRANSITIONS.get(payment.state, frozenset()):
        raise errors.AlreadyVoided(state=payment.get_state_display().lower())


def _undo_whole(
    actor: Actor, account: Account, payment: Payment, kind: str, requested_by: UUID | None, reason: str, now: datetime,
    on_landed: FollowUp | None,
) -> None:  # fmt: skip
    if len(reason.strip()) < LEAST_REASON:
        raise errors.ReasonTooShort(least=LEAST_REASON)
    minor = payment.amount_minor - payment.returned_minor
    reversal = Reversal.objects.create(
        payment_id=payment.id, kind=kind, amount_minor=minor, reason=reason.strip(),
        requested_by=requested_by, approved_by=actor.user_id, created_at=now,
    )  # fmt: skip
    _take_back(
        account,
        payment,
        minor,
        UNDONE[Reversal.Kind(kind)],
        reversal.id,
        "billing.reversal",
        payment.method,
        now,
        on_landed,
    )
    record(actor, "billing.payment_undone", payment, reason=reason, kind=kind, amount_minor=minor)


def _take_back(
    account: Account, payment: Payment, minor: int, state: str, source_id: UUID, entry_kind: str, method: str,
    now: datetime, on_landed: FollowUp | None,
) -> None:  # fmt: skip
    """Take `minor` of a payment out of every plan it reached, the newest plan first, and follow up on each."""
    credit_change, left = 0, minor
    is_whole = payment.returned_minor + minor == payment.amount_minor
    landed_all: list[Landed] = []
    for invoice in _reached_invoices(payment):
        plan = load_plan(invoice)
        here = sum(holding.minor for holding in plan.holdings if holding.payment_id == payment.id)
        # A refund never reaches into another plan; only a whole undoing withdraws credit that was used there.
        elsewhere = min(here, left) if is_whole else 0
        part = left if invoice.id == payment.invoice_id else elsewhere
        if part:
            landed = resettle(account, plan, now=now, returned={payment.id: part}, payment_id=payment.id)
            credit_change += landed.credit_minor
            left -= part
            landed_all.append(landed)
    payment.returned_minor += minor
    payment.state = state
    payment.save(update_fields=["returned_minor", "state"])
    entry = moved_entry(
        source_id, kind=entry_kind, currency=payment.currency, on=organisation_in_scope().local_date(now),
        money_account=MONEY_ACCOUNTS[method], returned=minor, credit_change=credit_change,
    )  # fmt: skip
    post_entries([entry], at=now)
    if on_landed:
        for landed in landed_all:
            on_landed(landed)


def _reached_invoices(payment: Payment) -> Sequence[Invoice]:
    """Every invoice the payment has money in: later ones first, its own last."""
    reached = (
        Allocation.objects.filter(payment_id=payment.id)
        .values("instalment__invoice_id")
        .annotate(minor=Sum("amount_minor"))
        .filter(minor__gt=0)
        .values_list("instalment__invoice_id", flat=True)
    )
    return list(
        Invoice.objects.filter(Q(id__in=list(reached)) | Q(id=payment.invoice_id))
        .annotate(is_own=Q(id=payment.invoice_id))
        .order_by("is_own", F("opened_on").desc(), "-id")
    )


def credit_of(payment_id: UUID) -> int:
    """What is left of a payment as unspent credit."""
    return CreditEntry.objects.filter(payment_id=payment_id).aggregate(minor=Sum("amount_minor"))["minor"] or 0
