"""PayMongo (Philippines): signatures and events of its webhooks.

Source: PayMongo's webhook documentation; the header is `Paymongo-Signature: t=<unix>,te=<hex>,li=<hex>` and
signs `t + "." + raw body` with HMAC-SHA256 and the webhook's secret: `te` in test mode, `li` in live mode.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rollbook.shared.webhooks.services import Envelope

PROVIDER = "paymongo"
#: A signature older or newer than this is refused, so that a recorded delivery cannot be played again.
TOLERANCE = timedelta(minutes=5)

PAID = frozenset({"payment.paid", "checkout_session.payment.paid"})
REFUNDED = frozenset({"payment.refunded", "payment.refund.updated"})
FAILED = frozenset({"payment.failed"})


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """What an event says of a payment. `reference` is ours: the id of the checkout."""

    provider_id: str
    reference: str
    amount_minor: int
    refunded_minor: int
    currency: str
    is_live: bool


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over the timestamp, a full stop and the raw body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(header: str, body: bytes, *, secret: str, is_live: bool, now: datetime) -> bool:
    """Whether a delivery comes from PayMongo and is fresh. Compares in constant time."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    timestamp = parts.get("t", "")
    given = parts.get("li" if is_live else "te", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12) or not given.isascii():
        return False
    fits = hmac.compare_digest(signature(secret, timestamp, body), given)
    age = abs(now.timestamp() - int(timestamp))
    return fits and age <= TOLERANCE.total_seconds()


def envelope(body: bytes) -> Envelope | None:
    """The id, kind and payment of an event; None when it cannot be read."""
    event = _event(body)
    if event is None:
        return None
    payment = _payment(event)
    subject = str(payment.get("id", "")) if payment else ""
    return Envelope(str(event["id"]), str(event["attributes"].get("type", "")), subject)


def payment_of(body: bytes) -> ProviderPayment | None:
    """The payment that an event speaks of."""
    event = _event(body)
    payment = _payment(event) if event else None
    if event is None or payment is None:
        return None
    attributes = payment.get("attributes", {})
    reference = attributes.get("metadata", {}).get("reference") or attributes.get("external_reference_number") or ""
    refunds = attributes.get("refunds") or []
    return ProviderPayment(
        provider_id=str(payment["id"]),
        reference=str(reference),
        amount_minor=int(attributes.get("amount", 0)),
        refunded_minor=sum(int(refund.get("attributes", {}).get("amount", 0)) for refund in refunds),
        currency=str(attributes.get("currency", "")),
        is_live=bool(event["attributes"].get("livemode", False)),
    )


def _event(body: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(body)["data"]
        return event if isinstance(event["attributes"], dict) and event["id"] else None
    except (ValueError, KeyError, TypeError):
        return None


def _payment(event: dict[str, Any]) -> dict[str, Any] | None:
    """The payment in an event: the event's own data, or the first payment of a checkout session."""
    data = event["attributes"].get("data") or {}
    payments = data.get("attributes", {}).get("payments") if data.get("type") == "checkout_session" else None
    found = payments[0] if payments else data
    return found if found.get("id") else None
