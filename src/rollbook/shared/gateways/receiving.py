"""How the inbox reads the providers' deliveries."""

from collections.abc import Mapping
from datetime import datetime

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Checkout
from rollbook.shared.gateways.models import GatewayAccount
from rollbook.shared.gateways.port import Effect, Event, Gateway
from rollbook.shared.gateways.services import settling
from rollbook.shared.gateways.services.accounts import webhook_secrets_of
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.register import Checked
from rollbook.shared.webhooks.services import Envelope, Verdict

State = WebhookEvent.State


class ProviderInbox:
    """Reads one payment provider's deliveries."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def check(self, endpoint_key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Checked | None:
        """Whether a delivery is to be believed. A closed account still hears of its old payments."""
        account = self._account(endpoint_key)
        if account is None:
            return None
        secrets = webhook_secrets_of(account)
        if not secrets:
            return Checked(None, "The account has no webhook secret yet.")
        faults = [
            self.gateway.signature_fault(headers, body, secret=secret, is_live=account.is_live, now=now)
            for secret in secrets
        ]
        if "" not in faults:
            return Checked(None, faults[0])
        event = self.gateway.read_event(body)
        if event is None:
            return Checked(None, "The body cannot be read.")
        return Checked(Envelope(event.event_id[:120], event.kind[:80], event.subject[:120]))

    def handle(self, actor: Actor, event: WebhookEvent) -> Verdict:
        """Do what a stored event asks for."""
        account = self._account(event.endpoint_key)
        said = self.gateway.read_event(bytes(event.body))
        if account is None or said is None:
            return Verdict(State.IGNORED, "The event cannot be read.")
        if said.payment is None or said.effect == Effect.NONE:
            return Verdict(State.IGNORED, f"Nothing follows from {said.kind or 'an event without a kind'}.")
        if said.is_live != account.is_live:
            return Verdict(State.PARKED, "The event is of the other mode (test or live).", needs_person=True)
        return self._follow(actor, account, said)

    def _follow(self, actor: Actor, account: GatewayAccount, said: Event) -> Verdict:
        payment = said.payment
        if payment is None:
            return Verdict(State.IGNORED, "The event speaks of no payment.")
        match said.effect:
            case Effect.PAID:
                return settling.settle_paid(actor, account, payment)
            case Effect.REFUNDED:
                return settling.settle_refunded(actor, account, payment)
            case Effect.EXPIRED:
                return settling.settle_not_paid(actor, account, payment, is_final=True, state=Checkout.State.EXPIRED)
        # PayMongo lets a payer try again in the same checkout; Stripe's word about a bank's no is final.
        is_final = said.kind.startswith("checkout.session.")
        return settling.settle_not_paid(actor, account, payment, is_final=is_final, state=Checkout.State.FAILED)

    def facts(self, event: WebhookEvent) -> dict[str, str]:
        """What an event says, without anything about a person."""
        said = self.gateway.read_event(bytes(event.body))
        if said is None:
            return {}
        told = {"Event": said.event_id, "Kind": said.kind, "Mode": "live" if said.is_live else "test"}
        if said.payment is not None:
            seen = said.payment
            told |= {
                "Payment": seen.provider_id,
                "Intent": seen.intent_id,
                "Our reference": seen.reference,
                "Amount in minor units": f"{seen.amount_minor} {seen.currency}",
                "Status": seen.status.value,
                "Given back in minor units": str(seen.refunded_minor),
            }
        return told

    def _account(self, endpoint_key: str) -> GatewayAccount | None:
        found: GatewayAccount | None = GatewayAccount.objects.filter(
            provider=self.gateway.name, endpoint_key=endpoint_key
        ).exclude(state=GatewayAccount.State.WAITING).first()  # fmt: skip
        return found
