"""Curricula, their subjects and their prerequisites over JSON."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.api.subjects import PrerequisitesIn, PrerequisitesOut, shown_rule
from rollbook.systems.college.catalogue.graph import draw
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry
from rollbook.systems.college.catalogue.prerequisites import to_json
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College curricula"])

State = Literal["DRAFT", "APPROVED", "ACTIVE", "RETIRED"]
Semester = Literal["FIRST", "SECOND", "SUMMER"]
Category = Literal["", "MAJOR", "MINOR", "ELECTIVE"]

_CURRICULUM = (
    "id", "programme_id", "name", "effective_academic_year", "state", "copied_from_id", "version",
)  # fmt: skip


class CurriculumOut(Schema):
    """One version of what a programme asks for."""

    id: UUID
    programme_id: UUID
    name: str
    effective_academic_year: str
    state: State
    copied_from_id: UUID | None
    version: int


class EntryOut(Schema):
    """A subject at its place, with what must come before it in this curriculum."""

    id: UUID
    subject_id: UUID
    code: str
    title: str
    units: Decimal
    year_level: int
    semester: Semester
    category: str
    elective_group: str
    prerequisites: dict[str, Any] | None


class CurriculumDetail(CurriculumOut):
    """A curriculum with its subjects in the order of time."""

    total_units: Decimal
    entries: list[EntryOut]


class CurriculumIn(Body):
    """A new draft."""

    programme_id: UUID
    name: str = Field(min_length=1, max_length=120)
    effective_academic_year: str = Field(max_length=9, examples=["2026-2027"])


class CurriculumNames(Body):
    """How a draft is called and when it begins."""

    name: str = Field(min_length=1, max_length=120)
    effective_academic_year: str = Field(max_length=9, examples=["2026-2027"])


class ReturnIn(Body):
    """What has to be put right."""

    reason: str = Field(min_length=10, max_length=500)


class EntryIn(Body):
    """A subject to be placed."""

    subject_id: UUID
    year_level: int = Field(ge=1, le=6)
    semester: Semester
    category: Category = ""
    elective_group: str = Field("", max_length=40)


class EntryChange(Body):
    """Where a subject moves, or what it is there."""

    year_level: int = Field(UNCHANGED, ge=1, le=6)
    semester: Semester = UNCHANGED
    category: Category = UNCHANGED
    elective_group: str = Field(UNCHANGED, max_length=40)


class FaultOut(Schema):
    """Something about a curriculum, and the subject it is about."""

    sentence: str
    subject_id: UUID | None


class ReportOut(Schema):
    """Whether a curriculum can be followed as it stands."""

    is_sound: bool
    total_units: Decimal
    faults: list[FaultOut]
    warnings: list[FaultOut]


class GraphNode(Schema):
    """A subject of the network."""

    subject_id: UUID
    code: str
    year_level: int
    semester: Semester
    #: How many subjects rest on it.
    opens: int


class GraphEdge(Schema):
    """`before` is asked for by `after`; loose where they may be taken together."""

    before: UUID
    after: UUID
    is_strict: bool


class GraphOut(Schema):
    """The prerequisites of a curriculum as a network."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]


class RuleOut(Schema):
    """What a subject of a curriculum asks for."""

    subject_id: UUID
    tree: dict[str, Any]


@router.get(
    "/curricula", permission=permissions.VIEW_CATALOGUE, response=Page[CurriculumOut], url_name="college_curricula"
)
def curricula(
    request: ApiRequest, page: Query[PageQuery], programme_id: UUID | None = None, state: State | None = None
) -> dict[str, Any]:
    """Curricula that the caller may see, the latest year first."""
    rows = selectors.curricula(request.actor)
    if programme_id is not None:
        rows = rows.filter(programme=programme_id)
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows.values(*_CURRICULUM), page, order=("-effective_academic_year", "-id"))


@router.post("/curricula", permission=permissions.DRAFT_CURRICULA, response={201: CurriculumOut})
def draft(request: ApiRequest, response: HttpResponse, body: CurriculumIn) -> Status[Curriculum]:
    """Begin a curriculum."""
    return Status(201, _tagged(services.draft_curriculum(request.actor, **body.model_dump()), response))


@router.get("/curricula/{uuid:curriculum_id}", permission=permissions.VIEW_CATALOGUE, response=CurriculumDetail)
def curriculum(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID]) -> dict[str, Any]:
    """One curriculum with its subjects."""
    found = _tagged(selectors.get_curriculum(request.actor, curriculum_id), response)
    entries, rules = selectors.entries_of(found.id), selectors.rules_for(found.id)
    return {
        **{field: getattr(found, field) for field in _CURRICULUM},
        "total_units": selectors.plan_from(entries).total_units,
        "entries": [
            _entry(entry)
            | {"prerequisites": to_json(rules[entry.subject_id]) if entry.subject_id in rules else None}
            for entry in entries
        ],
    }  # fmt: skip


@router.patch("/curricula/{uuid:curriculum_id}", permission=permissions.DRAFT_CURRICULA, response=CurriculumOut)
def rename(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID], body: CurriculumNames) -> Curriculum:
    """Call a draft otherwise; send If-Match with its ETag."""
    changed = services.change_curriculum(
        request.actor, curriculum_id=curriculum_id, expected_version=expected_version(request), **body.model_dump()
    )
    return _tagged(changed, response)


@router.post(
    "/curricula/{uuid:curriculum_id}/copy", permission=permissions.DRAFT_CURRICULA, response={201: CurriculumOut}
)
def copy(
    request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID], body: CurriculumNames
) -> Status[Curriculum]:
    """Begin a draft with everything of this curriculum."""
    made = services.copy_curriculum(request.actor, curriculum_id=curriculum_id, **body.model_dump())
    return Status(201, _tagged(made, response))


@router.post(
    "/curricula/{uuid:curriculum_id}/approve", permission=permissions.APPROVE_CURRICULA, response=CurriculumOut
)
def approve(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID]) -> Curriculum:
    """Agree to a draft; send If-Match with the ETag of what was looked at."""
    version = expected_version(request)
    approved = services.approve_curriculum(request.actor, curriculum_id=curriculum_id, expected_version=version)
    return _tagged(approved, response)


@router.post(
    "/curricula/{uuid:curriculum_id}/activate", permission=permissions.APPROVE_CURRICULA, response=CurriculumOut
)
def activate(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID]) -> Curriculum:
    """Let students follow an approved curriculum."""
    return _tagged(services.activate_curriculum(request.actor, curriculum_id=curriculum_id), response)


@router.post("/curricula/{uuid:curriculum_id}/retire", permission=permissions.APPROVE_CURRICULA, response=CurriculumOut)
def retire(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID]) -> Curriculum:
    """Give it to no new students."""
    return _tagged(services.retire_curriculum(request.actor, curriculum_id=curriculum_id), response)


@router.post("/curricula/{uuid:curriculum_id}/return", permission=permissions.APPROVE_CURRICULA, response=CurriculumOut)
def give_back(request: ApiRequest, response: HttpResponse, curriculum_id: Path[UUID], body: ReturnIn) -> Curriculum:
    """Make a draft of it again, so that it can be put right."""
    returned = services.return_curriculum(request.actor, curriculum_id=curriculum_id, reason=body.reason)
    return _tagged(returned, response)


@router.get("/curricula/{uuid:curriculum_id}/check", permission=permissions.VIEW_CATALOGUE, response=ReportOut)
def check(request: ApiRequest, curriculum_id: Path[UUID]) -> Any:
    """Whether it can be followed as it stands: impossible prerequisites, rings, unit totals."""
    return selectors.report_on(selectors.get_curriculum(request.actor, curriculum_id))


@router.post(
    "/curricula/{uuid:curriculum_id}/entries", permission=permissions.DRAFT_CURRICULA, response={201: EntryOut}
)
def add_entry(request: ApiRequest, curriculum_id: Path[UUID], body: EntryIn) -> Status[dict[str, Any]]:
    """Place a subject in a draft."""
    entry = services.add_entry(request.actor, curriculum_id=curriculum_id, **body.model_dump())
    return Status(201, _entry(entry) | {"prerequisites": None})


@router.patch("/curriculum-entries/{uuid:entry_id}", permission=permissions.DRAFT_CURRICULA, response={204: None})
def change_entry(request: ApiRequest, entry_id: Path[UUID], body: EntryChange) -> Status[None]:
    """Move a subject of a draft; If-Match takes the curriculum's ETag."""
    services.change_entry(
        request.actor, entry_id=entry_id, expected_version=expected_version(request),
        **body.model_dump(exclude_unset=True),
    )  # fmt: skip
    return Status(204, None)


@router.delete("/curriculum-entries/{uuid:entry_id}", permission=permissions.DRAFT_CURRICULA, response={204: None})
def remove_entry(request: ApiRequest, entry_id: Path[UUID]) -> Status[None]:
    """Take a subject out of a draft; If-Match takes the curriculum's ETag."""
    services.remove_entry(request.actor, entry_id=entry_id, expected_version=expected_version(request))
    return Status(204, None)


@router.get(
    "/curriculum-entries/{uuid:entry_id}/prerequisites", permission=permissions.VIEW_CATALOGUE,
    response=PrerequisitesOut,
)  # fmt: skip
def entry_prerequisites(request: ApiRequest, response: HttpResponse, entry_id: Path[UUID]) -> dict[str, Any]:
    """What a subject asks for in this curriculum only. Version 0 while that is what it asks for everywhere."""
    entry = selectors.get_entry(request.actor, entry_id)
    return shown_rule(selectors.rule_of_entry(entry.id), response)


@router.put(
    "/curriculum-entries/{uuid:entry_id}/prerequisites", permission=permissions.DRAFT_CURRICULA,
    response=PrerequisitesOut,
)  # fmt: skip
def set_entry_prerequisites(
    request: ApiRequest, response: HttpResponse, entry_id: Path[UUID], body: PrerequisitesIn
) -> dict[str, Any]:
    """Say what must come before a subject in a draft; a ring answers 409 CYCLE with its path."""
    rule = services.set_entry_prerequisites(
        request.actor, entry_id=entry_id, tree=body.tree, expected_version=expected_version(request)
    )
    return shown_rule(rule, response)


@router.get("/prerequisites", permission=permissions.VIEW_CATALOGUE, response=list[RuleOut])
def prerequisites(request: ApiRequest, curriculum_id: UUID) -> list[dict[str, Any]]:
    """What the subjects of a curriculum ask for there."""
    rules = selectors.rules_for(selectors.get_curriculum(request.actor, curriculum_id).id)
    return [{"subject_id": subject_id, "tree": to_json(tree)} for subject_id, tree in rules.items()]


@router.get("/prerequisites/graph", permission=permissions.VIEW_CATALOGUE, response=GraphOut)
def graph(request: ApiRequest, curriculum_id: UUID) -> dict[str, Any]:
    """The prerequisites of a curriculum as a network."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    drawing = draw(selectors.plan_of(found.id), selectors.rules_for(found.id))
    return {
        "nodes": [
            {
                "subject_id": box.place.subject_id, "code": box.place.code, "year_level": box.place.year_level,
                "semester": box.place.semester, "opens": box.opens,
            }
            for box in drawing.boxes
        ],
        "edges": [
            {"before": line.before.subject_id, "after": line.after.subject_id, "is_strict": line.is_strict}
            for line in drawing.lines
        ],
    }  # fmt: skip


def _tagged(found: Curriculum, response: HttpResponse) -> Curriculum:
    response["ETag"] = etag(found.version)
    return found


def _entry(entry: CurriculumEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "subject_id": entry.subject_id,
        "code": entry.subject.code,
        "title": entry.subject.title,
        "units": entry.subject.units,
        "year_level": entry.year_level,
        "semester": entry.semester,
        "category": entry.effective_category,
        "elective_group": entry.elective_group,
    }
