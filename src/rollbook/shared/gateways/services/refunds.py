"""Giving money back through the provider that took it, after two people have decided.

The row is marked as being sent and committed before the call, so that a crash in between leaves it unsure and not
forgotten. What is unsure is asked about; only what the provider does not know of is sent again.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Checkout, Payment, Refund
from rollbook.shared.gateways.errors import RefundMoves, RefundNotFound
from rollbook.shared.gateways.models import GatewayRefund, GatewaySession
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderFault, ProviderRefused, ProviderUnreachable
from rollbook.shared.gateways.port import Access, Gateway, RefundOrder, RefundSeen
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services.accounts import access_to
from rollbook.shared.gateways.services.settling import cry, note_refund
from rollbook.shared.jobs import stopping
from rollbook.shared.jobs.batches import BatchReport, Failure

log = structlog.get_logger("rollbook.gateways")

State = GatewayRefund.State
#: A refund whose answer never came is asked about after this long, and every so often.
ASKED_EVERY = timedelta(minutes=10)
#: The provider shows a refund within seconds; what it does not know after this long never arrived.
NEVER_ARRIVED_AFTER = timedelta(minutes=30)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


def queue_refund(actor: Actor, *, refund: Refund, provider_refund_id: str = "") -> GatewayRefund | None:
    """Send a decided refund to the provider that took the payment, by job; None for a payment not taken online.

    With `provider_refund_id` the provider has given the money back already and nothing is sent.
    """
    payment = Payment.objects.get(id=refund.payment_id)
    session = GatewaySession.objects.filter(checkout__payment_id=payment.id).select_related("account").first()
    if session is None:
        return None
    now = clock.now()
    made: GatewayRefund = GatewayRefund.objects.create(
        refund=refund, payment=payment, account=session.account, amount_minor=refund.amount_minor,
        currency=payment.currency, next_at=now, provider_refund_id=provider_refund_id,
        state=State.SUCCEEDED if provider_refund_id else State.WAITING,
    )  # fmt: skip
    record(actor, "gateways.refund_queued", made, amount_minor=made.amount_minor, payment_id=payment.id)
    return made


def send_refunds(organisation_id: UUID, *, job: str) -> BatchReport:
    """Send each refund that waits; one that breaks stops no other."""
    report, actor = BatchReport(), Actor.system(organisation_id, job=job)
    while not stopping.is_asked():
        with tenant_scope(organisation_id):
            refund = _waiting().select_for_update(skip_locked=True, of=("self",)).first()
            if refund is None:
                return report
            refund.state, refund.sent_at = State.SENDING, clock.now()
            refund.tries += 1
            refund.save(update_fields=["state", "sent_at", "tries"])
            call = _ready(refund)
        try:
            seen = _sent(*call)
        except ProviderFault as fault:
            report.failed.append(Failure(refund.id, fault.outcome))
            _note_fault(actor, refund.id, fault)
            continue
        with tenant_scope(organisation_id):
            note_refund(actor, _locked(refund.id), seen)
        report.done += 1
    report.is_finished = False
    return report


def _waiting() -> "QuerySet[GatewayRefund]":
    rows: QuerySet[GatewayRefund] = (
        GatewayRefund.objects.select_related("account", "payment")
        .filter(state=State.WAITING, next_at__lte=clock.now())
        .order_by("next_at", "id")
    )
    return rows


def _ready(refund: GatewayRefund) -> tuple[Gateway, Access, RefundOrder]:
    order = RefundOrder(
        own_id=str(refund.id), payment_id=refund.payment.external_reference,
        amount=Money(refund.amount_minor, refund.currency),
    )  # fmt: skip
    return PROVIDERS[refund.account.provider], access_to(refund.account), order


def _sent(gateway: Gateway, access: Access, order: RefundOrder) -> RefundSeen:
    try:
        return gateway.refund(access, order)
    except (KeyError, TypeError, AttributeError):
        raise OutcomeUnknown("unreadable") from None


def _note_fault(actor: Actor, refund_id: UUID, fault: ProviderFault) -> None:
    log.warning("refund not sent", outcome=fault.outcome, code=fault.code, status=fault.status)
    now = clock.now()
    with tenant_scope(actor.organisation_id):
        refund = _locked(refund_id)
        if refund.state != State.SENDING:
            return  # The webhook was faster than the answer.
        match fault:
            case ProviderUnreachable():
                refund.state = State.WAITING
                refund.next_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(refund.tries, 8))
            case ProviderRefused():
                refund.state = State.FAILED
                cry(actor, refund.id, "refund_refused", "The provider refused a refund; the payer still waits for it.")
            case _:
                refund.state, refund.next_at = State.UNKNOWN, now + ASKED_EVERY
        refund.note = fault.code[:300]
        refund.save(update_fields=["state", "next_at", "note"])


def reconcile_refunds(organisation_id: UUID, *, job: str) -> BatchReport:
    """Ask the provider about each refund that is not known for good."""
    report, actor = BatchReport(), Actor.system(organisation_id, job=job)
    done: list[UUID] = []
    while not stopping.is_asked():
        with tenant_scope(organisation_id):
            rows = _unsure().exclude(id__in=done).select_for_update(skip_locked=True, of=("self",))
            refund = rows.first()
            if refund is None:
                return report
            refund.asked_at = clock.now()
            refund.save(update_fields=["asked_at"])
            gateway, access, order = _ready(refund)
        done.append(refund.id)
        try:
            found = _refunds_of(gateway, access, order.payment_id)
        except ProviderFault as fault:
            report.failed.append(Failure(refund.id, fault.outcome))
            continue
        with tenant_scope(organisation_id):
            _take_in(actor, _locked(refund.id), found)
        report.done += 1
    report.is_finished = False
    return report


def _unsure() -> "QuerySet[GatewayRefund]":
    late = clock.now() - ASKED_EVERY
    rows: QuerySet[GatewayRefund] = (
        GatewayRefund.objects.select_related("account", "payment")
        .filter(state__in=GatewayRefund.UNSURE, sent_at__lte=late)
        .exclude(asked_at__gt=late)
        .order_by("sent_at", "id")
    )
    return rows


def _refunds_of(gateway: Gateway, access: Access, payment_id: str) -> list[RefundSeen]:
    try:
        return list(gateway.refunds_of(access, payment_id))
    except (KeyError, TypeError, AttributeError):
        raise OutcomeUnknown("unreadable") from None


def _take_in(actor: Actor, refund: GatewayRefund, found: list[RefundSeen]) -> None:
    ours = [
        one for one in found
        if one.own_id == str(refund.id) or (refund.provider_refund_id and one.provider_id == refund.provider_refund_id)
    ]  # fmt: skip
    if ours:
        note_refund(actor, refund, ours[0])
        return
    now = clock.now()
    if (
        refund.state in (State.SENDING, State.UNKNOWN)
        and refund.sent_at
        and now - refund.sent_at >= NEVER_ARRIVED_AFTER
    ):
        # Asked and not known there: it never arrived, so sending it again cannot give the money back twice.
        refund.state, refund.next_at, refund.note = State.WAITING, now, "The provider does not know it."
        refund.save(update_fields=["state", "next_at", "note"])


def send_again(actor: Actor, *, refund_id: UUID) -> GatewayRefund:
    """Send a refund again that the provider refused or failed. The caller asks for its room's permission."""
    refund = _locked(refund_id)
    if refund.state != State.FAILED:
        raise RefundMoves(state=refund.get_state_display().lower())
    refund.state, refund.next_at, refund.provider_refund_id = State.WAITING, clock.now(), ""
    refund.save(update_fields=["state", "next_at", "provider_refund_id"])
    record(actor, "gateways.refund_sent_again", refund, amount_minor=refund.amount_minor)
    return refund


def settle_otherwise(actor: Actor, *, refund_id: UUID, reason: str) -> GatewayRefund:
    """Note that a payer got a failed refund another way, such as by bank transfer."""
    refund = _locked(refund_id)
    if refund.state != State.FAILED:
        raise RefundMoves(state=refund.get_state_display().lower())
    if not reason.strip():
        raise Invalid.field("reason", _("Say how the payer got the money, with the reference of the bank."))
    refund.state, refund.note = State.SETTLED, reason.strip()[:300]
    refund.save(update_fields=["state", "note"])
    record(actor, "gateways.refund_settled_otherwise", refund, reason=reason.strip(), amount_minor=refund.amount_minor)
    return refund


def _locked(refund_id: UUID) -> GatewayRefund:
    refund: GatewayRefund | None = GatewayRefund.objects.select_for_update(of=("self",)).filter(id=refund_id).first()
    if refund is None:
        raise RefundNotFound
    return refund


def was_paid_online(payment_id: UUID) -> bool:
    """Whether a payment came through a provider, so that it can go back through it."""
    return Checkout.objects.filter(payment_id=payment_id).exists()
