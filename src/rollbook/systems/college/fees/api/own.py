"""The student's own money over JSON."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.idempotency.services import idempotent
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.api.plans import NoteOut, note_out
from rollbook.systems.college.fees.api.shapes import (
    AccountOut,
    AmountText,
    Method,
    PaymentStateName,
    read_amount,
    text,
)
from rollbook.systems.college.fees.services import notes, online
from rollbook.systems.college.schemas import Body

router = Router(tags=["College: my own"])


class OwnPayment(Schema):
    """A payment of one's own."""

    id: UUID
    amount: str
    method: Method
    received_at: datetime
    state: PaymentStateName
    receipt_id: UUID | None
    receipt_number: str | None


class OwnMoney(Schema):
    """One's own account with its payments."""

    account: AccountOut
    payments: list[OwnPayment]


class CheckoutIn(Body):
    """What to pay online. Without an amount it is what is due next."""

    amount: AmountText | None = None
    term_enrolment_id: UUID | None = None


class OwnNoteIn(Body):
    """A promise to pay a month of one's own later."""

    term_enrolment_id: UUID | None = None
    month: int = Field(ge=1, le=12)
    due_on: date | None = None
    reason: str = Field(max_length=500)


class CheckoutOut(Schema):
    """Where to go to pay. The payment will have this id; it is recorded when the provider says that it was paid."""

    payment_id: UUID
    redirect_url: str
    amount: str
    currency: str
    state: Literal["PENDING"]


class OnlinePaymentOut(Schema):
    """An online payment of one's own."""

    payment_id: UUID
    amount: str
    currency: str
    state: Literal["PENDING", "COMPLETED", "FAILED", "EXPIRED"]
    redirect_url: str | None


@router.post("/promissory-notes", permission=permissions.OWN_ACCOUNT, response={201: NoteOut}, rate=limits.MONEY)
def ask_for_note(request: ApiRequest, body: OwnNoteIn) -> Status[Any]:
    """Ask the college to let one month wait until a day; it counts once the college has agreed."""
    note = notes.ask_for_note(
        request.actor, term_enrolment_id=body.term_enrolment_id, month=body.month, due_on=body.due_on,
        reason=body.reason,
    )  # fmt: skip
    return Status(201, note_out(note))


@router.post(
    "/checkout", permission=permissions.OWN_ACCOUNT, response={201: CheckoutOut}, rate=limits.MONEY, in_steps=True
)
def checkout(request: ApiRequest, body: CheckoutIn) -> Status[Any]:
    """Go and pay online; needs an Idempotency-Key. If the provider cannot be reached, 502 and nothing is taken."""
    actor = request.actor

    def act() -> tuple[int, dict[str, Any]]:
        session = online.begin_checkout(
            actor, amount=read_amount(body.amount) if body.amount else None, term_enrolment_id=body.term_enrolment_id
        )
        begun = session.checkout
        return 201, {
            "session_id": str(session.id),
            "payment_id": str(begun.id),
            "amount": text(begun.amount_minor, begun.currency),
            "currency": begun.currency,
            "state": "PENDING",
        }

    with tenant_scope(actor.organisation_id):
        status, begun, _ = idempotent(request, "college.me.checkout", body.dict(), act)
    address = online.send_checkout(actor, UUID(begun["session_id"]), UUID(begun["payment_id"]))
    return Status(status, {**begun, "redirect_url": address})


@router.get("/checkout/{uuid:payment_id}", permission=permissions.OWN_ACCOUNT, response=OnlinePaymentOut)
def own_checkout(request: ApiRequest, payment_id: UUID) -> dict[str, Any]:
    """How an online payment of one's own stands."""
    session = online.own_session(request.actor, payment_id)
    begun = session.checkout
    return {
        "payment_id": begun.id,
        "amount": text(begun.amount_minor, begun.currency),
        "currency": begun.currency,
        "state": begun.state,
        "redirect_url": session.redirect_url if online.is_on_its_way(session) and session.redirect_url else None,
    }


@router.get("/payments", permission=permissions.OWN_ACCOUNT, response=OwnMoney)
def own_payments(request: ApiRequest) -> dict[str, Any]:
    """What I owe, what I paid and what I have in credit."""
    student_id = selectors.own_student_id(request.actor)
    rows = selectors.payment_rows(request.actor, student_id)[:200]
    return {
        "account": selectors.account(request.actor, student_id, None),
        "payments": [{**row, "amount": text(row["amount_minor"], row["currency"])} for row in rows],
    }
