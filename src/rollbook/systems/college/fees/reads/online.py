"""Reads of online payments: what is on its way, what came, what needs somebody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Checkout, Receipt
from rollbook.shared.gateways.errors import SessionNotFound
from rollbook.shared.gateways.models import GatewayRefund, GatewaySession
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.records import selectors as records

#: Longer on its way than this, an online payment is worth a look.
LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OnlineState:
    """How online payment stands, in a few numbers."""

    on_their_way: int
    late: int
    completed_today: int
    received_today: Money
    fees_today: Money
    events_waiting: int
    refunds_failed: int
    refunds_unsure: int

    @property
    def needs_person(self) -> int:
        """How much waits for somebody."""
        return self.events_waiting + self.refunds_failed


def online_state(actor: Actor) -> OnlineState:
    """The numbers above the list."""
    actor.require(permissions.RECONCILE)
    here, now = organisation_in_scope(), clock.now()
    since = here.beginning_of(here.local_date(now))
    pending = GatewaySession.objects.filter(checkout__state=Checkout.State.PENDING)
    today: Any = GatewaySession.objects.filter(checkout__payment__received_at__gte=since).aggregate(
        number=Count("id"), minor=Sum("checkout__amount_minor"), fees=Sum("fee_minor")
    )
    refunds: Any = dict(
        GatewayRefund.objects.filter(state__in=[GatewayRefund.State.FAILED, *GatewayRefund.UNSURE])
        .order_by()
        .values_list("state")
        .annotate(n=Count("id"))
    )
    failed = refunds.pop(GatewayRefund.State.FAILED, 0)
    return OnlineState(
        on_their_way=pending.count(),
        late=pending.filter(created_at__lt=now - LATE_AFTER).count(),
        completed_today=today["number"],
        received_today=Money(today["minor"] or 0, here.currency),
        fees_today=Money(today["fees"] or 0, here.currency),
        events_waiting=parked_events(actor).count(),
        refunds_failed=failed,
        refunds_unsure=sum(refunds.values()),
    )


def parked_events(actor: Actor) -> "QuerySet[WebhookEvent]":
    """Events about payments that could not be recorded by themselves; without their bodies."""
    actor.require(permissions.RECONCILE)
    rows: QuerySet[WebhookEvent] = (
        WebhookEvent.objects.defer("body")
        .filter(state__in=[WebhookEvent.State.PARKED, WebhookEvent.State.FAILED])
        .order_by("-created_at")
    )
    return rows


def online_payments(actor: Actor) -> "QuerySet[GatewaySession]":
    """Every online payment with whose it is."""
    actor.require(permissions.RECONCILE)
    student = records.live_students().filter(person_id=OuterRef("checkout__invoice__account__customer_id"))
    receipt = Receipt.objects.filter(payment_id=OuterRef("checkout__payment_id"))
    rows: QuerySet[GatewaySession] = GatewaySession.objects.annotate(
        amount_minor=F("checkout__amount_minor"),
        state=F("checkout__state"),
        provider=F("account__provider"),
        payment_id=F("checkout__payment_id"),
        family_name=F("checkout__invoice__account__customer__family_name"),
        given_name=F("checkout__invoice__account__customer__given_name"),
        student_number=Subquery(student.values("student_number")[:1]),
        receipt_number=Subquery(receipt.values("number")[:1]),
    )
    return rows


def online_payment(actor: Actor, session_id: UUID) -> GatewaySession:
    """One of them."""
    found: GatewaySession | None = (
        online_payments(actor).select_related("checkout", "account", "checkout__payment").filter(id=session_id).first()
    )
    if found is None:
        raise SessionNotFound
    return found


def refunds_to_watch(actor: Actor) -> "QuerySet[GatewayRefund]":
    """Refunds that are not known to have reached the payer."""
    actor.require(permissions.RECONCILE)
    receipt = Receipt.objects.filter(payment_id=OuterRef("payment_id"))
    over = [GatewayRefund.State.SUCCEEDED, GatewayRefund.State.SETTLED]
    rows: QuerySet[GatewayRefund] = (
        GatewayRefund.objects.exclude(state__in=over)
        .annotate(
            receipt_number=Subquery(receipt.values("number")[:1]),
            family_name=F("payment__account__customer__family_name"),
            given_name=F("payment__account__customer__given_name"),
        )
        .order_by("created_at")
    )
    return rows
