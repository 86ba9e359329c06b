"""The shapes of money over JSON: amounts are decimal strings, never numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from rollbook.core.errors import Invalid
from rollbook.core.money import Money, NotAnAmount
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.rules import InstalmentState, Landing
from rollbook.systems.college.fees.selectors import TermPlan
from rollbook.systems.college.schemas import Body

AMOUNT_SENTENCE = _("enter an amount from 0.01 to 9,999,999.99 with two decimals")
#: An amount as text. What does not fit is refused by us with a sentence, not by a pattern.
AmountText = Annotated[str, Field(max_length=40, examples=["5000.00"], description="A decimal string such as 5000.00.")]
Method = Literal["CASH", "CHECK", "CARD", "BANK_TRANSFER", "EWALLET", "ONLINE_GATEWAY", "OTHER"]
InstalmentStateName = Literal["UNPAID", "PARTIAL", "PAID", "COVERED", "OVERDUE"]
PaymentStateName = Literal[
    "PENDING", "COMPLETED", "FAILED", "EXPIRED", "VOIDED", "REVERSED", "PARTIALLY_REFUNDED", "REFUNDED"
]


def read_amount(text: str, field: str = "amount") -> Money:
    """Read an amount that somebody sent, or say in a sentence what fits."""
    try:
        amount = Money.parse(text, organisation_in_scope().currency)
    except NotAnAmount as error:
        raise Invalid.field(field, str(AMOUNT_SENTENCE)) from error
    if not 0 < amount.minor <= 999_999_999:
        raise Invalid.field(field, str(AMOUNT_SENTENCE))
    return amount


class InstalmentOut(Schema):
    """One month of a plan."""

    number: int
    due: str
    paid: str
    due_on: date
    state: InstalmentStateName


class LandingOut(Schema):
    """Money that falls into one month."""

    number: int
    amount: str


class PlanOut(Schema):
    """A student's plan of one term."""

    term_enrolment_id: UUID
    invoice_id: UUID
    term: str
    instalments: list[InstalmentOut]
    landings: list[LandingOut] = Field([], description="Where the asked amount would land; nothing is saved.")
    credit_after: str | None = None


class AccountOut(Schema):
    """A student at the counter: who, what they owe, what they have in credit."""

    student_id: UUID
    student_number: str
    name: str
    programme: str
    currency: str
    balance: str
    credit: str
    plans: list[PlanOut]


class StudentRow(Schema):
    """A student found by name or number, with what tells two people apart."""

    id: UUID
    student_number: str
    name: str
    programme: str
    balance: str


class PaymentIn(Body):
    """A payment at the counter."""

    student_id: UUID
    term_enrolment_id: UUID | None = None
    amount: AmountText
    method: Method
    external_reference: str = Field("", max_length=100)
    received_at: datetime | None = None
    target_month: int | None = Field(None, ge=1, le=12)
    note: str = Field("", max_length=500)


class ReceiptOut(Schema):
    """The receipt of a payment."""

    id: UUID
    number: str


class PermitOut(Schema):
    """A permit that opened."""

    exam: str
    code: str


class PaymentOut(Schema):
    """A recorded payment: where it landed, its receipt, the permits that opened."""

    id: UUID
    student_id: UUID
    term_enrolment_id: UUID
    amount: str
    currency: str
    method: Method
    allocations: list[LandingOut]
    credit: str
    instalments: list[InstalmentOut]
    receipt: ReceiptOut
    permits_issued: list[PermitOut]


class PaymentRow(Schema):
    """A payment in a list."""

    id: UUID
    amount: str
    currency: str
    method: Method
    external_reference: str
    received_at: datetime
    state: PaymentStateName
    receipt_number: str | None
    student_number: str | None


def text(minor: int, currency: str) -> str:
    """Minor units as a decimal string."""
    return Money(minor, currency).to_decimal_string()


def landings_out(landings: Sequence[Landing], currency: str) -> list[dict[str, Any]]:
    """Landings as JSON."""
    return [{"number": landing.number, "amount": text(landing.minor, currency)} for landing in landings]


def instalments_out(instalments: Sequence[InstalmentState], currency: str, today: date) -> list[dict[str, Any]]:
    """Instalments as JSON, with their state on a day."""
    return [
        {
            "number": part.number,
            "due": text(part.due_minor, currency),
            "paid": text(part.paid_minor, currency),
            "due_on": part.due_on.isoformat(),
            "state": part.state_on(today),
        }
        for part in instalments
    ]


def plan_facts(plan: TermPlan) -> dict[str, Any]:
    """What names a plan."""
    return {
        "term_enrolment_id": str(plan.term_enrolment_id),
        "invoice_id": str(plan.invoice_id),
        "term": plan.term_code,
    }
