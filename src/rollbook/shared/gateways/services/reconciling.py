"""Asking the provider how things stand: nothing may rest on a webhook alone.

A row is claimed in one transaction, the provider is asked in none, its answer is recorded in another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q, QuerySet

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Checkout
from rollbook.shared.billing.services.checkouts import end_checkout
from rollbook.shared.gateways.errors import SessionNotFound
from rollbook.shared.gateways.models import GatewaySession
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderFault
from rollbook.shared.gateways.port import Access, CheckoutSeen, Gateway, Status
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services.accounts import access_to
from rollbook.shared.gateways.services.settling import cry, settle_paid
from rollbook.shared.jobs import stopping
from rollbook.shared.jobs.batches import BatchReport, Failure
from rollbook.shared.webhooks.models import WebhookEvent

log = structlog.get_logger("rollbook.gateways")

#: A payment that is on its way for this long is asked about.
ASKED_AFTER = timedelta(minutes=15)
#: Checkouts that ended without a payment are asked about once more in the daily run, for this long.
LOOKED_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Question:
    """One checkout to ask about."""

    session_id: UUID
    gateway: Gateway
    access: Access
    provider_id: str


def to_ask(now: datetime) -> "QuerySet[GatewaySession]":
    """Checkouts on their way for a while that nobody has asked about since."""
    late = now - ASKED_AFTER
    rows: QuerySet[GatewaySession] = GatewaySession.objects.filter(
        Q(asked_at__isnull=True) | Q(asked_at__lte=late), checkout__state=Checkout.State.PENDING, created_at__lte=late
    ).order_by("created_at", "id")
    return rows


def to_ask_daily(now: datetime) -> "QuerySet[GatewaySession]":
    """Everything on its way, and what ended unpaid in the last days: a payment may have come all the same."""
    ended = [Checkout.State.EXPIRED, Checkout.State.FAILED]
    rows: QuerySet[GatewaySession] = GatewaySession.objects.filter(
        Q(checkout__state=Checkout.State.PENDING)
        | Q(checkout__state__in=ended, created_at__gte=now - LOOKED_BACK, provider_session_id__gt=""),
        Q(asked_at__isnull=True) | Q(asked_at__lt=now),
    ).order_by("created_at", "id")
    return rows


def reconcile(organisation_id: UUID, *, job: str, is_daily: bool = False) -> BatchReport:
    """Ask about each checkout that is due; one that breaks stops no other."""
    report, moment = BatchReport(), clock.now()
    actor = Actor.system(organisation_id, job=job)
    done: list[UUID] = []
    while not stopping.is_asked():
        with tenant_scope(organisation_id):
            rows = (to_ask_daily if is_daily else to_ask)(moment).exclude(id__in=done)
            session = rows.select_for_update(skip_locked=True, of=("self",)).first()
            question = _question(session) if session else None
        if session is None or question is None:
            return report
        done.append(session.id)
        try:
            answer_question(actor, question)
            report.done += 1
        except ProviderFault as fault:
            report.failed.append(Failure(session.id, fault.outcome))
            log.warning("provider not reached", outcome=fault.outcome, code=fault.code, status=fault.status)
    report.is_finished = False
    return report


def reconcile_one(organisation_id: UUID, session_id: UUID, *, job: str) -> None:
    """Ask about one checkout now, because a person wants to know or the payer has come back."""
    with tenant_scope(organisation_id):
        session = GatewaySession.objects.select_for_update(of=("self",)).filter(id=session_id).first()
        if session is None:
            raise SessionNotFound
        question = _question(session)
    answer_question(Actor.system(organisation_id, job=job), question)


def _question(session: GatewaySession) -> _Question:
    session.asked_at = clock.now()
    session.times_asked += 1
    session.save(update_fields=["asked_at", "times_asked"])
    account = session.account
    return _Question(session.id, PROVIDERS[account.provider], access_to(account), session.provider_session_id)


def answer_question(actor: Actor, question: _Question) -> None:
    """Ask the provider and record what it says."""
    seen = _ask(question)
    with tenant_scope(actor.organisation_id):
        session = GatewaySession.objects.select_related("account", "checkout").get(id=question.session_id)
        if seen is not None and seen.status == Status.PAID and seen.payment is not None:
            verdict = settle_paid(actor, session.account, seen.payment)
            if verdict.state == WebhookEvent.State.PARKED:
                cry(actor, session.id, "payment_does_not_fit", verdict.note)
            return
        is_late = clock.now() >= session.expires_at
        if session.checkout.state != Checkout.State.PENDING or not (
            is_late or (seen is not None and seen.status == Status.EXPIRED)
        ):
            return
    if seen is not None and seen.status == Status.OPEN:
        # Closed there first: what we call over, nobody may still pay.
        question.gateway.expire_checkout(question.access, question.provider_id)
        seen = _ask(question)
        if seen is not None and seen.status == Status.PAID:
            # Paid in the last second. The webhook or the next run records it.
            return
    with tenant_scope(actor.organisation_id):
        end_checkout(actor, checkout_id=session.checkout_id, state=Checkout.State.EXPIRED)


def _ask(question: _Question) -> CheckoutSeen | None:
    """How a checkout stands; None when the provider never made one that we know of."""
    if not question.provider_id:
        return None
    try:
        return question.gateway.fetch_checkout(question.access, question.provider_id)
    except (KeyError, TypeError, AttributeError):
        raise OutcomeUnknown("unreadable") from None
