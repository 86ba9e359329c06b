"""Term enrolments over JSON: `router` for staff, `own_router` for the student."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.enrolment import permissions, selectors, services
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.schemas import Body

router = Router(tags=["College enrolment"])
own_router = Router(tags=["College: my own"])

State = Literal["PENDING_PAYMENT", "ACTIVE", "COMPLETED", "CANCELLED", "WITHDRAWN"]

_NAMES = ("student__student_number", "term__code", "programme__code")


class EnrolmentOut(Schema):
    """A student in a term."""

    id: UUID
    student_id: UUID
    student_number: str
    term_id: UUID
    term: str
    programme: str
    year_level: int
    state: State
    created_via: Literal["ONLINE", "ADMISSION", "REGISTRAR", "TRANSFEREE", "BATCH"]
    created_at: datetime


class GateOut(Schema):
    """Whether month 1 lets the student enrol in classes."""

    is_open: bool
    code: str = Field(description="MONTH1_UNPAID while it is closed.")
    text: str = Field(examples=["0.01 still due"])


class EnrolmentDetail(EnrolmentOut):
    """A student in a term, with the month-1 gate."""

    gate: GateOut


class EnrolmentIn(Body):
    """The term that a student is enrolled in."""

    student_id: UUID
    term_id: UUID
    year_level: int = Field(1, ge=1, le=8)


class OverrideIn(Body):
    """Why a rule is set aside."""

    reason: str = Field(max_length=500)


class OverrideOut(Schema):
    """A rule that was set aside."""

    id: UUID
    kind: str
    reason: str
    created_at: datetime


class EnrolmentQuery(PageQuery):
    """Which enrolments."""

    term_id: UUID | None = None
    student_id: UUID | None = None
    state: State | None = None


@router.get("/term-enrolments", permission=permissions.VIEW_ENROLMENTS, response=Page[EnrolmentOut])
def enrolments(request: ApiRequest, page: Query[EnrolmentQuery]) -> dict[str, Any]:
    """Who is enrolled in which term, the newest first."""
    rows = selectors.enrolments(request.actor)
    for field in ("term_id", "student_id", "state"):
        if wanted := getattr(page, field):
            rows = rows.filter(**{field: wanted})
    return page_of(_values(rows), page, order=("-created_at", "-id"), shape=_row)


@router.post(
    "/term-enrolments", permission=permissions.OPEN_ENROLMENTS, rate=limits.MONEY, response={201: EnrolmentDetail}
)
def open_enrolment(request: ApiRequest, body: EnrolmentIn) -> Status[dict[str, Any]]:
    """Enrol a student in a term that is open."""
    opened = services.open_term_enrolment(
        request.actor, student_id=body.student_id, term_id=body.term_id, year_level=body.year_level
    )
    return Status(201, _detail(request, opened.id))


@router.get("/term-enrolments/{enrolment_id}", permission=permissions.VIEW_ENROLMENTS, response=EnrolmentDetail)
def enrolment(request: ApiRequest, enrolment_id: Path[UUID]) -> dict[str, Any]:
    """One term enrolment with its month-1 gate."""
    return _detail(request, enrolment_id)


@router.post(
    "/term-enrolments/{enrolment_id}/override-payment-gate",
    permission=permissions.OVERRIDE_PAYMENT_GATE,
    response={201: OverrideOut},
)
def override_gate(request: ApiRequest, enrolment_id: Path[UUID], body: OverrideIn) -> Status[Any]:
    """Let a student enrol in classes although month 1 is not paid."""
    return Status(201, services.override_gate(request.actor, term_enrolment_id=enrolment_id, reason=body.reason))


@own_router.get("/term-enrolments", permission=permissions.VIEW_OWN_ENROLMENTS, response=Page[EnrolmentOut])
def own_enrolments(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """My terms, the latest first."""
    rows = selectors.own_enrolments(request.actor)
    return page_of(_values(rows), page, order=("-created_at", "-id"), shape=_row)


def _values(rows: Any) -> Any:
    return rows.values("id", "student_id", "term_id", "year_level", "state", "created_via", "created_at", *_NAMES)


def _row(values: dict[str, Any]) -> dict[str, Any]:
    named = {
        "student_number": values["student__student_number"], "term": values["term__code"],
        "programme": values["programme__code"],
    }  # fmt: skip
    return {**values, **named}


def _detail(request: ApiRequest, enrolment_id: UUID) -> dict[str, Any]:
    found: TermEnrolment = selectors.get_enrolment(request.actor, enrolment_id)
    gate = selectors.gate_of(found)
    return {
        "id": found.id,
        "student_id": found.student_id,
        "student_number": found.student.student_number,
        "term_id": found.term_id,
        "term": found.term.code,
        "programme": found.programme.code,
        "year_level": found.year_level,
        "state": found.state,
        "created_via": found.created_via,
        "created_at": found.created_at,
        "gate": {"is_open": gate.is_open, "code": gate.code, "text": gate.text},
    }
