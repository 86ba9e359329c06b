"""Leave, return and withdrawal over JSON: at the desk, and as a student asks for them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Path, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import IF_MATCH, etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.shared.files.models import StoredFile
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.api.students import StatusOut
from rollbook.systems.college.records.models import StudentStatusPeriod
from rollbook.systems.college.schemas import Body

router = Router(tags=["College requests"])
own_router = Router(tags=["College: my own"])

Kind = Literal["LEAVE", "RETURN", "WITHDRAWAL"]
State = Literal["REQUESTED", "APPROVED", "DONE", "DECLINED", "TAKEN_BACK"]

_COLUMNS = (
    "id", "student_id", "kind", "from_date", "to_date", "state", "note", "is_confidential", "requested_on",
    "decided_at", "version", "shown_reason",
)  # fmt: skip


class RequestRow(Schema):
    """What somebody asks for. Medical reasons read "See registrar" to others."""

    id: UUID
    student_id: UUID
    kind: Kind
    from_date: date
    to_date: date | None
    reason: str
    is_confidential: bool
    state: State
    note: str
    requested_on: date
    decided_at: datetime | None
    version: int


class EffectOut(Schema):
    """One thing that would follow."""

    about: str
    before: str
    after: str


class PaperOut(Schema):
    """A paper of a request. Its content is under /files, for registrars and the student."""

    id: UUID
    name: str
    content_type: str
    size_bytes: int
    created_at: datetime


class RequestOut(RequestRow):
    """The same with what would follow, while it is not in effect, and the papers that the caller may read."""

    effects: list[EffectOut]
    papers: list[PaperOut]


class RequestIn(Body):
    """What is asked for; a last day only of a leave."""

    kind: Kind
    from_date: date
    to_date: date | None = None
    reason: str = Field(max_length=500)
    is_confidential: bool = False


class DecisionIn(Body):
    """Approve, or decline with a note; a withdrawal perhaps without clearance."""

    approve: bool
    note: str = Field("", max_length=500)
    without_clearance: str = Field("", max_length=500)


class NoteIn(Body):
    """Why, where somebody else's request is taken back."""

    reason: str = Field("", max_length=500)


class WithdrawPaperIn(Body):
    """Why a paper is withdrawn."""

    reason: str = Field(max_length=500)


class LeaveEndIn(Body):
    """The last day of a leave that runs; none when nobody knows it yet."""

    to_date: date | None
    reason: str = Field(max_length=500)


class RequestQuery(PageQuery):
    """Which requests."""

    state: State | None = None
    kind: Kind | None = None


@router.get("/status-requests", permission=permissions.VIEW_REQUESTS, response=Page[RequestRow])
def status_requests(request: ApiRequest, page: Query[RequestQuery]) -> dict[str, Any]:
    """Requests for leave, return and withdrawal, the newest first."""
    rows = selectors.status_requests(request.actor)
    if page.state:
        rows = rows.filter(state=page.state)
    if page.kind:
        rows = rows.filter(kind=page.kind)
    return page_of(rows.values(*_COLUMNS), page, order=("-created_at", "-id"), shape=_row)


@router.get("/status-requests/{request_id}", permission=permissions.VIEW_REQUESTS, response=RequestOut)
def status_request(request: ApiRequest, response: HttpResponse, request_id: Path[UUID]) -> dict[str, Any]:
    """One request, and what would follow from it."""
    found = _shown(request, request_id)
    response["ETag"] = etag(found["version"])
    return found


@router.post("/students/{student_id}/status-requests", permission=permissions.CHANGE_STATUS, response={201: RequestOut})
def write_down(request: ApiRequest, student_id: Path[UUID], body: RequestIn) -> Status[dict[str, Any]]:
    """Write down what a student asks for on paper."""
    made = services.request_status(request.actor, student_id=student_id, **body.model_dump())
    return Status(201, _shown(request, made.id))


@router.post(
    "/status-requests/{request_id}/decision",
    permission=permissions.CHANGE_STATUS,
    response=RequestOut,
    openapi_extra=IF_MATCH,
)
def decide(request: ApiRequest, request_id: Path[UUID], body: DecisionIn) -> dict[str, Any]:
    """Grant or decline. What is granted for today begins at once, what is granted for later on its day."""
    services.decide_status_request(
        request.actor, request_id=request_id, approve=body.approve, note=body.note,
        without_clearance=body.without_clearance, expected_version=expected_version(request),
    )  # fmt: skip
    return _shown(request, request_id)


@router.post("/status-requests/{request_id}/papers", permission=permissions.CHANGE_STATUS, response={201: PaperOut})
def add_paper(request: ApiRequest, request_id: Path[UUID], file: File[UploadedFile]) -> Status[StoredFile]:
    """Keep a paper that the student brought: PDF or picture, at most 10 MB, while the request is open."""
    return Status(201, _kept(request, request_id, file))


@router.post("/status-requests/{request_id}/take-back", permission=permissions.CHANGE_STATUS, response=RequestOut)
def take_back(request: ApiRequest, request_id: Path[UUID], body: NoteIn) -> dict[str, Any]:
    """Let a request go that has not begun."""
    services.take_back_status_request(request.actor, request_id=request_id, reason=body.reason)
    return _shown(request, request_id)


@router.post("/students/{student_id}/leave-end", permission=permissions.CHANGE_STATUS, response=StatusOut)
def move_end_of_leave(request: ApiRequest, student_id: Path[UUID], body: LeaveEndIn) -> StudentStatusPeriod:
    """Let a leave that runs end on another day."""
    return services.move_end_of_leave(
        request.actor, student_id=student_id, to_date=body.to_date, reason=body.reason
    )  # fmt: skip


@own_router.get("/status-requests", permission=permissions.REQUEST_OWN, response=list[RequestRow])
def own_status_requests(request: ApiRequest) -> list[dict[str, Any]]:
    """What I asked for, the newest first."""
    return [_row(dict(row)) for row in selectors.own_status_requests(request.actor).values(*_COLUMNS)]


@own_router.post("/status-requests", permission=permissions.REQUEST_OWN, response={201: RequestRow})
def ask(request: ApiRequest, body: RequestIn) -> Status[dict[str, Any]]:
    """Ask for a leave, a return or a withdrawal. The registrar decides."""
    made = services.request_status(request.actor, **body.model_dump())
    return Status(201, _row_of(request, made.id))


@own_router.get("/status-requests/{request_id}/papers", permission=permissions.REQUEST_OWN, response=list[PaperOut])
def own_papers(request: ApiRequest, request_id: Path[UUID]) -> list[StoredFile]:
    """The papers that I sent for a request of mine."""
    return selectors.papers_of(request.actor, selectors.get_status_request(request.actor, request_id))


@own_router.post("/status-requests/{request_id}/papers", permission=permissions.REQUEST_OWN, response={201: PaperOut})
def send_paper(request: ApiRequest, request_id: Path[UUID], file: File[UploadedFile]) -> Status[StoredFile]:
    """Send a paper for a request of mine: PDF or picture, at most 10 MB, while it is open."""
    return Status(201, _kept(request, request_id, file))


@own_router.post(
    "/status-requests/{request_id}/papers/{file_id}/withdraw",
    permission=permissions.REQUEST_OWN,
    response=list[PaperOut],
)
def withdraw_paper(
    request: ApiRequest, request_id: Path[UUID], file_id: Path[UUID], body: WithdrawPaperIn
) -> list[StoredFile]:
    """Withdraw a paper that I sent by mistake, while nobody has decided; the papers that are left."""
    services.withdraw_paper(request.actor, request_id=request_id, file_id=file_id, reason=body.reason)
    return selectors.papers_of(request.actor, selectors.get_status_request(request.actor, request_id))


@own_router.post("/status-requests/{request_id}/take-back", permission=permissions.REQUEST_OWN, response=RequestRow)
def take_back_own(request: ApiRequest, request_id: Path[UUID]) -> dict[str, Any]:
    """Let a request of mine go that has not begun."""
    services.take_back_status_request(request.actor, request_id=request_id)
    return _row_of(request, request_id)


def _kept(request: ApiRequest, request_id: UUID, file: UploadedFile) -> StoredFile:
    paper = services.SentPaper(file.file or b"", file.name or "")
    return services.add_paper(request.actor, request_id=request_id, paper=paper)


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "reason": values.pop("shown_reason")}


def _row_of(request: ApiRequest, request_id: UUID) -> dict[str, Any]:
    found = selectors.get_status_request(request.actor, request_id)
    return _row({name: getattr(found, name) for name in _COLUMNS})


def _shown(request: ApiRequest, request_id: UUID) -> dict[str, Any]:
    found = selectors.get_status_request(request.actor, request_id)
    effects = (
        services.effects_of(found.student, kind=found.kind, from_date=found.from_date, to_date=found.to_date)
        if found.is_live
        else []
    )
    return {
        **_row({name: getattr(found, name) for name in _COLUMNS}),
        "effects": [{"about": one.about, "before": one.before, "after": one.after} for one in effects],
        "papers": selectors.papers_of(request.actor, found),
    }
