"""A stand-in for Stripe: checkout sessions, payment intents, refunds, idempotency keys, signed events."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from rollbook.shared.gateways.standins.server import Answer, Asked, StandIn
from rollbook.shared.gateways.standins.world import Postman, as_bytes, new_id


def sign(body: bytes, secret: str, moment: int) -> tuple[str, str]:
    """The signature header of a delivery."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return "Stripe-Signature", f"t={moment},v1={digest}"


class StripeStandIn(StandIn):
    """Answers as Stripe does in test mode."""

    prefix = "/stripe/v1"
    name = "stripe"

    def __init__(self) -> None:
        super().__init__()
        # Up to three days of tries there.
        self.postman = Postman(self.world, sign, most_tries=12, first_pause=0.05)

    def fault(self, asked: Asked) -> Answer | None:
        """The secret key as bearer token."""
        scheme, _, key = asked.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key in self.world.secret_keys:
            return None
        return _error(401, "invalid_request_error", "api_key_invalid", "Invalid API Key provided.")

    def answer(self, asked: Asked) -> Answer:
        key = asked.headers.get("Idempotency-Key", "")
        if asked.method != "POST" or not key:
            return self._answer(asked)
        said = f"{asked.path}?{asked.body.decode()}"
        with self.world.lock:
            known = self.world.repeats.get(key)
            if known is not None:
                if known[0] != said:
                    sentence = "Keys for idempotent requests can only be used with the same parameters."
                    return _error(400, "idempotency_error", "idempotency_error", sentence)
                return known[1], known[2]
            status, body = self._answer(asked)
            if status < 500:
                self.world.repeats[key] = (said, status, body)
            return status, body

    def _answer(self, asked: Asked) -> Answer:  # noqa: PLR0911 - one line for each endpoint
        parts = asked.path.removeprefix(self.prefix).strip("/").split("/")
        form = dict(parse_qsl(asked.body.decode())) if asked.method == "POST" else asked.query
        match asked.method, parts:
            case "POST", ["checkout", "sessions"]:
                return self._make_checkout(form)
            case "GET", ["checkout", "sessions", session_id]:
                return self._show("checkout.session", session_id)
            case "POST", ["checkout", "sessions", session_id, "expire"]:
                return self._expire(session_id)
            case "POST", ["refunds"]:
                return self._refund(form)
            case "GET", ["refunds"]:
                rows = [
                    _public(r)
                    for r in self.world.of_kind("refund")
                    if r["payment_intent"] == form.get("payment_intent")
                ]
                return 200, {"object": "list", "data": rows, "has_more": False, "url": "/v1/refunds"}
            case "GET", ["refunds", refund_id]:
                return self._show("refund", refund_id)
        return _error(404, "invalid_request_error", "resource_missing", "Unrecognized request URL.")

    def _make_checkout(self, form: dict[str, str]) -> Answer:
        price = "line_items[0][price_data]"
        for name in ("mode", "success_url", f"{price}[currency]", f"{price}[unit_amount]"):
            if not form.get(name):
                return _error(400, "invalid_request_error", "parameter_missing", f"Missing required param: {name}.")
        expires_at = int(form.get("expires_at") or time.time() + 86_400)
        if not 1_800 - 5 <= expires_at - time.time() <= 86_400 + 5:
            sentence = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
            return _error(400, "invalid_request_error", "parameter_invalid", sentence)
        amount = int(form[f"{price}[unit_amount]"]) * int(form.get("line_items[0][quantity]", "1"))
        session_id = new_id("cs_test_")
        session = {
            "id": session_id, "object": "checkout.session", "amount_total": amount, "amount_subtotal": amount,
            "cancel_url": form.get("cancel_url"), "success_url": form["success_url"],
            "client_reference_id": form.get("client_reference_id"), "created": int(time.time()),
            "currency": form[f"{price}[currency]"], "expires_at": expires_at, "livemode": False,
            "metadata": _nested(form, "metadata"), "mode": form["mode"], "payment_intent": None,
            "payment_status": "unpaid", "status": "open", "url": f"{self.public_url}/pay/{session_id}",
            "_kind": "checkout.session", "_description": form.get(f"{price}[product_data][name]", ""),
            "_intent_metadata": _nested(form, "payment_intent_data][metadata"),
        }  # fmt: skip
        with self.world.lock:
            self.world.resources[session_id] = session
        return 200, _public(session)

    def _expire(self, session_id: str) -> Answer:
        session = self.world.resources.get(session_id)
        if session is None:
            return _error(404, "invalid_request_error", "resource_missing", "No such checkout.session.")
        if session["status"] != "open":
            sentence = 'Only Checkout Sessions with a status in ["open"] can be expired.'
            return _error(400, "invalid_request_error", "checkout_session_not_open", sentence)
        session["status"], session["url"] = "expired", None
        self.tell("checkout.session.expired", _public(session))
        return 200, _public(session)

    def pay(self, session_id: str, *, succeeds: bool = True, changed: dict[str, Any] | None = None) -> dict[str, Any]:
        """Somebody pays a checkout, or the bank says no."""
        with self.world.lock:
            session = self.world.resources[session_id]
            if not succeeds:
                self.tell("checkout.session.async_payment_failed", _public(session))
                return session
            intent = new_id("pi_")
            charge = {
                "id": new_id("ch_"), "object": "charge", "amount": session["amount_total"], "amount_refunded": 0,
                "currency": session["currency"], "livemode": False, "metadata": session["_intent_metadata"],
                "payment_intent": intent, "paid": True, "refunded": False, "status": "succeeded", "_kind": "charge",
                "billing_details": {"name": "Juan Dela Cruz", "email": "juan@example.test"},
            } | (changed or {})  # fmt: skip
            session.update(payment_intent=intent, payment_status="paid", status="complete", url=None)
            session.update(changed or {})
            self.world.resources[charge["id"]] = charge
        self.tell("checkout.session.completed", _public(session))
        self.tell("charge.succeeded", _public(charge))
        return charge

    def _refund(self, form: dict[str, str]) -> Answer:
        charge = next(
            (one for one in self.world.of_kind("charge") if one["payment_intent"] == form.get("payment_intent")), None
        )
        if charge is None:
            return _error(404, "invalid_request_error", "resource_missing", "No such payment_intent.")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(form.get("amount") or left)
        if not 0 < amount <= left:
            code = "charge_already_refunded" if not left else "amount_too_large"
            return _error(400, "invalid_request_error", code, "Refund amount is greater than unrefunded amount.")
        refund = {
            "id": new_id("re_"), "object": "refund", "amount": amount, "charge": charge["id"],
            "created": int(time.time()), "currency": charge["currency"], "metadata": _nested(form, "metadata"),
            "payment_intent": charge["payment_intent"], "reason": form.get("reason"), "status": self.refund_status,
            "_kind": "refund",
        }  # fmt: skip
        with self.world.lock:
            self.world.resources[refund["id"]] = refund
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("charge.refunded", _public(charge))
        self.tell("refund.created", _public(refund))
        return 200, _public(refund)

    def refund_by_hand(self, payment_id: str, amount: int) -> dict[str, Any]:
        """Somebody gives money back in the provider's own pages."""
        status, answer = self._refund({"payment_intent": payment_id, "amount": str(amount)})
        if status != 200:
            raise ValueError(answer)
        found: dict[str, Any] = answer
        return found

    def end_refund(self, refund_id: str, status: str) -> None:
        """What became of a refund that was pending."""
        with self.world.lock:
            refund = self.world.resources[refund_id]
            refund["status"] = status
        self.tell("refund.failed" if status == "failed" else "refund.updated", _public(refund))

    def tell(self, kind: str, resource: dict[str, Any]) -> None:
        """Send an event about a resource."""
        event_id, body = event_of(kind, resource)
        self.postman.deliver(event_id, body)

    def _show(self, kind: str, identity: str) -> Answer:
        found = self.world.resources.get(identity)
        if found is None or found["_kind"] != kind:
            return _error(404, "invalid_request_error", "resource_missing", f"No such {kind}: '{identity}'")
        return 200, _public(found)

    def shown(self, session_id: str) -> tuple[str, int, str, str, str] | None:
        """What the hosted page shows of a checkout: what for, how much, whether it is open, where one goes after."""
        session = self.world.resources.get(session_id)
        if session is None or session["_kind"] != "checkout.session":
            return None
        state = {"open": "active", "complete": "paid"}.get(session["status"], session["status"])
        return session["_description"], session["amount_total"], state, session["success_url"], session["cancel_url"]


def event_of(kind: str, resource: dict[str, Any], *, livemode: bool = False) -> tuple[str, bytes]:
    """An event as it is delivered: its id and its bytes."""
    event_id = new_id("evt_")
    event = {
        "id": event_id, "object": "event", "api_version": "2025-03-31.basil", "created": int(time.time()),
        "data": {"object": resource}, "livemode": livemode, "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None}, "type": kind,
    }  # fmt: skip
    return event_id, as_bytes(event)


def _nested(form: dict[str, str], name: str) -> dict[str, str]:
    """The entries of a form under one name: `metadata[reference]`."""
    start = name.replace("][", "[", 1) + ("][" if "][" in name else "[")
    return {key.removeprefix(start)[:-1]: value for key, value in form.items() if key.startswith(start)}


def _public(resource: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps({k: v for k, v in resource.items() if not k.startswith("_")}))
    return copied


def _error(status: int, kind: str, code: str, message: str) -> Answer:
    return status, {"error": {"type": kind, "code": code, "message": message}}
