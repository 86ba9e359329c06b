"""Programmes over JSON. They stand under `programs`, as integrations know them."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.models import LONGEST_PROGRAMME_YEARS, Programme
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College programmes"])

Level = Literal["CERTIFICATE", "ASSOCIATE", "BACHELOR", "MASTER", "DOCTORATE"]

_PROGRAMME = (
    "id", "code", "name", "department", "level", "duration_years", "total_units_required", "has_summer", "is_active",
    "head_id", "version",
)  # fmt: skip


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
    head_id: UUID | None = Field(None, description="The membership of the programme's head.")


class ProgrammeIn(ProgrammeChange):
    """A new programme."""

    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=160)


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
