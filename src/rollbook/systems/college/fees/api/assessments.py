"""Assessments of terms, what is given to students, and who else pays, over JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.answers import encoded
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.figures import plain
from rollbook.core.idempotency.services import idempotent
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.api.plans import WaitingOut
from rollbook.systems.college.fees.api.shapes import AmountText, read_amount, text
from rollbook.systems.college.fees.models import Assessment
from rollbook.systems.college.fees.reads import sponsors as sponsor_reads
from rollbook.systems.college.fees.reads import student_terms as reads
from rollbook.systems.college.fees.services import assessments, discounts, sponsors
from rollbook.systems.college.fees.services import sponsor_statements as statements
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College assessments"])
own_router = Router(tags=["College: my own"])


class AssessIn(Body):
    """Why a term is assessed now."""

    reason: str = Field("", max_length=500)


class AssessedLineOut(Schema):
    """One line of an assessment; a discount is negative."""

    label: str
    category: str
    quantity: str
    price: str
    amount: str


class AssessmentOut(Schema):
    """What a term was assessed at."""

    number: int
    schedule_id: UUID
    basis: Literal["EXPECTED", "ENROLLED"]
    units: str
    charges: str
    concessions: str
    adjustments: str
    owed: str
    currency: str
    reason: str
    assessed_on: date
    lines: list[AssessedLineOut]


class TermAssessmentOut(Schema):
    """A student's term: the assessment that holds, and those before it."""

    term_enrolment_id: UUID
    plan_id: UUID | None
    assessment: AssessmentOut | None
    earlier: list[AssessmentOut]


class BilledOut(Schema):
    """What billing a whole term did."""

    plans: int
    total: str
    left_out: int = Field(description="Students whom no fee schedule in force fits.")


class RefundStepOut(Schema):
    """What leaving until the end of a week would mean."""

    week: int
    until: date | None
    percent: str
    owed: str
    credit: str
    is_now: bool


class DiscountWantedIn(Body):
    """A discount for a student's term."""

    discount_id: UUID
    reason: str = Field(min_length=1, max_length=500)


class SponsorIn(Body):
    """What is known of a sponsor."""

    name: str = Field(min_length=1, max_length=160)
    contact_name: str = Field("", max_length=120)
    contact_email: str = Field("", max_length=254)
    address: str = Field("", max_length=300)


class NewSponsorIn(SponsorIn):
    """A sponsor to be written down."""

    code: str = Field(min_length=1, max_length=20)


class SponsorChangeIn(SponsorIn):
    """A sponsor that stands."""

    is_active: bool = True
    version: int | None = None


class SponsorOut(Schema):
    """A sponsor."""

    id: UUID
    code: str
    name: str
    contact_name: str
    contact_email: str
    address: str
    is_active: bool
    version: int


class SponsorshipIn(Body):
    """What a sponsor is to answer for."""

    sponsor_id: UUID
    share: Literal["FULL", "PERCENT", "FIXED"]
    percent: Decimal | None = Field(None, max_digits=5, decimal_places=2)
    amount: AmountText | None = None
    letter: str = Field(min_length=1, max_length=100)
    reason: str = Field(min_length=1, max_length=500)


class StatementRow(Schema):
    """What a sponsor answers for of one student."""

    id: UUID
    term_enrolment_id: UUID
    student_number: str
    term: str
    letter: str
    state: Literal["ACTIVE", "ENDED"]
    share: str
    paid: str
    open: str


class SponsorPaymentIn(Body):
    """A sponsor's transfer for the students of a term."""

    term_id: UUID
    amount: AmountText
    method: Literal["BANK_TRANSFER", "CHECK", "EWALLET", "OTHER"]
    external_reference: str = Field(min_length=1, max_length=80)
    received_at: datetime | None = None


class StatementIn(Body):
    """Of which term."""

    term_id: UUID


class StatementPaperOut(Schema):
    """A statement on paper: what it is called, how it is verified, and what it said when it was issued."""

    id: UUID
    number: str
    code: str
    issued_on: date
    snapshot: dict[str, Any]


class SponsorPaidOut(Schema):
    """What a sponsor's transfer paid."""

    amount: str
    payment_ids: list[UUID]


def assessment_out(row: Assessment) -> dict[str, Any]:
    """An assessment as JSON."""
    return {
        "number": row.number, "schedule_id": row.schedule_id, "basis": row.basis, "units": plain(row.units),
        "charges": text(row.charges_minor, row.currency), "concessions": text(row.concessions_minor, row.currency),
        "adjustments": text(row.adjustments_minor, row.currency), "owed": text(row.owed_minor, row.currency),
        "currency": row.currency, "reason": row.reason, "assessed_on": row.assessed_on,
        "lines": [
            {
                "label": line.label, "category": line.category, "quantity": f"{line.quantity:f}",
                "price": line.price.to_decimal_string(), "amount": line.amount.to_decimal_string(),
            }
            for line in reads.lines_of(row)
        ],
    }  # fmt: skip


def _term(request: ApiRequest, term_enrolment_id: UUID) -> dict[str, Any]:
    shown = reads.get_term(request.actor, term_enrolment_id)
    latest: Sequence[Assessment] = shown.assessments
    return {
        "term_enrolment_id": shown.enrolment.id,
        "plan_id": shown.enrolment.invoice_id,
        "assessment": assessment_out(latest[0]) if latest else None,
        "earlier": [assessment_out(row) for row in latest[1:]],
    }


@router.get(
    "/term-enrolments/{uuid:enrolment_id}/assessment", permission=permissions.SEE_ASSESSMENTS,
    response=TermAssessmentOut,
)  # fmt: skip
def get_assessment(request: ApiRequest, enrolment_id: UUID) -> dict[str, Any]:
    """What a student's term was assessed at."""
    return _term(request, enrolment_id)


@router.post(
    "/term-enrolments/{uuid:enrolment_id}/assessment", permission=permissions.ASSESS,
    response={201: TermAssessmentOut}, rate=limits.MONEY,
)  # fmt: skip
def assess(request: ApiRequest, enrolment_id: UUID, body: AssessIn) -> Status[Any]:
    """Assess a student's term by the fee schedule: open its plan, or revise it."""
    assessments.assess(request.actor, term_enrolment_id=enrolment_id, reason=body.reason)
    return Status(201, _term(request, enrolment_id))


@router.post(
    "/terms/{uuid:term_id}/assessments", permission=permissions.BILL_TERMS, response={201: BilledOut},
    rate=limits.MONEY,
)  # fmt: skip
def bill_term(request: ApiRequest, term_id: UUID) -> Status[Any]:
    """Open the plans of everybody in a term who has none."""
    billed = assessments.bill_term(request.actor, term_id=term_id)
    return Status(201, {"plans": billed.count, "total": billed.total.to_decimal_string(), "left_out": billed.left_out})


@router.get(
    "/term-enrolments/{uuid:enrolment_id}/refund-preview", permission=permissions.SEE_ASSESSMENTS,
    response=list[RefundStepOut],
)  # fmt: skip
def refund_preview(request: ApiRequest, enrolment_id: UUID) -> list[dict[str, Any]]:
    """What leaving would come to, week by week; nothing is written."""
    return [
        {
            "week": step.week, "until": step.until, "percent": plain(step.percent),
            "owed": step.owed.to_decimal_string(), "credit": step.credit.to_decimal_string(), "is_now": step.is_now,
        }
        for step in reads.refund_preview(request.actor, enrolment_id)
    ]  # fmt: skip


@router.post(
    "/term-enrolments/{uuid:enrolment_id}/discounts", permission=permissions.REQUEST_DISCOUNT,
    response={201: WaitingOut}, rate=limits.MONEY,
)  # fmt: skip
def request_discount(request: ApiRequest, enrolment_id: UUID, body: DiscountWantedIn) -> Status[Any]:
    """Ask a supervisor to give a student a discount."""
    asked = discounts.request_discount(
        request.actor, term_enrolment_id=enrolment_id, discount_id=body.discount_id, reason=body.reason
    )
    return Status(201, asked)


@router.post(
    "/discount-grants/{uuid:grant_id}/end", permission=permissions.REQUEST_DISCOUNT, response={201: WaitingOut},
    rate=limits.MONEY,
)  # fmt: skip
def request_end(request: ApiRequest, grant_id: UUID, body: ReasonIn) -> Status[Any]:
    """Ask a supervisor to end a student's discount."""
    return Status(201, discounts.request_end(request.actor, grant_id=grant_id, reason=body.reason))


@router.get("/sponsors", permission=permissions.SEE_SPONSORS, response=Page[SponsorOut])
def list_sponsors(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every sponsor."""
    rows = sponsor_reads.sponsors(request.actor).values(*SponsorOut.model_fields)
    return page_of(rows, page, order=("name", "id"))


def _facts(body: SponsorIn) -> sponsors.SponsorFacts:
    return sponsors.SponsorFacts(
        name=body.name, contact_name=body.contact_name, contact_email=body.contact_email, address=body.address
    )


@router.post("/sponsors", permission=permissions.MANAGE_SPONSORS, response={201: SponsorOut}, rate=limits.MONEY)
def add_sponsor(request: ApiRequest, body: NewSponsorIn) -> Status[Any]:
    """Write a sponsor down."""
    return Status(201, sponsors.add_sponsor(request.actor, code=body.code, facts=_facts(body)))


@router.put("/sponsors/{uuid:sponsor_id}", permission=permissions.MANAGE_SPONSORS, response=SponsorOut)
def change_sponsor(request: ApiRequest, sponsor_id: UUID, body: SponsorChangeIn) -> Any:
    """Change what is known of a sponsor."""
    return sponsors.change_sponsor(
        request.actor, sponsor_id=sponsor_id, facts=_facts(body), is_active=body.is_active,
        expected_version=body.version,
    )  # fmt: skip


@router.get("/sponsors/{uuid:sponsor_id}/statement", permission=permissions.SEE_SPONSORS, response=list[StatementRow])
def statement(request: ApiRequest, sponsor_id: UUID, term_id: Query[UUID | None] = None) -> list[dict[str, Any]]:
    """What a sponsor answers for, in one term or in all of them, student by student."""
    currency = organisation_in_scope().currency
    return [
        {
            "id": row.id, "term_enrolment_id": row.term_enrolment_id, "student_number": row.student_number,
            "term": row.term_code, "letter": row.letter, "state": row.state,
            "share": text(row.share_minor, currency), "paid": text(row.paid_minor, currency),
            "open": text(row.open_minor, currency),
        }
        for row in sponsor_reads.statement(request.actor, sponsor_id, term_id)
    ]  # fmt: skip


@router.post(
    "/sponsors/{uuid:sponsor_id}/statements", permission=permissions.MANAGE_SPONSORS, response={201: StatementPaperOut},
    rate=limits.MONEY,
)  # fmt: skip
def issue_statement(request: ApiRequest, sponsor_id: UUID, body: StatementIn) -> Status[Any]:
    """Issue the statement of a term as a paper, printed under /documents. Asked again unchanged it is the same."""
    return Status(201, statements.issue_statement(request.actor, sponsor_id=sponsor_id, term_id=body.term_id))


@router.post(
    "/sponsors/{uuid:sponsor_id}/payments", permission=permissions.MANAGE_SPONSORS,
    response={201: SponsorPaidOut, 200: SponsorPaidOut}, rate=limits.MONEY,
)  # fmt: skip
def record_payment(request: ApiRequest, sponsor_id: UUID, body: SponsorPaymentIn) -> HttpResponse:
    """Record a sponsor's transfer once; needs an Idempotency-Key. It is spread over its students of the term."""

    def act() -> tuple[int, dict[str, Any]]:
        paid = sponsors.record_sponsor_payment(
            request.actor, sponsor_id=sponsor_id, term_id=body.term_id, amount=read_amount(body.amount),
            method=body.method, external_reference=body.external_reference, received_at=body.received_at,
        )  # fmt: skip
        return 201, {"amount": paid.amount.to_decimal_string(), "payment_ids": [str(one) for one in paid.payment_ids]}

    status, answer, _ = idempotent(request, "college.sponsors.payments", {**body.dict(), "sponsor_id": sponsor_id}, act)
    return encoded(answer, status=status)


@router.post(
    "/term-enrolments/{uuid:enrolment_id}/sponsorships", permission=permissions.REQUEST_DISCOUNT,
    response={201: WaitingOut}, rate=limits.MONEY,
)  # fmt: skip
def request_sponsorship(request: ApiRequest, enrolment_id: UUID, body: SponsorshipIn) -> Status[Any]:
    """Ask a supervisor to accept a sponsor for a student's term."""
    wanted = sponsors.ShareWanted(
        share=body.share, percent=body.percent, letter=body.letter,
        amount_minor=read_amount(body.amount).minor if body.amount else None,
    )  # fmt: skip
    asked = sponsors.request_sponsorship(
        request.actor, term_enrolment_id=enrolment_id, sponsor_id=body.sponsor_id, wanted=wanted, reason=body.reason
    )
    return Status(201, asked)


@router.post(
    "/sponsorships/{uuid:sponsorship_id}/end", permission=permissions.MANAGE_SPONSORS, response={204: None},
    rate=limits.MONEY,
)  # fmt: skip
def end_sponsorship(request: ApiRequest, sponsorship_id: UUID, body: ReasonIn) -> Status[None]:
    """A sponsor answers for a student no longer."""
    sponsors.end_sponsorship(request.actor, sponsorship_id=sponsorship_id, reason=body.reason)
    return Status(204, None)


@own_router.get(
    "/term-enrolments/{uuid:enrolment_id}/assessment", permission=permissions.OWN_ACCOUNT, response=TermAssessmentOut
)
def own_assessment(request: ApiRequest, enrolment_id: UUID) -> dict[str, Any]:
    """What my term was assessed at, and why."""
    return _term(request, enrolment_id)
