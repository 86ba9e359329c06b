"""What a provider's event does to our books. Only the provider completes an online payment, never a browser."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Checkout, Payment, Reversal
from rollbook.shared.billing.services.checkouts import complete_checkout
from rollbook.shared.billing.services.landed import FollowUp
from rollbook.shared.billing.services.receipts import MAIN_SERIES, ReceiptSeries
from rollbook.shared.billing.services.reversals import reverse_payment
from rollbook.shared.gateways import paymongo
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.services import Verdict, process, store

State = WebhookEvent.State


@dataclass(frozen=True, slots=True)
class OnlinePolicy:
    """How a room takes online payments: its receipts, what they say, and what must follow."""

    on_landed: FollowUp
    receipt_facts: Callable[[UUID], dict[str, Any]]
    series: ReceiptSeries = MAIN_SERIES


def receive_paymongo(
    actor: Actor, *, body: bytes, header: str, secret: str, is_live: bool, now: datetime, policy: OnlinePolicy
) -> WebhookEvent:
    """Store a delivery of PayMongo and handle it once. One with a wrong signature is stored and left alone."""
    signed = paymongo.is_signed(header, body, secret=secret, is_live=is_live, now=now)
    event, is_new = store(paymongo.PROVIDER, body, envelope=paymongo.envelope(body), signature_ok=signed)
    if not event.signature_ok or not is_new:
        return event
    return process(actor, event.id, lambda who, what: _handle(who, what, is_live=is_live, policy=policy))


def _handle(actor: Actor, event: WebhookEvent, *, is_live: bool, policy: OnlinePolicy) -> Verdict:
    said = paymongo.payment_of(bytes(event.body))
    if said is None:
        return Verdict(State.IGNORED, "The event speaks of no payment.")
    if said.is_live != is_live:
        return Verdict(State.PARKED, "The event is of the other mode (test or live).")
    if event.kind in paymongo.PAID:
        return _paid(actor, said, policy)
    if event.kind in paymongo.REFUNDED:
        return _refunded(actor, said, policy)
    return Verdict(State.IGNORED, f"Nothing follows from {event.kind or 'an event without a kind'}.")


def _paid(actor: Actor, said: paymongo.ProviderPayment, policy: OnlinePolicy) -> Verdict:
    checkout = _checkout(said.reference)
    if checkout is None:
        return Verdict(State.PARKED, "No checkout of ours has this reference.")
    if (said.amount_minor, said.currency) != (checkout.amount_minor, checkout.currency):
        return Verdict(State.PARKED, "The amount differs from the checkout's; a person must look at it.")
    taken = complete_checkout(
        actor,
        checkout_id=checkout.id,
        provider_payment_id=said.provider_id,
        series=policy.series,
        receipt_facts=policy.receipt_facts(checkout.invoice_id),
        on_landed=policy.on_landed,
    )
    return Verdict(State.PROCESSED, "Recorded." if taken else "It was recorded before.")


def _refunded(actor: Actor, said: paymongo.ProviderPayment, policy: OnlinePolicy) -> Verdict:
    payment = Payment.objects.filter(method=Payment.Method.ONLINE_GATEWAY, external_reference=said.provider_id).first()
    if payment is None:
        return Verdict(State.PARKED, "The payment that was refunded has not arrived yet.")
    if payment.state == Payment.State.REFUNDED:
        return Verdict(State.PROCESSED, "It was recorded before.")
    if said.refunded_minor not in (0, payment.amount_minor):
        return Verdict(State.PARKED, "Only a part was refunded; a person must record it.")
    reverse_payment(
        actor, payment_id=payment.id, kind=Reversal.Kind.PROVIDER_REFUND, reason="Refunded by the payment provider",
        on_landed=policy.on_landed,
    )  # fmt: skip
    return Verdict(State.PROCESSED, "Taken back.")


def _checkout(reference: str) -> Checkout | None:
    try:
        checkout_id = UUID(reference)
    except ValueError:
        return None
    found: Checkout | None = Checkout.objects.filter(id=checkout_id, provider=paymongo.PROVIDER).first()
    return found
