"""Online payments: started by a customer, completed only by what the provider says."""

from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core.audit.services import record
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Checkout, Payment
from rollbook.shared.billing.selectors import get_invoice
from rollbook.shared.billing.services.landed import FollowUp
from rollbook.shared.billing.services.payments import PaymentTaken, take_payment
from rollbook.shared.billing.services.receipts import MAIN_SERIES, ReceiptSeries


@transaction.atomic
def start_checkout(actor: Actor, *, invoice_id: UUID, amount: Money, provider: str, is_live: bool) -> Checkout:
    """Note that a customer goes to a provider to pay; no money is recorded before the provider says so."""
    invoice = get_invoice(invoice_id)
    if amount.currency != invoice.currency:
        raise errors.CurrencyDiffers(expected=invoice.currency, given=amount.currency)
    if amount.minor <= 0:
        raise errors.AmountOutOfRange
    checkout = Checkout.objects.create(
        invoice_id=invoice.id, amount_minor=amount.minor, currency=amount.currency, provider=provider,
        is_live=is_live, started_by=actor.user_id,
    )  # fmt: skip
    record(actor, "billing.checkout_started", checkout, amount_minor=amount.minor, provider=provider)
    return checkout


@transaction.atomic
def complete_checkout(
    actor: Actor,
    *,
    checkout_id: UUID,
    provider_payment_id: str,
    series: ReceiptSeries = MAIN_SERIES,
    receipt_facts: dict[str, Any] | None = None,
    on_landed: FollowUp | None = None,
) -> PaymentTaken | None:
    """The provider took the money: record it once. None when it was recorded before."""
    checkout = Checkout.objects.select_for_update().get(id=checkout_id)
    if checkout.state == Checkout.State.COMPLETED:
        return None
    taken = take_payment(
        actor,
        # The payment that comes of a checkout carries its id: whoever was told of the one finds the other.
        payment_id=checkout.id,
        invoice_id=checkout.invoice_id,
        amount=Money(checkout.amount_minor, checkout.currency),
        method=Payment.Method.ONLINE_GATEWAY,
        external_reference=provider_payment_id,
        series=series,
        receipt_facts=receipt_facts,
        on_landed=on_landed,
    )
    checkout.state, checkout.payment_id = Checkout.State.COMPLETED, taken.payment_id
    checkout.save(update_fields=["state", "payment"])
    return taken


@transaction.atomic
def end_checkout(actor: Actor, *, checkout_id: UUID, state: str) -> bool:
    """Nothing was paid and nothing will be: FAILED or EXPIRED. False when it had come to its end before.

    Should the provider ever say that it was paid all the same, the payment is recorded.
    """
    if state not in (Checkout.State.FAILED, Checkout.State.EXPIRED):
        raise ValueError(f"A checkout does not end as {state}.")
    checkout = Checkout.objects.select_for_update().get(id=checkout_id)
    if checkout.state != Checkout.State.PENDING:
        return False
    checkout.state = state
    checkout.save(update_fields=["state"])
    record(actor, "billing.checkout_ended", checkout, state=state, provider=checkout.provider)
    return True
