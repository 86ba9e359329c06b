"""Transfers between programmes over JSON, and another curriculum of the same programme."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import IF_MATCH, etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.api.requests import NoteIn
from rollbook.systems.college.schemas import Body

router = Router(tags=["College transfers"])
own_router = Router(tags=["College: my own"])

State = Literal["REQUESTED", "ENDORSED", "APPROVED", "EFFECTIVE", "DECLINED", "TAKEN_BACK"]

_COLUMNS = (
    "id", "student_id", "from_programme_id", "to_programme_id", "curriculum_id", "effective_term_id", "reason",
    "state", "endorsement", "note", "created_at", "effective_on", "version",
)  # fmt: skip


class TransferRow(Schema):
    """A student's change to another programme, from a term on."""

    id: UUID
    student_id: UUID
    from_programme_id: UUID
    to_programme_id: UUID
    curriculum_id: UUID | None
    effective_term_id: UUID
    reason: str
    state: State
    endorsement: str
    note: str
    created_at: datetime
    effective_on: date | None
    version: int


class CountedOut(Schema):
    """A subject of the new curriculum that is met, and by which one."""

    code: str
    by: str
    units: str
    how: Literal["PASSED", "CREDITED"]


class MissingOut(Schema):
    """What is still to be passed; any of the codes is enough."""

    codes: list[str]
    units: str
    year_level: int
    semester: str


class EvaluationOut(Schema):
    """What the student's subjects come to in the new curriculum, as found at the decision."""

    curriculum: str
    required_units: str
    earned_units: str
    missing_units: str
    year_level: int
    reasons: list[str]
    counted: list[CountedOut]
    outside: list[str]
    running: list[str]
    missing: list[MissingOut]


class TransferOut(TransferRow):
    """The same with its evaluation, once it is decided."""

    evaluation: EvaluationOut | None


class TransferIn(Body):
    """The new programme, and from which term on."""

    to_programme_id: UUID
    effective_term_id: UUID
    reason: str = Field(max_length=500)


class EndorsementIn(Body):
    """Endorse, or decline with a note."""

    approve: bool
    note: str = Field("", max_length=500)


class DecisionIn(EndorsementIn):
    """Grant with a curriculum, without one that of new students; or decline with a note."""

    curriculum_id: UUID | None = None


class CurriculumIn(Body):
    """Which version of the programme's curriculum the student follows, and why."""

    curriculum_id: UUID
    reason: str = Field(max_length=500)


class CurriculumOut(Schema):
    """What a student follows."""

    student_id: UUID
    curriculum_id: UUID
    version: int


class TransferQuery(PageQuery):
    """Which transfers."""

    state: State | None = None


@router.get("/program-transfers", permission=permissions.VIEW_TRANSFERS, response=Page[TransferRow])
def transfers(request: ApiRequest, page: Query[TransferQuery]) -> dict[str, Any]:
    """Transfers that one may see, the newest first."""
    rows = selectors.transfers(request.actor)
    if page.state:
        rows = rows.filter(state=page.state)
    return page_of(rows.values(*_COLUMNS), page, order=("-created_at", "-id"))


@router.get("/program-transfers/{transfer_id}", permission=permissions.VIEW_TRANSFERS, response=TransferOut)
def transfer(request: ApiRequest, response: HttpResponse, transfer_id: Path[UUID]) -> dict[str, Any]:
    """One transfer with its evaluation."""
    found = _shown(request, transfer_id)
    response["ETag"] = etag(found["version"])
    return found


@router.get(
    "/students/{student_id}/program-transfers", permission=permissions.VIEW_TRANSFERS, response=list[TransferRow]
)
def transfers_of_student(request: ApiRequest, student_id: Path[UUID]) -> list[dict[str, Any]]:
    """The transfers of one student, the newest first."""
    found = selectors.get_student(request.actor, student_id)
    rows = selectors.transfers(request.actor).filter(student=found).order_by("-created_at", "-id")
    return list(rows.values(*_COLUMNS))


@router.post(
    "/students/{student_id}/program-transfers", permission=permissions.DECIDE_TRANSFERS, response={201: TransferRow}
)
def write_down(request: ApiRequest, student_id: Path[UUID], body: TransferIn) -> Status[dict[str, Any]]:
    """Write down a transfer that a student asks for on paper."""
    made = services.request_transfer(request.actor, student_id=student_id, **body.model_dump())
    return Status(201, _shown(request, made.id))


@router.post(
    "/program-transfers/{transfer_id}/endorsement",
    permission=permissions.VIEW_TRANSFERS,
    response=TransferRow,
    openapi_extra=IF_MATCH,
)
def endorse(request: ApiRequest, transfer_id: Path[UUID], body: EndorsementIn) -> dict[str, Any]:
    """Say for the programme that takes the student whether it does: the dean, or the programme's head."""
    services.endorse_transfer(
        request.actor, transfer_id=transfer_id, approve=body.approve, note=body.note,
        expected_version=expected_version(request),
    )  # fmt: skip
    return _shown(request, transfer_id)


@router.post(
    "/program-transfers/{transfer_id}/decision",
    permission=permissions.DECIDE_TRANSFERS,
    response=TransferOut,
    openapi_extra=IF_MATCH,
)
def decide(request: ApiRequest, transfer_id: Path[UUID], body: DecisionIn) -> dict[str, Any]:
    """Grant or decline an endorsed transfer; whoever endorsed it does not decide it."""
    services.decide_transfer(
        request.actor, transfer_id=transfer_id, approve=body.approve, curriculum_id=body.curriculum_id,
        note=body.note, expected_version=expected_version(request),
    )  # fmt: skip
    return _shown(request, transfer_id)


@router.post(
    "/program-transfers/{transfer_id}/take-back", permission=permissions.DECIDE_TRANSFERS, response=TransferRow
)
def take_back(request: ApiRequest, transfer_id: Path[UUID], body: NoteIn) -> dict[str, Any]:
    """Let a transfer go that is not in effect yet."""
    services.take_back_transfer(request.actor, transfer_id=transfer_id, reason=body.reason)
    return _shown(request, transfer_id)


@router.post(
    "/students/{student_id}/curriculum",
    permission=permissions.CHANGE_STUDENTS,
    response=CurriculumOut,
    openapi_extra=IF_MATCH,
)
def change_curriculum(request: ApiRequest, student_id: Path[UUID], body: CurriculumIn) -> dict[str, Any]:
    """Let a student follow another version of their programme's curriculum; terms that have not begun follow."""
    student = services.change_curriculum(
        request.actor, student_id=student_id, curriculum_id=body.curriculum_id, reason=body.reason,
        expected_version=expected_version(request),
    )  # fmt: skip
    return {"student_id": student.id, "curriculum_id": student.curriculum_id, "version": student.version}


@own_router.get("/program-transfers", permission=permissions.REQUEST_OWN, response=list[TransferRow])
def own_transfers(request: ApiRequest) -> list[dict[str, Any]]:
    """My transfers, the newest first."""
    return list(selectors.own_transfers(request.actor).values(*_COLUMNS))


@own_router.post("/program-transfers", permission=permissions.REQUEST_OWN, response={201: TransferRow})
def ask(request: ApiRequest, body: TransferIn) -> Status[dict[str, Any]]:
    """Ask for another programme from a term on."""
    made = services.request_transfer(request.actor, **body.model_dump())
    return Status(201, _shown(request, made.id))


@own_router.post("/program-transfers/{transfer_id}/take-back", permission=permissions.REQUEST_OWN, response=TransferRow)
def take_back_own(request: ApiRequest, transfer_id: Path[UUID]) -> dict[str, Any]:
    """Let a transfer of mine go that is not in effect yet."""
    services.take_back_transfer(request.actor, transfer_id=transfer_id)
    return _shown(request, transfer_id)


def _shown(request: ApiRequest, transfer_id: UUID) -> dict[str, Any]:
    found = selectors.get_transfer(request.actor, transfer_id)
    return {**{name: getattr(found, name) for name in _COLUMNS}, "evaluation": found.evaluation or None}
