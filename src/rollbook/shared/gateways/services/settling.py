"""What a provider's word does to our books. Only the provider completes an online payment, never a browser.

A webhook and an answer to a question say the same things (`PaymentSeen`) and come through here, so a payment is
recorded once, whichever arrives first. The checkout's row is locked before anything is decided.
"""

from uuid import UUID

from rollbook.core import events
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Checkout, Payment, Reversal
from rollbook.shared.billing.services.checkouts import complete_checkout, end_checkout
from rollbook.shared.billing.services.reversals import reverse_payment
from rollbook.shared.gateways.events import PersonNeeded
from rollbook.shared.gateways.models import GatewayAccount, GatewayRefund, GatewaySession
from rollbook.shared.gateways.payees import policy_for
from rollbook.shared.gateways.port import PaymentSeen, RefundSeen, Status
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.services import Verdict

State = WebhookEvent.State


def settle_paid(actor: Actor, account: GatewayAccount, seen: PaymentSeen) -> Verdict:
    """The provider says that it took the money: record it once, if everything fits."""
    session = session_of(account.provider, seen)
    if session is None:
        return Verdict(State.PARKED, "No checkout of ours has this reference.")
    checkout: Checkout = Checkout.objects.select_for_update().get(id=session.checkout_id)
    fault = misfit(session, checkout, account, seen)
    if fault:
        return Verdict(State.PARKED, fault, needs_person=True)
    if seen.status != Status.PAID:
        return Verdict(State.IGNORED, "The payment is not paid yet.")
    policy = policy_for(actor, checkout.invoice_id)
    taken = complete_checkout(
        actor, checkout_id=checkout.id, provider_payment_id=seen.provider_id, series=policy.series,
        receipt_facts=policy.receipt_facts(checkout.invoice_id), on_landed=policy.on_landed,
    )  # fmt: skip
    if seen.fee_minor is not None and session.fee_minor is None:
        session.fee_minor = seen.fee_minor
        session.save(update_fields=["fee_minor"])
    if taken is None:
        return _recorded_before(checkout, seen)
    return Verdict(State.PROCESSED, "Recorded.")


def _recorded_before(checkout: Checkout, seen: PaymentSeen) -> Verdict:
    """One checkout is one payment. A second one of the same checkout is money that somebody has to give back."""
    known = Payment.objects.filter(id=checkout.id).values_list("external_reference", flat=True).first()
    if known == seen.provider_id:
        return Verdict(State.PROCESSED, "It was recorded before.")
    return Verdict(State.PARKED, "The same checkout was paid a second time; it must be given back.", needs_person=True)


def session_of(provider: str, seen: PaymentSeen) -> GatewaySession | None:
    """The checkout that a payment belongs to: by our own reference, else by the provider's id of the intent."""
    rows = GatewaySession.objects.select_related("account").filter(account__provider=provider)
    try:
        named = rows.filter(checkout_id=UUID(seen.reference)).first() if seen.reference else None
    except ValueError:
        named = None
    if named is None and seen.intent_id and not seen.reference:
        named = rows.filter(provider_intent_id=seen.intent_id).first()
    found: GatewaySession | None = named
    return found


def misfit(session: GatewaySession, checkout: Checkout, account: GatewayAccount, seen: PaymentSeen) -> str:
    """Why a payment is not the one that the checkout asked for; empty when it is."""
    if not seen.is_live == account.is_live == checkout.is_live == session.account.is_live:
        return "The event is of the other mode (test or live)."
    if (seen.amount_minor, seen.currency) != (checkout.amount_minor, checkout.currency):
        return "The amount differs from the checkout's; a person must look at it."
    if session.provider_intent_id and seen.intent_id and session.provider_intent_id != seen.intent_id:
        return "The payment belongs to another checkout of the provider; a person must look at it."
    return ""


def settle_not_paid(actor: Actor, account: GatewayAccount, seen: PaymentSeen, *, is_final: bool, state: str) -> Verdict:
    """A payment did not go through. Only a final no ends the checkout; within one a payer may try again."""
    session = session_of(account.provider, seen)
    if session is None:
        return Verdict(State.IGNORED, "No checkout of ours has this reference.")
    if not is_final:
        return Verdict(State.PROCESSED, "One attempt did not go through; the checkout is still open.")
    ended = end_checkout(actor, checkout_id=session.checkout_id, state=state)
    return Verdict(State.PROCESSED, "The checkout is over." if ended else "It was over before.")


def settle_refunded(actor: Actor, account: GatewayAccount, seen: PaymentSeen) -> Verdict:
    """The provider says that money went back: ours is known by its id; a whole one of theirs is recorded."""
    session = session_of(account.provider, seen)
    if session is not None:
        # First of all locks: its payment may be arriving at this moment.
        Checkout.objects.select_for_update().get(id=session.checkout_id)
    payment = Payment.objects.filter(method=Payment.Method.ONLINE_GATEWAY, external_reference=seen.provider_id).first()
    if payment is None:
        return Verdict(State.PARKED, "The payment that was refunded has not arrived yet.")
    if seen.is_live != account.is_live:
        return Verdict(State.PARKED, "The event is of the other mode (test or live).", needs_person=True)
    strangers = [one for one in seen.refunds if not _adopt(actor, payment, one)]
    theirs = _given_back_by_them(payment, seen, strangers)
    if payment.state in (Payment.State.REFUNDED, Payment.State.REVERSED):
        return Verdict(State.PROCESSED, "It was recorded before.")
    if not theirs:
        return Verdict(State.PROCESSED, "Nothing went back beyond what we know.")
    if theirs != payment.amount_minor - payment.returned_minor:
        return Verdict(State.PARKED, "A part was refunded at the provider; a person must record it.", needs_person=True)
    policy = policy_for(actor, payment.invoice_id)
    reverse_payment(
        actor, payment_id=payment.id, kind=Reversal.Kind.PROVIDER_REFUND, reason="Refunded by the payment provider",
        on_landed=policy.on_landed,
    )  # fmt: skip
    return Verdict(State.PROCESSED, "Taken back.")


def _given_back_by_them(payment: Payment, seen: PaymentSeen, strangers: list[RefundSeen]) -> int:
    """What went back without us asking for it: in the provider's own pages, or by its own decision."""
    if seen.refunds:
        return sum(one.amount_minor for one in strangers if one.status == Status.SUCCEEDED)
    if not seen.refunded_minor:
        # An event without a figure speaks of the whole payment.
        return payment.amount_minor - payment.returned_minor
    sent = [GatewayRefund.State.SUCCEEDED, *GatewayRefund.UNSURE]
    ours = GatewayRefund.objects.filter(payment_id=payment.id, state__in=sent).values_list("amount_minor", flat=True)
    return max(0, seen.refunded_minor - sum(ours))


def _adopt(actor: Actor, payment: Payment, seen: RefundSeen) -> bool:
    """Take in the provider's word about a refund of ours; False when it is none of ours."""
    ours = GatewayRefund.objects.select_for_update().filter(payment_id=payment.id)
    found = ours.filter(provider_refund_id=seen.provider_id).first() if seen.provider_id else None
    if found is None and seen.own_id:
        try:
            found = ours.filter(id=UUID(seen.own_id)).first()
        except ValueError:
            found = None
    if found is None:
        return False
    note_refund(actor, found, seen)
    return True


REFUND_STATES = {
    Status.SUCCEEDED: GatewayRefund.State.SUCCEEDED,
    Status.FAILED: GatewayRefund.State.FAILED,
    Status.PENDING: GatewayRefund.State.PENDING,
}


def note_refund(actor: Actor, refund: GatewayRefund, seen: RefundSeen) -> None:
    """Record how a refund of ours stands at the provider. One that failed is cried out: the payer still waits."""
    state = REFUND_STATES.get(seen.status, GatewayRefund.State.PENDING)
    if refund.state == state or not refund.may_become(state):
        return
    refund.state, refund.provider_refund_id = state, seen.provider_id or refund.provider_refund_id
    refund.note = ""
    refund.save(update_fields=["state", "provider_refund_id", "note"])
    if state == GatewayRefund.State.FAILED:
        cry(actor, refund.id, "refund_failed", "A refund did not reach the payer; the provider says that it failed.")


def cry(actor: Actor, subject_id: UUID, code: str, sentence: str) -> None:
    """Say that somebody has to look."""
    events.publish(PersonNeeded(actor, subject_id, code, sentence))
