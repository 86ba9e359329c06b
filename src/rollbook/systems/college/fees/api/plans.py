"""Plans, their revisions, notes and adjustments over JSON."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.selectors import get_invoice, instalment_states
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.api.shapes import AmountText, InstalmentOut, instalments_out, read_amount, text
from rollbook.systems.college.fees.services import corrections, notes, plans
from rollbook.systems.college.schemas import Body

router = Router(tags=["College plans"])


class NewPlanIn(Body):
    """A plan for a term."""

    term_enrolment_id: UUID
    total: AmountText
    instalments: int | None = Field(None, ge=1, le=12)
    first_due_on: date | None = None


class RevisionIn(Body):
    """What a term costs from now on, and why."""

    new_total: AmountText
    reason: str = Field(min_length=1, max_length=500)


class PlanDetail(Schema):
    """A plan with its months."""

    id: UUID
    total: str
    paid: str
    currency: str
    version: int
    instalments: list[InstalmentOut]


class NoteIn(Body):
    """A promise to pay one month."""

    student_id: UUID
    term_enrolment_id: UUID | None = None
    month: int = Field(ge=1, le=12)
    due_on: date | None = None
    reason: str = Field("", max_length=500)


class NoteOut(Schema):
    """A promissory note."""

    id: UUID
    amount: str
    due_on: date
    state: str


class AdjustmentIn(Body):
    """A change of what is owed that a second person decides."""

    plan_id: UUID
    kind: Literal["CREDIT", "DEBIT"]
    amount: AmountText
    justification: str = Field(min_length=1, max_length=500)


class WaitingOut(Schema):
    """A decision that waits for a second person."""

    id: UUID
    kind: str
    state: str


class CreditRow(Schema):
    """A student's unapplied money."""

    student_id: UUID
    student_number: str
    credit: str


def plan_detail(invoice: Any) -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "id": invoice.id,
        "total": text(invoice.total_minor, invoice.currency),
        "paid": text(invoice.paid_minor, invoice.currency),
        "currency": invoice.currency,
        "version": invoice.version,
        "instalments": instalments_out(instalment_states(invoice.id), invoice.currency, selectors.today_here()),
    }


@router.post("/plans", permission=permissions.OPEN_PLANS, response={201: PlanDetail}, rate=limits.MONEY)
def open_plan(request: ApiRequest, body: NewPlanIn) -> Status[Any]:
    """Open the plan of a term enrolment."""
    invoice = plans.open_plan(
        request.actor,
        term_enrolment_id=body.term_enrolment_id,
        total=read_amount(body.total, "total"),
        instalments=body.instalments,
        first_due_on=body.first_due_on,
    )
    return Status(201, plan_detail(get_invoice(invoice.id)))


@router.get("/plans/{uuid:plan_id}", permission=permissions.SEE_ACCOUNTS, response=PlanDetail)
def get_plan(request: ApiRequest, plan_id: UUID) -> dict[str, Any]:
    """A plan with its months."""
    return plan_detail(get_invoice(plan_id))


@router.post(
    "/plans/{uuid:plan_id}/revisions",
    permission=permissions.REVISE_PLANS,
    response={201: PlanDetail},
    rate=limits.MONEY,
)
def revise_plan(request: ApiRequest, plan_id: UUID, body: RevisionIn) -> Status[Any]:
    """Change what a term costs; paid months keep their amount."""
    plans.revise_plan(
        request.actor, invoice_id=plan_id, new_total=read_amount(body.new_total, "new_total"), reason=body.reason
    )
    return Status(201, plan_detail(get_invoice(plan_id)))


@router.post("/promissory-notes", permission=permissions.REQUEST_NOTE, response={201: NoteOut}, rate=limits.MONEY)
def request_note(request: ApiRequest, body: NoteIn) -> Status[Any]:
    """Record a promise to pay one month."""
    note = notes.request_note(
        request.actor, student_id=body.student_id, term_enrolment_id=body.term_enrolment_id, month=body.month,
        due_on=body.due_on, reason=body.reason,
    )  # fmt: skip
    return Status(201, note_out(note))


@router.post(
    "/promissory-notes/{uuid:note_id}/approve", permission=permissions.APPROVE_NOTE, response=NoteOut, rate=limits.MONEY
)
def approve_note(request: ApiRequest, note_id: UUID) -> dict[str, Any]:
    """Approve a promise; its month counts as covered."""
    return note_out(notes.approve_note(request.actor, note_id=note_id))


def note_out(note: Any) -> dict[str, Any]:
    """A note as JSON."""
    amount = Money(note.amount_minor, organisation_in_scope().currency).to_decimal_string()
    return {"id": note.id, "amount": amount, "due_on": note.due_on, "state": note.state}


@router.post("/adjustments", permission=permissions.REQUEST_CORRECTION, response={201: WaitingOut}, rate=limits.MONEY)
def request_adjustment(request: ApiRequest, body: AdjustmentIn) -> Status[Any]:
    """Ask a supervisor to change what a student owes."""
    asked = corrections.request_adjustment(
        request.actor, invoice_id=body.plan_id, kind=body.kind, amount=read_amount(body.amount),
        justification=body.justification,
    )  # fmt: skip
    return Status(201, asked)


@router.get("/credits", permission=permissions.SEE_ACCOUNTS, response=Page[CreditRow])
def list_credits(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Students who have money with us that no month has used yet."""
    return page_of(selectors.credit_rows(request.actor), page, order=("student_number", "id"), shape=_credit_row)


def _credit_row(row: dict[str, Any]) -> dict[str, Any]:
    currency = organisation_in_scope().currency
    return {
        "student_id": row["id"],
        "student_number": row["student_number"],
        "credit": text(row["credit_minor"], currency),
    }
