"""A stand-in for PayMongo: checkout sessions, payments, refunds, signed events."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from rollbook.shared.gateways.standins.server import Answer, Asked, StandIn
from rollbook.shared.gateways.standins.world import Postman, as_bytes, new_id

LEAST_REFUND = 100


def sign(body: bytes, secret: str, moment: int) -> tuple[str, str]:
    """The signature header of a test-mode delivery."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return "Paymongo-Signature", f"t={moment},te={digest},li="


class PayMongoStandIn(StandIn):
    """Answers as PayMongo does in test mode."""

    prefix = "/paymongo/v1"
    name = "paymongo"

    def __init__(self) -> None:
        super().__init__()
        # Twelve tries over about 136 minutes there; the same number in seconds here.
        self.postman = Postman(self.world, sign, most_tries=12, first_pause=0.05)

    def fault(self, asked: Asked) -> Answer | None:
        """HTTP Basic: the secret key as user, an empty password."""
        scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            user, password = "", "?"
        if scheme.lower() == "basic" and user in self.world.secret_keys and not password:
            return None
        return _error(401, "authentication_failed", "The API key is not valid.")

    def answer(self, asked: Asked) -> Answer:  # noqa: PLR0911 - one line for each endpoint
        parts = asked.path.removeprefix(self.prefix).strip("/").split("/")
        match asked.method, parts:
            case "POST", ["checkout_sessions"]:
                return self._make_checkout(_attributes(asked))
            case "GET", ["checkout_sessions", session_id]:
                return self._show("checkout_session", session_id)
            case "POST", ["checkout_sessions", session_id, "expire"]:
                return self._expire(session_id)
            case "GET", ["payments", payment_id]:
                return self._show("payment", payment_id)
            case "POST", ["refunds"]:
                return self._refund(_attributes(asked))
            case "GET", ["refunds", refund_id]:
                return self._show("refund", refund_id)
        return _error(404, "resource_not_found", "There is no such resource.")

    # --- checkouts ---------------------------------------------------------------------------------------------

    def _make_checkout(self, told: dict[str, Any]) -> Answer:
        items = told.get("line_items") or []
        if not items or not told.get("payment_method_types"):
            return _error(400, "parameter_required", "line_items and payment_method_types are required.")
        for item in items:
            if not isinstance(item.get("amount"), int) or item["amount"] < 1 or item.get("currency") != "PHP":
                return _error(400, "parameter_invalid", "amount is a whole number of centavos, currency is PHP.")
        total = sum(item["amount"] * int(item.get("quantity", 1)) for item in items)
        session_id, intent_id, now = new_id("cs_"), new_id("pi_"), int(time.time())
        kept = ("cancel_url", "description", "line_items", "metadata", "payment_method_types", "reference_number",
                "success_url")  # fmt: skip
        attributes = {name: told.get(name) for name in kept} | {
            "checkout_url": f"{self.public_url}/pay/{session_id}",
            "client_key": f"{session_id}_client_{new_id('')}",
            "livemode": False,
            "payment_intent": {"id": intent_id, "type": "payment_intent", "attributes": {"amount": total}},
            "payments": [],
            "status": "active",
            "created_at": now,
            "updated_at": now,
        }
        return self._keep("checkout_session", session_id, attributes, amount=total, intent=intent_id)

    def _expire(self, session_id: str) -> Answer:
        session = self.world.resources.get(session_id)
        if session is None:
            return _error(404, "resource_not_found", "No such checkout session.")
        if session["attributes"]["status"] != "active" or session["attributes"]["payments"]:
            return _error(400, "resource_processed_state", "The checkout session is not active.")
        session["attributes"]["status"] = "expired"
        return 200, {"data": _public(session)}

    # --- what the payer does -----------------------------------------------------------------------------------

    def pay(self, session_id: str, *, succeeds: bool = True, changed: dict[str, Any] | None = None) -> dict[str, Any]:
        """Somebody pays a checkout, or tries to. `changed` makes the payment say something else than was asked."""
        with self.world.lock:
            session = self.world.resources[session_id]
            told = session["attributes"]
            amount = session["_amount"]
            fee = amount * 25 // 1000
            attributes = {
                "amount": amount,
                "currency": "PHP",
                "description": told["description"],
                "external_reference_number": None,
                "fee": fee,
                "net_amount": amount - fee,
                "livemode": False,
                "metadata": told["metadata"],
                "payment_intent_id": session["_intent"],
                "refunds": [],
                "source": {"id": new_id("src_"), "type": "gcash"},
                "billing": {"name": "Juan Dela Cruz", "email": "juan@example.test", "phone": None},
                "status": "paid" if succeeds else "failed",
                "paid_at": int(time.time()) if succeeds else None,
                "created_at": int(time.time()),
            } | (changed or {})
            payment = {"id": new_id("pay_"), "type": "payment", "attributes": attributes, "_kind": "payment"}
            self.world.resources[str(payment["id"])] = payment
            if succeeds:
                told["payments"].append(_public(payment))
                told["paid_at"] = attributes["paid_at"]
        if succeeds:
            self.tell("checkout_session.payment.paid", _public(session))
        self.tell("payment.paid" if succeeds else "payment.failed", _public(payment))
        return payment

    # --- refunds -----------------------------------------------------------------------------------------------

    def _refund(self, told: dict[str, Any]) -> Answer:
        payment = self.world.resources.get(str(told.get("payment_id")))
        if payment is None:
            return _error(404, "resource_not_found", "No such payment.")
        given = sum(one["attributes"]["amount"] for one in payment["attributes"]["refunds"])
        amount = told.get("amount")
        if not isinstance(amount, int) or amount < LEAST_REFUND:
            return _error(400, "parameter_below_minimum", "amount is below the minimum of 100.")
        if amount > payment["attributes"]["amount"] - given:
            return _error(400, "parameter_above_maximum", "amount is more than what is left of the payment.")
        if told.get("reason") not in {"duplicate", "fraudulent", "requested_by_customer", "others"}:
            return _error(400, "parameter_invalid", "reason is not one of ours.")
        if len(str(told.get("notes") or "")) > 255:
            return _error(400, "parameter_invalid", "notes is too long.")
        attributes = {
            "amount": amount, "currency": "PHP", "livemode": False, "metadata": told.get("metadata"),
            "notes": told.get("notes"), "payment_id": payment["id"], "reason": told["reason"],
            "status": self.refund_status, "created_at": int(time.time()),
        }  # fmt: skip
        answer = self._keep("refund", new_id("ref_"), attributes)
        refund = answer[1]["data"]
        payment["attributes"]["refunds"].append(refund)
        if given + amount == payment["attributes"]["amount"]:
            payment["attributes"]["status"] = "refunded"
        self.tell("payment.refunded", _public(payment))
        return answer

    def end_refund(self, refund_id: str, status: str) -> None:
        """What became of a refund that was pending."""
        with self.world.lock:
            refund = self.world.resources[refund_id]
            refund["attributes"]["status"] = status
            payment = self.world.resources[refund["attributes"]["payment_id"]]
            for one in payment["attributes"]["refunds"]:
                if one["id"] == refund_id:
                    one["attributes"]["status"] = status
        self.tell("payment.refund.updated", _public(refund))

    def refund_by_hand(self, payment_id: str, amount: int) -> dict[str, Any]:
        """Somebody gives money back in the provider's own pages."""
        told = {"payment_id": payment_id, "amount": amount, "reason": "others", "notes": None}
        status, answer = self._refund(told)
        if status != 200:
            raise ValueError(answer)
        found: dict[str, Any] = answer["data"]
        return found

    # --- events ------------------------------------------------------------------------------------------------

    def tell(self, kind: str, resource: dict[str, Any]) -> None:
        """Send an event about a resource."""
        event_id, body = event_of(kind, resource)
        self.postman.deliver(event_id, body)

    def _keep(self, kind: str, identity: str, attributes: dict[str, Any], **own: Any) -> Answer:
        resource = {"id": identity, "type": kind, "attributes": attributes, "_kind": kind}
        resource |= {f"_{name}": value for name, value in own.items()}
        with self.world.lock:
            self.world.resources[identity] = resource
        return 200, {"data": _public(resource)}

    def _show(self, kind: str, identity: str) -> Answer:
        found = self.world.resources.get(identity)
        if found is None or found["_kind"] != kind:
            return _error(404, "resource_not_found", f"No such {kind} with id {identity}.")
        return 200, {"data": _public(found)}

    def shown(self, session_id: str) -> tuple[str, int, str, str, str] | None:
        """What the hosted page shows of a checkout: what for, how much, whether it is open, where one goes after."""
        session = self.world.resources.get(session_id)
        if session is None or session["_kind"] != "checkout_session":
            return None
        told = session["attributes"]
        state = "paid" if told["payments"] else told["status"]
        return told["description"], session["_amount"], state, told["success_url"], told["cancel_url"]


def event_of(kind: str, resource: dict[str, Any], *, livemode: bool = False) -> tuple[str, bytes]:
    """An event as it is delivered: its id and its bytes."""
    event_id = new_id("evt_")
    told = {"type": kind, "livemode": livemode, "data": resource, "previous_data": {}, "pending_webhooks": 1}
    moment = int(time.time())
    told |= {"created_at": moment, "updated_at": moment}
    return event_id, as_bytes({"data": {"id": event_id, "type": "event", "attributes": told}})


def _public(resource: dict[str, Any]) -> dict[str, Any]:
    # A copy as it is now: what is changed later does not reach what was sent.
    copied: dict[str, Any] = json.loads(json.dumps({k: v for k, v in resource.items() if not k.startswith("_")}))
    return copied


def _attributes(asked: Asked) -> dict[str, Any]:
    try:
        found = json.loads(asked.body)["data"]["attributes"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _error(status: int, code: str, detail: str) -> Answer:
    return status, {"errors": [{"code": code, "detail": detail}]}
