"""Terms over JSON."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.services import Span
from rollbook.systems.college.schemas import Body

router = Router(tags=["College terms"])

Kind = Literal["FIRST", "SECOND", "SUMMER"]
State = Literal["SETUP", "ENROLMENT_OPEN", "IN_PROGRESS", "GRADING", "CLOSED", "ARCHIVED"]
WindowKind = Literal[
    "APPLICATION",
    "ENROLMENT",
    "ADD_DROP",
    "WITHDRAWAL",
    "ADVISING",
    "SCHEDULE_PICKING",
    "MIDTERM_GRADING",
    "FINAL_GRADING",
]

_TERM = ("id", "code", "academic_year", "kind", "starts_on", "ends_on", "campus_id", "state", "is_current", "version")


class WindowOut(Schema):
    """When something is open; both days count."""

    kind: str
    opens_on: date
    closes_on: date


class TermOut(Schema):
    """A term with its windows."""

    id: UUID
    code: str
    academic_year: str
    kind: Kind
    starts_on: date
    ends_on: date
    campus_id: UUID | None
    state: State
    is_current: bool
    version: int
    windows: list[WindowOut]


class WindowIn(Body):
    """The first and the last day of a window."""

    opens_on: date
    closes_on: date


class TermIn(Body):
    """A new term."""

    code: str = Field(min_length=1, max_length=20)
    academic_year: str = Field(examples=["2026-2027"], max_length=9)
    kind: Kind
    starts_on: date
    ends_on: date
    campus_id: UUID | None = None
    windows: dict[WindowKind, WindowIn] = {}


class TermChange(Body):
    """Days and windows of a term. A window of null is taken away."""

    starts_on: date | None = None
    ends_on: date | None = None
    windows: dict[WindowKind, WindowIn | None] = {}


class TermMove(Body):
    """The state that a term moves to."""

    state: State


@router.get("/terms", permission=permissions.VIEW_CATALOGUE, response=Page[TermOut], url_name="college_terms")
def terms(request: ApiRequest, page: Query[PageQuery], state: State | None = None) -> dict[str, Any]:
    """Terms, the latest first."""
    rows = selectors.terms(request.actor)
    if state is not None:
        rows = rows.filter(state=state)
    answer = page_of(rows.values(*_TERM), page, order=("-starts_on", "-id"))
    windows = selectors.windows_of([row["id"] for row in answer["items"]])
    for row in answer["items"]:
        row["windows"] = windows[row["id"]]
    return answer


@router.post("/terms", permission=permissions.MANAGE_TERMS, response={201: TermOut})
def add_term(request: ApiRequest, response: HttpResponse, body: TermIn) -> Status[dict[str, Any]]:
    """Add a term."""
    sent = body.model_dump(exclude={"windows"})
    term = services.add_term(request.actor, **sent, windows=_spans(body.windows))
    return Status(201, _shown(term, response))


@router.get("/terms/{term_id}", permission=permissions.VIEW_CATALOGUE, response=TermOut)
def term(request: ApiRequest, response: HttpResponse, term_id: Path[UUID]) -> dict[str, Any]:
    """One term."""
    return _shown(selectors.get_term(request.actor, term_id), response)


@router.patch("/terms/{term_id}", permission=permissions.MANAGE_TERMS, response=TermOut)
def change_term(request: ApiRequest, response: HttpResponse, term_id: Path[UUID], body: TermChange) -> dict[str, Any]:
    """Move a term's days and windows; send If-Match with its ETag."""
    changed = services.change_term(
        request.actor,
        term_id=term_id,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        windows=_spans(body.windows),
        expected_version=expected_version(request),
    )
    return _shown(changed, response)


@router.post("/terms/{term_id}/move", permission=permissions.MOVE_TERMS, response=TermOut)
def move_term(request: ApiRequest, response: HttpResponse, term_id: Path[UUID], body: TermMove) -> dict[str, Any]:
    """Take a term to its next state."""
    return _shown(services.move_term(request.actor, term_id=term_id, state=body.state), response)


@router.post("/terms/{term_id}/make-current", permission=permissions.MOVE_TERMS, response=TermOut)
def make_current(request: ApiRequest, response: HttpResponse, term_id: Path[UUID]) -> dict[str, Any]:
    """Make this the current term of its campus."""
    return _shown(services.set_current_term(request.actor, term_id=term_id), response)


def _spans(windows: dict[WindowKind, WindowIn | None] | dict[WindowKind, WindowIn]) -> dict[str, Span | None]:
    return {kind: Span(sent.opens_on, sent.closes_on) if sent else None for kind, sent in windows.items()}


def _shown(term: Term, response: HttpResponse) -> dict[str, Any]:
    response["ETag"] = etag(term.version)
    values = {field: getattr(term, field) for field in _TERM}
    return {**values, "windows": selectors.windows_of([term.id])[term.id]}
