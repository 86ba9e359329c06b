"""Holds: what keeps students back."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.models import Hold
from rollbook.systems.college.schemas import Body

router = Router(tags=["College holds"])

Kind = Literal["FINANCIAL", "DOCUMENT", "ACADEMIC", "DISCIPLINARY", "LIBRARY", "ADVISING"]
Blocks = Literal["ENROL", "DROP", "GRADES_VIEW", "DOCUMENT_RELEASE", "EXAM", "GRADUATE"]

_COLUMNS = ("id", "student_id", "kind", "blocks", "is_automatic", "placed_at", "released_at", "shown_reason")


class HoldOut(Schema):
    """A hold. Reasons that are confidential read "See registrar"."""

    id: UUID
    student_id: UUID
    kind: Kind
    blocks: list[Blocks]
    reason: str
    is_automatic: bool
    placed_at: datetime
    released_at: datetime | None


class HoldIn(Body):
    """What keeps the student back, and why."""

    kind: Kind
    blocks: list[Blocks] = Field(min_length=1, max_length=6)
    reason: str = Field(max_length=500)


class ReleaseIn(Body):
    """Why the student may go on."""

    reason: str = Field(max_length=500)


class HoldQuery(PageQuery):
    """Which holds."""

    is_live: bool | None = None
    kind: Kind | None = None


@router.get("/holds", permission=permissions.VIEW_HOLDS, response=Page[HoldOut])
def holds(request: ApiRequest, page: Query[HoldQuery]) -> dict[str, Any]:
    """Holds, the newest first."""
    rows = selectors.holds(request.actor)
    if page.is_live is not None:
        rows = rows.filter(released_at__isnull=page.is_live)
    if page.kind:
        rows = rows.filter(kind=page.kind)
    return page_of(rows.values(*_COLUMNS), page, order=("-placed_at", "-id"), shape=_shown)


@router.get("/students/{student_id}/holds", permission=SIGNED_IN, response=list[HoldOut])
def holds_of_student(request: ApiRequest, student_id: Path[UUID]) -> list[dict[str, Any]]:
    """The holds of one student, those in force first."""
    found = selectors.get_student(request.actor, student_id)
    return [_shown(dict(row)) for row in selectors.holds_of(request.actor, found).values(*_COLUMNS)]


@router.post("/students/{student_id}/holds", permission=SIGNED_IN, response={201: HoldOut})
def place_hold(request: ApiRequest, student_id: Path[UUID], body: HoldIn) -> Status[Hold]:
    """Keep a student from certain acts. Registrars place every kind, a cashier supervisor financial ones."""
    hold = services.place_hold(
        request.actor, student_id=student_id, kind=body.kind, blocks=body.blocks, reason=body.reason
    )
    return Status(201, hold)


@router.post("/holds/{hold_id}/release", permission=SIGNED_IN, response=HoldOut)
def release_hold(request: ApiRequest, hold_id: Path[UUID], body: ReleaseIn) -> Hold:
    """Let the student go on."""
    return services.release_hold(request.actor, hold_id=hold_id, reason=body.reason)


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "reason": values["shown_reason"]}
