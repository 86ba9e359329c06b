"""PayMongo (Philippines): its checkouts, refunds, signatures and events.

Sources: PayMongo's API reference and webhook documentation. HTTP Basic with the secret key as user and no
password; resources as `{"data": {"id", "type", "attributes"}}`; amounts in centavos. The signature header is
`Paymongo-Signature: t=<unix>,te=<hex>,li=<hex>` over `t + "." + raw body`: `te` in test mode, `li` in live mode.
A payment's own event does not always carry our reference: the intent that its checkout was made with does.
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

PROVIDER = "paymongo"
SIGNATURE_HEADER = "Paymongo-Signature"
#: A signature older or newer than this is refused, so that a recorded delivery cannot be played again.
TOLERANCE = timedelta(minutes=5)
METHODS = ("gcash", "paymaya", "grab_pay", "card", "dob", "qrph")
LONGEST_NOTES = 255

_EFFECTS = {
    "payment.paid": Effect.PAID,
    "checkout_session.payment.paid": Effect.PAID,
    "payment.failed": Effect.FAILED,
    "payment.refunded": Effect.REFUNDED,
    "payment.refund.updated": Effect.REFUNDED,
}
_PAYMENT_STATUS = {"paid": Status.PAID, "failed": Status.FAILED, "pending": Status.PENDING}
_REFUND_STATUS = {"succeeded": Status.SUCCEEDED, "failed": Status.FAILED}

Resource = Mapping[str, Any]


class PayMongo:
    """The provider behind the port."""

    name = PROVIDER
    label = "PayMongo"
    recognises_repeats = False

    def create_checkout(self, access: Access, order: CheckoutOrder) -> CheckoutMade:
        item = {"name": order.description, "amount": order.amount.minor, "currency": order.amount.currency}
        attributes = {
            "line_items": [{**item, "quantity": 1}],
            "payment_method_types": list(METHODS),
            "reference_number": order.reference,
            "description": order.description,
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "send_email_receipt": False,
            "metadata": {"reference": order.reference},
        }
        made = _data(_door(access).post("/checkout_sessions", json={"data": {"attributes": attributes}}))
        told = made["attributes"]
        return CheckoutMade(str(made["id"]), str(told.get("checkout_url") or ""), _intent_of(told))

    def fetch_checkout(self, access: Access, provider_id: str) -> CheckoutSeen:
        session = _data(_door(access).get(f"/checkout_sessions/{provider_id}"))
        told = session["attributes"]
        paid = [one for one in told.get("payments") or [] if one["attributes"].get("status") == "paid"]
        if paid:
            return CheckoutSeen(Status.PAID, _payment(paid[0], is_live=bool(told.get("livemode")), session=told))
        return CheckoutSeen(Status.EXPIRED if told.get("status") == "expired" else Status.OPEN)

    def expire_checkout(self, access: Access, provider_id: str) -> None:
        _door(access).post(f"/checkout_sessions/{provider_id}/expire")

    def refund(self, access: Access, order: RefundOrder) -> RefundSeen:
        attributes = {
            "amount": order.amount.minor,
            "payment_id": order.payment_id,
            "reason": "requested_by_customer",
            "notes": f"{order.own_id} {order.notes}".strip()[:LONGEST_NOTES],
            "metadata": {"refund": order.own_id},
        }
        return _refund(_data(_door(access).post("/refunds", json={"data": {"attributes": attributes}})))

    def refunds_of(self, access: Access, payment_id: str) -> Sequence[RefundSeen]:
        payment = _data(_door(access).get(f"/payments/{payment_id}"))
        return [_refund(one) for one in payment["attributes"].get("refunds") or []]

    def signature_fault(
        self, headers: Mapping[str, str], body: bytes, *, secret: str, is_live: bool, now: datetime
    ) -> str:
        return signature_fault(headers.get(SIGNATURE_HEADER, ""), body, secret=secret, is_live=is_live, now=now)

    def read_event(self, body: bytes) -> Event | None:
        return read_event(body)

    def key_fault(self, secret_key: str, *, is_live: bool) -> str:
        wanted = "sk_live_" if is_live else "sk_test_"
        return (
            ""
            if secret_key.startswith(wanted)
            else _("PayMongo's secret key of this mode begins with %(wanted)s.") % {"wanted": wanted}
        )


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 in hex over the timestamp, a full stop and the raw body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signature_fault(header: str, body: bytes, *, secret: str, is_live: bool, now: datetime) -> str:
    """Why a delivery is not to be believed; compares in constant time."""
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    timestamp = parts.get("t", "")
    given = parts.get("li" if is_live else "te", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12) or not given.isascii():
        return "The signature cannot be read."
    if not hmac.compare_digest(signature(secret, timestamp, body), given):
        return "The signature does not fit."
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return "The signature is stale."
    return ""


def is_signed(header: str, body: bytes, *, secret: str, is_live: bool, now: datetime) -> bool:
    """Whether a delivery comes from PayMongo and is fresh."""
    return not signature_fault(header, body, secret=secret, is_live=is_live, now=now)


def read_event(body: bytes) -> Event | None:
    """What a delivery says; None when it cannot be read."""
    try:
        event = json.loads(body)["data"]
        told = event["attributes"]
        kind, is_live = str(told.get("type", "")), bool(told.get("livemode", False))
        payment = _payment_in(told.get("data") or {}, is_live)
        subject = payment.provider_id if payment else ""
        return Event(str(event["id"]), kind, _EFFECTS.get(kind, Effect.NONE), is_live, payment, subject)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _payment_in(data: Resource, is_live: bool) -> PaymentSeen | None:
    """The payment that an event is about: its own data, the one of a checkout, or the one of a refund."""
    told = data.get("attributes") or {}
    match data.get("type"):
        case "payment":
            return _payment(data, is_live=is_live)
        case "checkout_session":
            payments = told.get("payments") or []
            return _payment(payments[0], is_live=is_live, session=told) if payments else None
        case "refund":
            seen = _refund(data)
            return PaymentSeen(
                provider_id=str(told.get("payment_id", "")), reference="", intent_id="", amount_minor=0,
                currency=str(told.get("currency", "")).upper(), is_live=is_live, status=Status.PAID,
                refunded_minor=seen.amount_minor if seen.status == Status.SUCCEEDED else 0, refunds=(seen,),
            )  # fmt: skip
    return None


def _payment(payment: Resource, *, is_live: bool, session: Resource | None = None) -> PaymentSeen:
    told = payment["attributes"]
    metadata = told.get("metadata") or {}
    own = session or {}
    reference = (
        metadata.get("reference")
        or own.get("reference_number")
        or (own.get("metadata") or {}).get("reference")
        or told.get("external_reference_number")
        or ""
    )
    refunds = tuple(_refund(one) for one in told.get("refunds") or [])
    fee = told.get("fee")
    return PaymentSeen(
        provider_id=str(payment["id"]),
        reference=str(reference),
        intent_id=str(told.get("payment_intent_id") or _intent_of(own)),
        amount_minor=_whole(told.get("amount")),
        currency=str(told.get("currency", "")).upper(),
        is_live=bool(told.get("livemode", is_live)) and is_live,
        status=_PAYMENT_STATUS.get(str(told.get("status", "paid")), Status.PENDING),
        fee_minor=_whole(fee) if fee is not None else None,
        refunded_minor=sum(one.amount_minor for one in refunds if one.status != Status.FAILED),
        refunds=refunds,
    )


def _refund(refund: Resource) -> RefundSeen:
    told = refund["attributes"]
    own = (told.get("metadata") or {}).get("refund") or str(told.get("notes") or "").partition(" ")[0]
    status = _REFUND_STATUS.get(str(told.get("status", "")), Status.PENDING)
    return RefundSeen(str(refund.get("id", "")), _whole(told.get("amount")), status, str(own))


def _whole(value: Any) -> int:
    """An amount as PayMongo sends it; anything but a whole number is not one."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("an amount is a whole number of centavos")
    return value


def _intent_of(session: Resource) -> str:
    return str((session.get("payment_intent") or {}).get("id") or "")


def _data(answer: Resource) -> Any:
    data = answer.get("data")
    if not isinstance(data, dict) or "id" not in data or not isinstance(data.get("attributes"), dict):
        raise OutcomeUnknown("unreadable")
    return data


def _door(access: Access) -> Door:
    return Door(settings.GATEWAY_URLS[PROVIDER], user=access.secret_key)
