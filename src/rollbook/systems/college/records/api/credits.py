"""Credits from other institutions over JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.models import TransferCredit, TransferCreditRequest
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College credits"])

RequestState = Literal["DRAFT", "SUBMITTED", "APPROVED", "RETURNED", "DISPUTED"]
CreditState = Literal["PROPOSED", "CREDITED", "REVOKED"]
Units = Annotated[Decimal, Field(ge=0, le=Decimal("99.5"), multiple_of=Decimal("0.5"), max_digits=4, decimal_places=1)]

_COLUMNS = ("id", "student_id", "institution", "scale_id", "state", "note", "created_at", "decided_at", "version")


class CreditOut(Schema):
    """One subject passed elsewhere and what it counts as here."""

    id: UUID
    external_code: str
    external_title: str
    external_units: Decimal
    external_grade: str
    subject_id: UUID
    subject: str
    units_granted: Decimal
    counts_in_gpa: bool
    state: CreditState
    credited_on: date | None
    revoked_on: date | None


class RequestRow(Schema):
    """What is asked to be credited from one institution."""

    id: UUID
    student_id: UUID
    institution: str
    scale_id: UUID | None
    state: RequestState
    note: str
    created_at: datetime
    decided_at: datetime | None
    version: int


class RequestOut(RequestRow):
    """The same with its subjects."""

    credits: list[CreditOut]


class CreditIn(Body):
    """One subject passed elsewhere."""

    external_code: str = Field(max_length=30)
    external_title: str = Field("", max_length=160)
    external_units: Units
    external_grade: str = Field(max_length=20)
    subject_id: UUID
    units_granted: Units
    counts_in_gpa: bool = False


class DraftIn(Body):
    """What one institution's papers say."""

    institution: str = Field(max_length=160)
    scale_id: UUID
    credits: list[CreditIn] = Field(min_length=1, max_length=60)
    document_ids: list[UUID] = Field(default_factory=list, max_length=20)
    note: str = Field("", max_length=500)


class ChangeIn(Body):
    """What a draft or a returned request asks for instead."""

    credits: list[CreditIn] = Field(min_length=1, max_length=60)
    note: str = Field("", max_length=500)


class DecisionIn(Body):
    """Approve, or return with a note."""

    approve: bool
    note: str = Field("", max_length=500)


class AffectedOut(Schema):
    """A class that rested on a credit."""

    term: str
    subject: str
    reason: str


class RevokedOut(Schema):
    """A credit that counts no more, and the classes that rested on it."""

    credit: CreditOut
    affected: list[AffectedOut]


class RequestQuery(PageQuery):
    """Which requests."""

    state: RequestState | None = None


@router.get("/credit-requests", permission=permissions.VIEW_CREDITS, response=Page[RequestRow])
def credit_requests(request: ApiRequest, page: Query[RequestQuery]) -> dict[str, Any]:
    """Requests for credits, the newest first."""
    rows = selectors.credit_requests(request.actor)
    if page.state:
        rows = rows.filter(state=page.state)
    return page_of(rows.values(*_COLUMNS), page, order=("-created_at", "-id"))


@router.get("/credit-requests/{request_id}", permission=permissions.VIEW_CREDITS, response=RequestOut)
def credit_request(request: ApiRequest, request_id: Path[UUID]) -> dict[str, Any]:
    """One request with its subjects."""
    return _shown(selectors.get_credit_request(request.actor, request_id))


@router.get("/students/{student_id}/credits", permission=permissions.VIEW_CREDITS, response=list[CreditOut])
def credits_of_student(request: ApiRequest, student_id: Path[UUID]) -> list[dict[str, Any]]:
    """What a student was credited from elsewhere."""
    found = selectors.get_student(request.actor, student_id)
    return _credits(list(selectors.credits_of_student(found)))


@router.post("/students/{student_id}/credits", permission=permissions.PROPOSE_CREDITS, response={201: RequestOut})
def draft(request: ApiRequest, student_id: Path[UUID], body: DraftIn) -> Status[dict[str, Any]]:
    """Write down what a student passed elsewhere. Nothing counts before somebody else has approved it."""
    made = services.draft_credits(
        request.actor, student_id=student_id, institution=body.institution, scale_id=body.scale_id,
        wanted=_wanted(body.credits), document_ids=body.document_ids, note=body.note,
    )  # fmt: skip
    return Status(201, _shown(made))


@router.put("/credit-requests/{request_id}", permission=permissions.PROPOSE_CREDITS, response=RequestOut)
def change(request: ApiRequest, request_id: Path[UUID], body: ChangeIn) -> dict[str, Any]:
    """Replace what a draft or a returned request asks for."""
    changed = services.change_credits(
        request.actor, request_id=request_id, wanted=_wanted(body.credits), note=body.note
    )
    return _shown(changed)


@router.post("/credit-requests/{request_id}/submit", permission=permissions.PROPOSE_CREDITS, response=RequestOut)
def submit(request: ApiRequest, request_id: Path[UUID]) -> dict[str, Any]:
    """Put a draft before the programme head."""
    return _shown(services.submit_credits(request.actor, request_id=request_id))


@router.post("/credit-requests/{request_id}/decision", permission=permissions.VIEW_CREDITS, response=RequestOut)
def decide(request: ApiRequest, request_id: Path[UUID], body: DecisionIn) -> dict[str, Any]:
    """Approve, or return with a note: the programme head; of disputed ones the head registrar. Never one's own."""
    decided = services.decide_credits(request.actor, request_id=request_id, approve=body.approve, note=body.note)
    return _shown(decided)


@router.post("/credit-requests/{request_id}/dispute", permission=permissions.PROPOSE_CREDITS, response=RequestOut)
def dispute(request: ApiRequest, request_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """Put a decision before the head registrar."""
    return _shown(services.dispute_credits(request.actor, request_id=request_id, reason=body.reason))


@router.post("/credits/{credit_id}/revoke", permission=permissions.REVOKE_CREDITS, response=RevokedOut)
def revoke(request: ApiRequest, credit_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """Take a credit away; the classes that rested on it are named."""
    credit, affected = services.revoke_credit(request.actor, credit_id=credit_id, reason=body.reason)
    return {"credit": _credits([credit])[0], "affected": affected}


def _wanted(lines: Sequence[CreditIn]) -> list[services.NewCredit]:
    return [services.NewCredit(**line.model_dump()) for line in lines]


def _credits(rows: Sequence[TransferCredit]) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(row, name) for name in CreditOut.model_fields if name != "subject"},
            "subject": row.subject.code,
        }
        for row in rows
    ]


def _shown(found: TransferCreditRequest) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in _COLUMNS},
        "credits": _credits(list(selectors.credits_of(found))),
    }
