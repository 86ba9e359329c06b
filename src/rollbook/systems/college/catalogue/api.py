"""Programmes and terms over JSON. Programmes stand under `programs`, as integrations know them."""

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
from rollbook.systems.college.catalogue.models import LONGEST_PROGRAMME_YEARS, Programme, Term
from rollbook.systems.college.catalogue.services import Span
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College catalogue"])

Level = Literal["CERTIFICATE", "ASSOCIATE", "BACHELOR", "MASTER", "DOCTORATE"]
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

_PROGRAMME = (
    "id", "code", "name", "department", "level", "duration_years", "total_units_required", "has_summer", "is_active",
    "head_id", "version",
)  # fmt: skip
_TERM = ("id", "code", "academic_year", "kind", "starts_on", "ends_on", "campus_id", "state", "is_current", "version")


class ProgrammeOut(Schema):
    """A programme."""

    id: UUID
    code: str
    name: str
    department: str
    level: Level
    duration_years: int
    total_units_required: int
    has_summer: bool
    is_active: bool
    head_id: UUID | None
    version: int


class ProgrammeChange(Body):
    """What of a programme may be changed."""

    name: str = Field(UNCHANGED, min_length=1, max_length=160)
    department: str = Field(UNCHANGED, max_length=120)
    level: Level = UNCHANGED
    duration_years: int = Field(UNCHANGED, ge=1, le=LONGEST_PROGRAMME_YEARS)
    total_units_required: int = Field(UNCHANGED, ge=1, le=1000)
    has_summer: bool = UNCHANGED
    is_active: bool = UNCHANGED


class ProgrammeIn(ProgrammeChange):
    """A new programme."""

    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=160)


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


@router.get(
    "/programs", permission=permissions.VIEW_CATALOGUE, response=Page[ProgrammeOut], url_name="college_programs"
)
def programmes(request: ApiRequest, page: Query[PageQuery], is_active: bool | None = None) -> dict[str, Any]:
    """Programmes by code."""
    rows = selectors.programmes(request.actor)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return page_of(rows.values(*_PROGRAMME), page, order=("code", "id"))


@router.post("/programs", permission=permissions.MANAGE_PROGRAMMES, response={201: ProgrammeOut})
def add_programme(request: ApiRequest, response: HttpResponse, body: ProgrammeIn) -> Status[Programme]:
    """Add a programme."""
    programme = services.add_programme(request.actor, **body.model_dump(exclude_unset=True))
    response["ETag"] = etag(programme.version)
    return Status(201, programme)


@router.get("/programs/{programme_id}", permission=permissions.VIEW_CATALOGUE, response=ProgrammeOut)
def programme(request: ApiRequest, response: HttpResponse, programme_id: Path[UUID]) -> Programme:
    """One programme."""
    found = selectors.get_programme(request.actor, programme_id)
    response["ETag"] = etag(found.version)
    return found


@router.patch("/programs/{programme_id}", permission=permissions.MANAGE_PROGRAMMES, response=ProgrammeOut)
def change_programme(
    request: ApiRequest, response: HttpResponse, programme_id: Path[UUID], body: ProgrammeChange
) -> Programme:
    """Change a programme; send If-Match with its ETag."""
    changed = services.change_programme(
        request.actor,
        programme_id=programme_id,
        expected_version=expected_version(request),
        **body.model_dump(exclude_unset=True),
    )
    response["ETag"] = etag(changed.version)
    return changed


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
