"""Stripe: its checkouts, refunds, signatures and events.

Sources: Stripe's API reference. Bearer secret key; requests as forms with brackets, answers as JSON; an
`Idempotency-Key` makes a repeated POST answer what the first did. `Stripe-Signature: t=<unix>,v1=<hex>[,v1=…]`
signs `t + "." + raw body`; the tolerance is 300 seconds. Events come more than once and in any order.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from rollbook.shared.gateways.http import Door
from rollbook.shared.gateways.outcomes import OutcomeUnknown
from rollbook.shared.gateways.port import (
    Access,
    CheckoutMade,
    CheckoutOrder,
    CheckoutSeen,
    Effect,
    Event,
    PaymentSeen,
    RefundOrder,
    RefundSeen,
    Status,
)

PROVIDER = "stripe"
SIGNATURE_HEADER = "Stripe-Signature"
TOLERANCE = timedelta(seconds=300)

_EFFECTS = {
    "checkout.session.completed": Effect.PAID,
    "checkout.session.async_payment_succeeded": Effect.PAID,
    "checkout.session.async_payment_failed": Effect.FAILED,
    "checkout.session.expired": Effect.EXPIRED,
    "charge.refunded": Effect.REFUNDED,
    "refund.created": Effect.REFUNDED,
    "refund.updated": Effect.REFUNDED,
    "refund.failed": Effect.REFUNDED,
}
_REFUND_STATUS = {"succeeded": Status.SUCCEEDED, "failed": Status.FAILED, "canceled": Status.FAILED}

Resource = Mapping[str, Any]


class Stripe:
    """The provider behind the port."""

    name = PROVIDER
    label = "Stripe"
    recognises_repeats = True

    def create_checkout(self, access: Access, order: CheckoutOrder) -> CheckoutMade:
        price = "line_items[0][price_data]"
        form = {
            "mode": "payment",
            f"{price}[currency]": order.amount.currency.lower(),
            f"{price}[unit_amount]": str(order.amount.minor),
            f"{price}[product_data][name]": order.description,
            "line_items[0][quantity]": "1",
            "client_reference_id": order.reference,
            "metadata[reference]": order.reference,
            "payment_intent_data[metadata][reference]": order.reference,
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "expires_at": str(int(order.expires_at.timestamp())),
        }
        made = _door(access).post("/checkout/sessions", form=form, repeat_key=f"checkout-{order.reference}")
        return CheckoutMade(_id(made), str(made.get("url") or ""), _reference_to(made.get("payment_intent")))

    def fetch_checkout(self, access: Access, provider_id: str) -> CheckoutSeen:
        told = _door(access).get(f"/checkout/sessions/{provider_id}")
        if told.get("payment_status") == "paid":
            return CheckoutSeen(Status.PAID, _session(told, is_live=bool(told.get("livemode"))))
        return CheckoutSeen(Status.EXPIRED if told.get("status") == "expired" else Status.OPEN)

    def expire_checkout(self, access: Access, provider_id: str) -> None:
        _door(access).post(f"/checkout/sessions/{provider_id}/expire", repeat_key=f"expire-{provider_id}")

    def refund(self, access: Access, order: RefundOrder) -> RefundSeen:
        form = {
            "payment_intent": order.payment_id,
            "amount": str(order.amount.minor),
            "reason": "requested_by_customer",
            "metadata[refund]": order.own_id,
        }
        return _refund(_door(access).post("/refunds", form=form, repeat_key=f"refund-{order.own_id}"))

    def refunds_of(self, access: Access, payment_id: str) -> Sequence[RefundSeen]:
        found = _door(access).get("/refunds", {"payment_intent": payment_id, "limit": "100"})
        return [_refund(one) for one in found.get("data") or []]

    def signature_fault(
        self, headers: Mapping[str, str], body: bytes, *, secret: str, is_live: bool, now: datetime
    ) -> str:
        return signature_fault(headers.get(SIGNATURE_HEADER, ""), body, secret=secret, now=now)

    def read_event(self, body: bytes) -> Event | None:
        return read_event(body)

    def key_fault(self, secret_key: str, *, is_live: bool) -> str:
        mode = "live" if is_live else "test"
        fits = secret_key.startswith((f"sk_{mode}_", f"rk_{mode}_"))
        return (
            ""
            if fits
            else _("Stripe's secret key of this mode begins with sk_%(mode)s_ or rk_%(mode)s_.") % {"mode": mode}
        )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over the timestamp, a full stop and the raw body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signature_fault(header: str, body: bytes, *, secret: str, now: datetime) -> str:
    """Why a delivery is not to be believed. While a secret is rolled there are several v1; one must fit."""
    pairs = [part.strip().split("=", 1) for part in header.split(",") if "=" in part]
    timestamp = next((value for name, value in pairs if name == "t"), "")
    given = [value for name, value in pairs if name == "v1" and value.isascii()]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12) or not given:
        return "The signature cannot be read."
    expected = signature(secret, timestamp, body)
    if not any(hmac.compare_digest(expected, one) for one in given):
        return "The signature does not fit."
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return "The signature is stale."
    return ""


def read_event(body: bytes) -> Event | None:
    """What a delivery says; None when it cannot be read."""
    try:
        event = json.loads(body)
        if event["object"] != "event":
            return None
        kind, is_live = str(event["type"]), bool(event["livemode"])
        told = event["data"]["object"]
        effect = _EFFECTS.get(kind, Effect.NONE)
        payment = _payment_in(told, is_live)
        if kind == "checkout.session.completed" and told.get("payment_status") != "paid":
            # A bank transfer on its way; `async_payment_succeeded` follows when it has arrived.
            effect = Effect.NONE
        return Event(str(event["id"]), kind, effect, is_live, payment, payment.provider_id if payment else "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _payment_in(told: Resource, is_live: bool) -> PaymentSeen | None:
    match told.get("object"):
        case "checkout.session":
            return _session(told, is_live=is_live)
        case "charge":
            return _charge(told, is_live=is_live)
        case "refund":
            seen = _refund(told)
            return _seen(
                _reference_to(told.get("payment_intent")), told, is_live=is_live, amount=0, reference="",
                refunded=seen.amount_minor if seen.status == Status.SUCCEEDED else 0, refunds=(seen,),
            )  # fmt: skip
    return None


def _session(told: Resource, *, is_live: bool) -> PaymentSeen:
    reference = told.get("client_reference_id") or (told.get("metadata") or {}).get("reference") or ""
    intent = _reference_to(told.get("payment_intent"))
    status = Status.PAID if told.get("payment_status") == "paid" else Status.PENDING
    return _seen(
        intent, told, is_live=is_live, amount=_whole(told.get("amount_total")), reference=str(reference), status=status
    )


def _charge(told: Resource, *, is_live: bool) -> PaymentSeen:
    # A charge lists its refunds only up to API version 2022-11-15; later each comes with an event of its own.
    refunds = tuple(_refund(one) for one in (told.get("refunds") or {}).get("data") or [])
    reference = str((told.get("metadata") or {}).get("reference") or "")
    return _seen(
        _reference_to(told.get("payment_intent")), told, is_live=is_live, amount=_whole(told.get("amount")),
        reference=reference, refunded=_whole(told.get("amount_refunded", 0)), refunds=refunds,
    )  # fmt: skip


def _seen(
    intent: str, told: Resource, *, is_live: bool, amount: int, reference: str, status: Status = Status.PAID,
    refunded: int = 0, refunds: tuple[RefundSeen, ...] = (),
) -> PaymentSeen:  # fmt: skip
    return PaymentSeen(
        provider_id=intent, reference=reference, intent_id=intent, amount_minor=amount,
        currency=str(told.get("currency", "")).upper(), is_live=bool(told.get("livemode", is_live)) and is_live,
        status=status, refunded_minor=refunded, refunds=refunds,
    )  # fmt: skip


def _refund(told: Resource) -> RefundSeen:
    own = str((told.get("metadata") or {}).get("refund") or "")
    status = _REFUND_STATUS.get(str(told.get("status", "")), Status.PENDING)
    return RefundSeen(_id(told), _whole(told.get("amount")), status, own)


def _id(told: Resource) -> str:
    if not told.get("id"):
        raise OutcomeUnknown("unreadable")
    return str(told["id"])


def _reference_to(value: Any) -> str:
    """An id, whether the resource was expanded in its place or not."""
    return str(value.get("id") or "") if isinstance(value, dict) else str(value or "")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("an amount is a whole number of the smallest unit")
    return value


def _door(access: Access) -> Door:
    return Door(settings.GATEWAY_URLS[PROVIDER], headers={"Authorization": f"Bearer {access.secret_key}"})
