"""Taking money: one payment, where it lands, its receipt, its entry in the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F

from rollbook.core import clock, ids
from rollbook.core.audit.services import audit_parameters
from rollbook.core.db.arrays import array_of
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors, sql
from rollbook.shared.billing.models import Instalment, Payment
from rollbook.shared.billing.rules import InstalmentState, Landing, settled_through
from rollbook.shared.billing.services.books import MONEY_ACCOUNTS
from rollbook.shared.billing.services.landed import FollowUp, Landed
from rollbook.shared.billing.services.notes import keep_notes
from rollbook.shared.billing.services.receipts import MAIN_SERIES, IssuedReceipt, ReceiptSeries, issue_receipt
from rollbook.shared.ledger import chart

SMALLEST_MINOR = 1
LARGEST_MINOR = 999_999_999
#: Methods that pass over the counter and therefore belong to a shift.
COUNTER_METHODS = frozenset({Payment.Method.CASH, Payment.Method.CHECK, Payment.Method.CARD})
#: Instalments that one invoice may have; ids for their allocations are made beforehand.
MOST_INSTALMENTS = 36


#: How far a caller's clock may run ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken:
    """A recorded payment with everything a receipt screen shows."""

    payment_id: UUID
    method: str
    landed: Landed
    receipt: IssuedReceipt
    followed: dict[str, Any]

    @property
    def receipt_number(self) -> str:
        """The number of its receipt; asked for within the transaction it is given now instead of with COMMIT."""
        return self.receipt.number.text


def take_payment(
    actor: Actor,
    *,
    invoice_id: UUID,
    amount: Money,
    method: str,
    external_reference: str = "",
    received_at: datetime | None = None,
    target_number: int | None = None,
    at_counter: bool = False,
    note: str = "",
    series: ReceiptSeries = MAIN_SERIES,
    receipt_facts: dict[str, Any] | None = None,
    on_landed: FollowUp | None = None,
    payment_id: UUID | None = None,
) -> PaymentTaken:
    """Take money against one invoice; it fills the instalments in order and leaves the rest as credit.

    Runs in the transaction of the tenant scope, without a savepoint of its own: every refusal comes before the
    first write. Only two people using one new reference at the same moment meet later, at its unique index.
    The caller asks for the permission of its own room. `receipt_facts` are frozen on the receipt.
    """
    _check_amount(amount)
    reference = _checked_reference(method, external_reference)
    now = clock.now()
    received_at = _checked_moment(received_at, now)
    account_id, shift_id = _lock(
        actor,
        invoice_id=invoice_id,
        amount=amount,
        method=method,
        reference=reference,
        needs_shift=at_counter and method in COUNTER_METHODS,
    )
    if target_number is not None:
        _must_be_next(invoice_id, target_number)
    payment_id = payment_id or ids.new_id()
    landed = _land(
        actor,
        payment_id=payment_id,
        account_id=account_id,
        invoice_id=invoice_id,
        amount=amount,
        method=method,
        reference=reference,
        received_at=received_at,
        now=now,
        shift_id=shift_id,
        note=note,
    )
    keep_notes(landed)
    followed = on_landed(landed) if on_landed else {}
    receipt = issue_receipt(landed, amount=amount, method=method, series=series, facts=receipt_facts or {}, now=now)
    return PaymentTaken(
        payment_id=payment_id,
        method=method,
        landed=landed,
        receipt=receipt,
        followed=followed,
    )


def _check_amount(amount: Money) -> None:
    if not SMALLEST_MINOR <= amount.minor <= LARGEST_MINOR:
        raise errors.AmountOutOfRange


def _checked_moment(received_at: datetime | None, now: datetime) -> datetime:
    """When the money came in. A caller's clock may run a little ahead; what is paid tomorrow is not paid."""
    if received_at is None:
        return now
    if received_at > now + CLOCKS_DIFFER:
        raise errors.ReceivedLater
    return min(received_at, now)


def _checked_reference(method: str, external_reference: str) -> str:
    reference = external_reference.strip()
    if not reference and method != Payment.Method.CASH:
        raise errors.ReferenceNeeded
    return reference


def _lock(
    actor: Actor, *, invoice_id: UUID, amount: Money, method: str, reference: str, needs_shift: bool
) -> tuple[UUID, UUID | None]:
    """Lock the customer's account, then ask whether the invoice may take this money."""
    with prepared_cursor() as cursor:
        cursor.execute(
            sql.LOCK_FOR_PAYMENT,
            {
                "organisation": actor.organisation_id,
                "invoice": invoice_id,
                "cashier": actor.user_id,
                "method": method,
                "reference": reference,
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise errors.InvoiceNotFound
    account_id, state, currency, shift_id, used_by = row
    if state != "OPEN":
        raise errors.InvoiceClosed(state=state.lower())
    if currency != amount.currency:
        raise errors.CurrencyDiffers(expected=currency, given=amount.currency)
    if needs_shift and shift_id is None:
        raise errors.NoOpenShift
    if used_by is not None:
        raise errors.DuplicateReference(reference=reference, method=method, payment_id=used_by)
    return account_id, shift_id if needs_shift else None


def _must_be_next(invoice_id: UUID, target_number: int) -> None:
    """Money always fills the first open instalment; whoever names another one is told which it is (R33)."""
    rows = Instalment.objects.filter(invoice_id=invoice_id, paid_minor__lt=F("due_minor")).order_by("number")
    expected = rows.values_list("number", flat=True).first()
    if target_number != expected:
        raise errors.MonthNotSequential(target=target_number, first_open=expected)


def _land(
    actor: Actor,
    *,
    payment_id: UUID,
    account_id: UUID,
    invoice_id: UUID,
    amount: Money,
    method: str,
    reference: str,
    received_at: datetime,
    now: datetime,
    shift_id: UUID | None,
    note: str,
) -> Landed:
    parameters: dict[str, Any] = {
        "organisation": actor.organisation_id,
        "invoice": invoice_id,
        "account": account_id,
        "payment": payment_id,
        "amount": amount.minor,
        "currency": amount.currency,
        "method": method,
        "reference": reference,
        "received_at": received_at,
        "received_on": organisation_in_scope().local_date(received_at),
        "recorded_by": actor.user_id,
        "shift": shift_id,
        "note": note,
        "at": now,
        "ids": array_of(ids.new_id_texts(MOST_INSTALMENTS)),
        "credit_id": ids.new_id(),
        "today": organisation_in_scope().local_date(now),
        "entry": ids.new_id(),
        "posting_1": ids.new_id(),
        "posting_2": ids.new_id(),
        "posting_3": ids.new_id(),
        "money_account": MONEY_ACCOUNTS[method],
        "receivable": chart.RECEIVABLE,
        "customer_credit": chart.CUSTOMER_CREDIT,
        **audit_parameters(
            actor,
            "billing.payment_recorded",
            ("billing.payment", payment_id),
            amount_minor=amount.minor,
            currency=amount.currency,
            method=method,
        ),
    }
    try:
        with prepared_cursor() as cursor:
            cursor.execute(sql.TAKE_PAYMENT, parameters)
            rows = cursor.fetchall()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise errors.DuplicateReference(reference=reference, method=method) from error
        raise
    return _landed(rows, payment_id=payment_id, account_id=account_id, invoice_id=invoice_id, amount=amount, now=now)


def _landed(
    rows: Sequence[tuple[Any, ...]],
    *,
    payment_id: UUID,
    account_id: UUID,
    invoice_id: UUID,
    amount: Money,
    now: datetime,
) -> Landed:
    """What the statement answers of each instalment after it, as those who follow a payment read it."""
    instalments = [InstalmentState(number, due, paid, due_on, cover) for number, due, paid, due_on, cover, _ in rows]
    landings = [Landing(number, minor) for number, _, _, _, _, minor in rows if minor]
    before = [
        InstalmentState(number, due, paid - minor, due_on, cover) for number, due, paid, due_on, cover, minor in rows
    ]
    return Landed(
        invoice_id=invoice_id,
        account_id=account_id,
        payment_id=payment_id,
        at=now,
        instalments=instalments,
        settled_before=settled_through(before),
        landings=landings,
        credit_minor=amount.minor - sum(landing.minor for landing in landings),
    )
