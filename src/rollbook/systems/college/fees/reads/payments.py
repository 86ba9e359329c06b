"""Payments as lists and single papers."""

from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.errors import PaymentNotFound
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.reads.counter import PaymentShown
from rollbook.systems.college.fees.services.payments import SERIES
from rollbook.systems.college.records.selectors import live_students


def payments(actor: Actor) -> "QuerySet[Payment]":
    """Every payment with its receipt, student and cashier, for those at the counter."""
    actor.require(permissions.SEE_ACCOUNTS)
    receipt = Receipt.objects.filter(payment_id=OuterRef("id"))
    student = live_students().filter(person_id=OuterRef("account__customer_id"))
    cashier = Membership.objects.filter(user_id=OuterRef("recorded_by"))
    return Payment.objects.annotate(
        receipt_number=Subquery(receipt.values("number")[:1]),
        student_number=Subquery(student.values("student_number")[:1]),
        programme=Subquery(student.values("programme__code")[:1]),
        cashier=Subquery(cashier.values("name")[:1]),
        family_name=F("account__customer__family_name"),
        given_name=F("account__customer__given_name"),
        kept_minor=F("amount_minor") - F("returned_minor"),
    )


def own_today(actor: Actor) -> "QuerySet[Payment]":
    """What this cashier recorded today, the newest first."""
    mine = payments(actor).filter(recorded_by=actor.user_id, received_on=selectors.today_here())
    return mine.order_by("-received_at", "-id")


def payments_of_receipt(actor: Actor, number: str) -> "QuerySet[Payment]":
    """The payment whose receipt has exactly this number."""
    named = Receipt.objects.filter(series=SERIES.key, number=number.strip().upper()).values("payment_id")
    return payments(actor).filter(id__in=named)


def get_payment(actor: Actor, payment_id: UUID) -> PaymentShown:
    """One payment with its receipt: any for the counter, one's own for a student."""
    if not actor.may(permissions.SEE_ACCOUNTS):
        return _own_payment(actor, payment_id)
    return _shown(Payment.objects.filter(id=payment_id))


def _own_payment(actor: Actor, payment_id: UUID) -> PaymentShown:
    actor.require(permissions.OWN_ACCOUNT)
    own = Payment.objects.filter(id=payment_id, account__customer_id=actor.person_id) if actor.person_id else None
    if own is None:
        raise PaymentNotFound
    return _shown(own)


def _shown(found: "QuerySet[Payment]") -> PaymentShown:
    payment: Any = found.select_related("account", "shift").first()
    receipt = Receipt.objects.filter(payment_id=payment.id).first() if payment else None
    if payment is None or receipt is None:
        raise PaymentNotFound
    # The shift keeps the name that its cashier had then.
    cashier = payment.shift.cashier_name if payment.shift else _name_of(payment.recorded_by)
    student = live_students().filter(person_id=payment.account.customer_id).values_list("id", flat=True).first()
    return PaymentShown(payment, receipt, cashier, student)


def _name_of(user_id: UUID | None) -> str:
    found = Membership.objects.filter(user_id=user_id).values_list("name", flat=True).first() if user_id else None
    return found or ""
