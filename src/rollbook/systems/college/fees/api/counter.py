"""The counter: find a student, see the account, take money, ask for corrections."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.answers import encoded
from rollbook.core.api.pagination import Page, PageQuery
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.core.idempotency.services import idempotent
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Payment
from rollbook.shared.billing.services.payments import COUNTER_METHODS
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.api.shapes import (
    AccountOut,
    AmountText,
    Method,
    PaymentIn,
    PaymentOut,
    PaymentRow,
    StudentRow,
    instalments_out,
    landings_out,
    read_amount,
    text,
)  # fmt: skip
from rollbook.systems.college.fees.reads.newest import payments_page
from rollbook.systems.college.fees.services import corrections
from rollbook.systems.college.fees.services.payments import StudentPayment, record_payment
from rollbook.systems.college.schemas import Body

router = Router(tags=["College cashier"])

#: Letters that a search needs before it starts.
LEAST_SEARCH = 2
MOST_FOUND = 20


class ReasonIn(Body):
    """Why a correction is asked for."""

    reason: str = Field(min_length=1, max_length=500)


class RefundIn(ReasonIn):
    """What to give back, and how."""

    amount: AmountText
    method: Method


class ReversalIn(ReasonIn):
    """A payment that the bank took back."""

    kind: Literal["BOUNCED", "CHARGEBACK"]


class RequestOut(Schema):
    """A correction that waits for a second person."""

    id: UUID
    kind: str
    state: str


class ReversedOut(Schema):
    """A payment that was undone."""

    id: UUID
    state: str


class MethodOut(Schema):
    """A way to pay."""

    code: Method
    label: str
    needs_reference: bool
    needs_shift: bool


@router.get("/students", permission=permissions.SEE_ACCOUNTS, response=list[StudentRow])
def find_students(request: ApiRequest, q: Query[str]) -> list[dict[str, Any]]:
    """Students by number or name; at least two letters, at most twenty rows."""
    if len(q.strip()) < LEAST_SEARCH:
        raise Invalid.field("q", gettext("Type at least two letters or digits."))
    return selectors.find_students(request.actor, q.strip(), MOST_FOUND)


@router.get("/students/{uuid:student_id}/account", permission=permissions.SEE_ACCOUNTS, response=AccountOut)
def account(request: ApiRequest, student_id: UUID, amount: Query[str | None] = None) -> dict[str, Any]:
    """A student's plans and credit; with `amount`, where it would land."""
    wanted = read_amount(amount) if amount else None
    return selectors.account(request.actor, student_id, wanted)


@router.post(
    "/payments", permission=permissions.RECORD_PAYMENT, response={201: PaymentOut, 200: PaymentOut}, rate=limits.MONEY
)
def take_payment(request: ApiRequest, body: PaymentIn) -> HttpResponse:
    """Record a payment once; needs an Idempotency-Key. The same key again answers the same."""

    def act() -> tuple[int, dict[str, Any]]:
        paid = record_payment(
            request.actor,
            student_id=body.student_id,
            term_enrolment_id=body.term_enrolment_id,
            amount=read_amount(body.amount),
            method=body.method,
            external_reference=body.external_reference,
            received_at=body.received_at,
            target_month=body.target_month,
            note=body.note,
        )
        return 201, payment_out(paid)

    status, answer, _ = idempotent(request, "college.cashier.payments", body.dict(), act)
    return encoded(answer, status=status)


def payment_out(paid: StudentPayment) -> dict[str, Any]:
    """A recorded payment as JSON."""
    taken, plan = paid.taken, paid.plan
    organisation = organisation_in_scope()
    landed = taken.landed
    amount = sum(landing.minor for landing in landed.landings) + landed.credit_minor
    return {
        "id": str(taken.payment_id),
        "student_id": str(plan.student_id),
        "term_enrolment_id": str(plan.term_enrolment_id),
        "amount": text(amount, organisation.currency),
        "currency": organisation.currency,
        "method": taken.method,
        "allocations": landings_out(landed.landings, organisation.currency),
        "credit": text(landed.credit_minor, organisation.currency),
        "instalments": instalments_out(landed.instalments, organisation.currency, organisation.local_date(landed.at)),
        "receipt": {"id": str(taken.receipt.id), "number": taken.receipt.number},
        "permits_issued": paid.permits_issued,
    }


@router.get("/payments", permission=permissions.SEE_ACCOUNTS, response=Page[PaymentRow])
def payments(request: ApiRequest, page: Query[PageQuery], student_id: Query[UUID | None] = None) -> HttpResponse:
    """Payments, newest first; one's own day and students at the counter."""
    return encoded(payments_page(request.actor, page, student_id))


@router.post(
    "/payments/{uuid:payment_id}/void-request", permission=permissions.REQUEST_CORRECTION, response={201: RequestOut},
    rate=limits.MONEY,
)  # fmt: skip
def request_void(request: ApiRequest, payment_id: UUID, body: ReasonIn) -> Status[Any]:
    """Ask a supervisor to void a payment of a shift that is still open."""
    return Status(201, corrections.request_void(request.actor, payment_id=payment_id, reason=body.reason))


@router.post(
    "/payments/{uuid:payment_id}/refund-request", permission=permissions.REQUEST_CORRECTION,
    response={201: RequestOut}, rate=limits.MONEY,
)  # fmt: skip
def request_refund(request: ApiRequest, payment_id: UUID, body: RefundIn) -> Status[Any]:
    """Ask a supervisor to give money back."""
    asked = corrections.request_refund(
        request.actor, payment_id=payment_id, amount=read_amount(body.amount), method=body.method, reason=body.reason
    )
    return Status(201, asked)


@router.post(
    "/payments/{uuid:payment_id}/reversals", permission=permissions.REVERSE_PAYMENT, response={201: ReversedOut},
    rate=limits.MONEY,
)  # fmt: skip
def reverse_payment(request: ApiRequest, payment_id: UUID, body: ReversalIn) -> Status[Any]:
    """Take a bounced or charged-back payment out again."""
    payment = corrections.reverse(request.actor, payment_id=payment_id, kind=body.kind, reason=body.reason)
    return Status(201, payment)


@router.get("/payment-methods", permission=permissions.RECORD_PAYMENT, response=list[MethodOut])
def payment_methods(request: ApiRequest) -> list[dict[str, Any]]:
    """The ways to pay at the counter."""
    return [
        {
            "code": method.value,
            "label": str(method.label),
            "needs_reference": method != Payment.Method.CASH,
            "needs_shift": method.value in COUNTER_METHODS,
        }
        for method in Payment.Method
        if method != Payment.Method.ONLINE_GATEWAY
    ]
