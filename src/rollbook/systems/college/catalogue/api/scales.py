"""Grade scales over JSON."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.models import GradeScale
from rollbook.systems.college.catalogue.shipped_scales import Mark
from rollbook.systems.college.schemas import Body

router = Router(tags=["College grade scales"])

Direction = Literal["LOWER_BETTER", "HIGHER_BETTER"]
Kind = Literal[
    "NUMERIC", "INC", "DROPPED", "WITHDRAWN", "NO_GRADE", "IN_PROGRESS", "PASS", "FAIL", "CREDITED"
]  # fmt: skip

_SCALE = ("id", "code", "version_number", "name", "direction", "minimum_pass", "effective_from")


class ScaleOut(Schema):
    """One version of a scale."""

    id: UUID
    code: str
    version_number: int
    name: str
    direction: Direction
    minimum_pass: Decimal
    effective_from: date | None


class MarkOut(Schema):
    """One mark of a scale."""

    symbol: str
    numeric: Decimal | None
    kind: Kind
    passes: bool
    counts_in_gpa: bool
    earns_units: bool


class ScaleDetail(ScaleOut):
    """A version with its marks, the best first."""

    marks: list[MarkOut]


class MarkIn(Body):
    """A mark to be."""

    symbol: str = Field(min_length=1, max_length=8)
    numeric: Decimal | None = Field(None, ge=0, le=100, decimal_places=2, max_digits=4, allow_inf_nan=False)
    kind: Kind
    passes: bool = False
    counts_in_gpa: bool = False
    earns_units: bool = False


class VersionIn(Body):
    """A new version of a scale; `expected_number` is the one that was looked at, 0 begins a scale of your own."""

    code: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=120)
    direction: Direction
    minimum_pass: Decimal = Field(ge=0, decimal_places=2, max_digits=4, allow_inf_nan=False)
    effective_from: date
    expected_number: int = Field(ge=0, le=10_000)
    marks: list[MarkIn] = Field(min_length=1, max_length=40)


@router.get("/grade-scales", permission=permissions.VIEW_CATALOGUE, response=Page[ScaleOut])
def grade_scales(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Every version of every scale."""
    services.ensure_shipped_scales()
    rows = selectors.grade_scales(request.actor).values(*_SCALE)
    return page_of(rows, page, order=("code", "-version_number", "id"))


@router.get("/grade-scales/{uuid:scale_id}", permission=permissions.VIEW_CATALOGUE, response=ScaleDetail)
def grade_scale(request: ApiRequest, scale_id: Path[UUID]) -> dict[str, Any]:
    """One version with its marks."""
    return _shown(selectors.get_grade_scale(request.actor, scale_id))


@router.post("/grade-scales", permission=permissions.MANAGE_GRADE_SCALES, response={201: ScaleDetail})
def make_version(request: ApiRequest, body: VersionIn) -> Status[dict[str, Any]]:
    """Let new grades be given by other marks from a day on."""
    sent = body.model_dump(exclude={"marks"})
    marks = [Mark(**mark.model_dump()) for mark in body.marks]
    return Status(201, _shown(services.make_scale_version(request.actor, **sent, marks=marks)))


def _shown(scale: GradeScale) -> dict[str, Any]:
    fields = tuple(MarkOut.model_fields)
    return {
        **{field: getattr(scale, field) for field in _SCALE},
        "marks": [{field: getattr(mark, field) for field in fields} for mark in selectors.marks_of(scale.id)],
    }
