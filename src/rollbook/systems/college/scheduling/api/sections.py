"""Blocks, sections, and who teaches them."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.api.shapes import MeetingOut, meeting_out
from rollbook.systems.college.scheduling.generating import Demand
from rollbook.systems.college.scheduling.models import Block, TeachingAssignment
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.schemas import UNCHANGED, Body, ReasonIn

router = Router(tags=["College schedule: sections"])

SectionState = Literal["DRAFT", "OPEN", "CLOSED", "CANCELLED"]
ComponentName = Literal["LEC", "LAB"]
_SECTION = ("id", "term_id", "subject_id", "block_id", "code", "capacity", "waitlist_capacity", "state", "version")
_BLOCK = ("id", "term_id", "programme_id", "year_level", "code", "session", "target", "maximum", "version")


class BlockOut(Schema):
    """A cohort of a term."""

    id: UUID
    term_id: UUID
    programme_id: UUID
    year_level: int
    code: str
    session: Literal["AM", "PM"]
    target: int
    maximum: int
    version: int


class BlockIn(Body):
    """A cohort to be added."""

    term_id: UUID
    programme_id: UUID
    year_level: int = Field(ge=1, le=8)
    code: str = Field(min_length=1, max_length=30)
    session: Literal["AM", "PM"]
    target: int = Field(35, ge=1, le=1000)
    maximum: int = Field(40, ge=1, le=1000)


class BlockChange(Body):
    """What of a block changes."""

    code: str = Field(UNCHANGED, min_length=1, max_length=30)
    session: Literal["AM", "PM"] = UNCHANGED
    target: int = Field(UNCHANGED, ge=1, le=1000)
    maximum: int = Field(UNCHANGED, ge=1, le=1000)


class BlockQuery(PageQuery):
    """Which blocks."""

    term_id: UUID


class SectionRow(Schema):
    """A class in a list."""

    id: UUID
    term_id: UUID
    subject_id: UUID
    subject: str
    title: str
    block_id: UUID | None
    code: str
    capacity: int
    waitlist_capacity: int
    state: SectionState
    version: int


class AssignmentOut(Schema):
    """Who teaches a part of a class; without a professor nobody was named yet."""

    id: UUID
    component: ComponentName
    role: Literal["PRIMARY", "CO"]
    professor_id: UUID | None
    professor: str | None


class SectionOut(SectionRow):
    """A class with its hours, its professors and the seats taken."""

    seats_taken: int
    meetings: list[MeetingOut]
    professors: list[AssignmentOut]


class SectionIn(Body):
    """A class to be added."""

    term_id: UUID
    subject_id: UUID
    code: str = Field(min_length=1, max_length=30)
    block_id: UUID | None = None
    capacity: int = Field(40, ge=1, le=1000)
    waitlist_capacity: int = Field(10, ge=0, le=1000)
    professor_id: UUID | None = None


class SectionChange(Body):
    """What of a class changes."""

    code: str = Field(UNCHANGED, min_length=1, max_length=30)
    block_id: UUID | None = None
    capacity: int = Field(UNCHANGED, ge=1, le=1000)
    waitlist_capacity: int = Field(UNCHANGED, ge=0, le=1000)


class SectionQuery(PageQuery):
    """Which classes."""

    term_id: UUID | None = None
    subject_id: UUID | None = None
    block_id: UUID | None = None
    state: SectionState | None = None


class StateIn(Body):
    """Opened, or closed for whoever is new."""

    state: Literal["OPEN", "CLOSED"]


class AssignIn(Body):
    """Who teaches a part of a class. Null takes the owner's name away; the class keeps its place for one."""

    professor_id: UUID | None
    component: ComponentName = "LEC"
    role: Literal["PRIMARY", "CO"] = "PRIMARY"
    override_reason: str = Field("", max_length=500, description="Lets the professor be booked twice.")


class DemandIn(Body):
    """How many students of a programme and year are expected."""

    programme_id: UUID
    year_level: int = Field(ge=1, le=8)
    students: int = Field(ge=0, le=5000)


class GenerateIn(Body):
    """Students expected in a term; without them, as enrolment or the records tell."""

    term_id: UUID
    demand: list[DemandIn] | None = Field(None, max_length=500)
    dry_run: bool = Field(False, description="Say what would be made, and make nothing.")


class PlannedBlockOut(Schema):
    """A block that would be made."""

    code: str
    session: Literal["AM", "PM"]
    students: int


class CohortOut(Schema):
    """What a programme and year need."""

    programme: str
    year_level: int
    students: int
    blocks: list[PlannedBlockOut]
    standing: list[str]
    subjects: list[str]
    elective_groups: list[str]
    has_curriculum: bool


class GeneratedOut(Schema):
    """What was made, and from which plan."""

    blocks: int
    sections: int
    plan: list[CohortOut]


@router.get("/blocks", permission=permissions.VIEW_SCHEDULE, response=Page[BlockOut])
def blocks(request: ApiRequest, page: Query[BlockQuery]) -> dict[str, Any]:
    """The blocks of a term by code."""
    return page_of(selectors.blocks(request.actor, page.term_id).values(*_BLOCK), page, order=("code", "id"))


@router.post("/blocks", permission=permissions.MANAGE_SECTIONS, response={201: BlockOut})
def add_block(request: ApiRequest, response: HttpResponse, body: BlockIn) -> Status[Block]:
    """Add a block to a term."""
    block = services.add_block(request.actor, **body.model_dump())
    response["ETag"] = etag(block.version)
    return Status(201, block)


@router.patch("/blocks/{block_id}", permission=permissions.MANAGE_SECTIONS, response=BlockOut)
def change_block(request: ApiRequest, response: HttpResponse, block_id: Path[UUID], body: BlockChange) -> Block:
    """Change a block; send If-Match with its ETag."""
    changes = body.model_dump(exclude_unset=True)
    block = services.change_block(
        request.actor, block_id=block_id, expected_version=expected_version(request), **changes
    )
    response["ETag"] = etag(block.version)
    return block


@router.get("/sections", permission=SIGNED_IN, response=Page[SectionRow])
def sections(request: ApiRequest, page: Query[SectionQuery]) -> dict[str, Any]:
    """Classes by code, as far as one may see them: professors see theirs."""
    rows = selectors.sections(request.actor)
    wanted = {"term": page.term_id, "subject": page.subject_id, "block": page.block_id, "state": page.state}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    values = rows.values(*_SECTION, "subject__code", "subject__title")
    return page_of(values, page, order=("code", "id"), shape=_row)


@router.post("/sections", permission=permissions.MANAGE_SECTIONS, response={201: SectionOut})
def add_section(request: ApiRequest, response: HttpResponse, body: SectionIn) -> Status[dict[str, Any]]:
    """Add a class to a term."""
    section = services.add_section(request.actor, **body.model_dump())
    return Status(201, _section(request, response, section.id))


@router.post("/sections/generate", permission=permissions.GENERATE_SECTIONS, response=GeneratedOut)
def generate(request: ApiRequest, body: GenerateIn) -> dict[str, Any]:
    """Make the blocks and classes that the students expected need; what stands stays."""
    if body.demand is None:
        demand = services.expected_students(request.actor, body.term_id)
    else:
        demand = [Demand(each.programme_id, each.year_level, each.students) for each in body.demand]
    plan = [_cohort(each) for each in services.plan_sections(request.actor, term_id=body.term_id, demand=demand)]
    if body.dry_run:
        return {"blocks": 0, "sections": 0, "plan": plan}
    made = services.generate_sections(request.actor, term_id=body.term_id, demand=demand)
    return {"blocks": made.blocks, "sections": made.sections, "plan": plan}


@router.get("/sections/{section_id}", permission=SIGNED_IN, response=SectionOut)
def section(request: ApiRequest, response: HttpResponse, section_id: Path[UUID]) -> dict[str, Any]:
    """One class."""
    return _section(request, response, section_id)


@router.patch("/sections/{section_id}", permission=permissions.MANAGE_SECTIONS, response=SectionOut)
def change_section(
    request: ApiRequest, response: HttpResponse, section_id: Path[UUID], body: SectionChange
) -> dict[str, Any]:
    """Change the code, block or seats of a class; send If-Match with its ETag."""
    changes = body.model_dump(exclude_unset=True)
    services.change_section(request.actor, section_id=section_id, expected_version=expected_version(request), **changes)
    return _section(request, response, section_id)


@router.post("/sections/{section_id}/state", permission=permissions.MANAGE_SECTIONS, response=SectionOut)
def move_section(request: ApiRequest, response: HttpResponse, section_id: Path[UUID], body: StateIn) -> dict[str, Any]:
    """Open a class, or close it for whoever is new."""
    services.move_section(request.actor, section_id=section_id, state=body.state)
    return _section(request, response, section_id)


@router.post("/sections/{section_id}/cancel", permission=permissions.MANAGE_SECTIONS, response=SectionOut)
def cancel_section(
    request: ApiRequest, response: HttpResponse, section_id: Path[UUID], body: ReasonIn
) -> dict[str, Any]:
    """Give up a class in which nobody is."""
    services.cancel_section(request.actor, section_id=section_id, reason=body.reason)
    return _section(request, response, section_id)


@router.put("/sections/{section_id}/professors", permission=permissions.ASSIGN, response=SectionOut)
def assign_professor(
    request: ApiRequest, response: HttpResponse, section_id: Path[UUID], body: AssignIn
) -> dict[str, Any]:
    """Say who teaches a part of a class; the PRIMARY one owns its grades."""
    services.assign_professor(request.actor, section_id=section_id, **body.model_dump())
    return _section(request, response, section_id)


@router.delete("/assignments/{assignment_id}", permission=permissions.ASSIGN, response={204: None})
def end_assignment(request: ApiRequest, assignment_id: Path[UUID]) -> Status[None]:
    """Somebody no longer teaches beside the owner of the grades."""
    services.end_assignment(request.actor, assignment_id=assignment_id)
    return Status(204, None)


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "subject": values.pop("subject__code"), "title": values.pop("subject__title")}


def _section(request: ApiRequest, response: HttpResponse, section_id: UUID) -> dict[str, Any]:
    found = selectors.get_section(request.actor, section_id)
    response["ETag"] = etag(found.version)
    return {
        **{name: getattr(found, name) for name in _SECTION},
        "subject": found.subject.code,
        "title": found.subject.title,
        "seats_taken": roll().seats_taken([found.id]).get(found.id, 0),
        "meetings": [meeting_out(meeting) for meeting in selectors.meetings_of([found.id])[found.id]],
        "professors": [_assignment(row) for row in selectors.assignments_of([found.id])[found.id]],
    }


def _assignment(row: TeachingAssignment) -> dict[str, Any]:
    name = row.professor.person.full_name if row.professor else None
    return {"id": row.id, "component": row.component, "role": row.role, "professor_id": row.professor_id,
            "professor": name}  # fmt: skip


def _cohort(cohort: Any) -> dict[str, Any]:
    return {
        "programme": cohort.programme.code, "year_level": cohort.year_level, "students": cohort.students,
        "blocks": [{"code": each.code, "session": each.session, "students": each.students} for each in cohort.blocks],
        "standing": [block.code for block in cohort.standing], "subjects": [each.code for each in cohort.subjects],
        "elective_groups": cohort.elective_groups, "has_curriculum": cohort.has_curriculum,
    }  # fmt: skip
