"""Official papers and graduation over JSON."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.problems import Problem
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.figures import plain
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF
from rollbook.systems.college.catalogue.curriculum_rules import Requirement
from rollbook.systems.college.credentials import permissions, selectors
from rollbook.systems.college.credentials.reads.graduation import graduation_check
from rollbook.systems.college.credentials.rules.graduation import Outcome
from rollbook.systems.college.credentials.services import graduating, releasing
from rollbook.systems.college.credentials.words import reasons_of
from rollbook.systems.college.records.selectors import get_student
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College papers"])
own_router = Router(tags=["Own papers"])

PaperCode = Literal["TOR", "COE", "COR", "COG", "HD"]
_COLUMNS = ("id", "kind", "title", "number", "code", "person_id", "state", "issued_on", "issued_at", "sha256")


class PaperRow(Schema):
    """A released paper."""

    id: UUID
    kind: str
    title: str
    number: str
    code: str
    state: Literal["ISSUED", "REVOKED", "REISSUED"]
    issued_on: date
    issued_at: datetime
    sha256: str


class ReleaseIn(Body):
    """What to release, and for what."""

    paper: PaperCode
    purpose: str = Field(max_length=200)
    copies: int = Field(1, ge=1, le=20)
    term_enrolment_id: UUID | None = None
    despite_hold: str = Field("", max_length=500, description="The head registrar's reason to pass a hold.")


class LinkOut(Schema):
    """A word that opens one paper for a quarter of an hour."""

    token: str
    seconds: int


class MissingOut(Schema):
    """A requirement that is not met; any one of the codes is enough."""

    codes: list[str]
    year_level: int
    semester: str


class CheckOut(Schema):
    """Whether a student may graduate now, and everything that stands in the way."""

    is_eligible: bool
    missing: list[MissingOut]
    reasons: list[str]
    earned_units: str
    required_units: str


class ProposedOut(Schema):
    """A graduation that waits for the head registrar."""

    id: UUID
    state: str


@router.get("/documents", permission=permissions.RELEASE_PAPERS, response=Page[PaperRow])
def papers(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Released papers, the newest first: one's own releases, or all for the head registrar."""
    rows = selectors.releases(request.actor).values(*_COLUMNS)
    return page_of(rows, page, order=("-issued_at", "-id"))


@router.post("/students/{student_id}/documents", permission=permissions.RELEASE_PAPERS, response={201: PaperRow})
def release(request: ApiRequest, student_id: Path[UUID], body: ReleaseIn) -> Status[Any]:
    """Release a paper. What it says is frozen; its number is the next of its kind and year."""
    made = releasing.release(
        request.actor, student_id=student_id, paper=body.paper, purpose=body.purpose, copies=body.copies,
        term_enrolment_id=body.term_enrolment_id, despite_hold=body.despite_hold,
    )  # fmt: skip
    return Status(201, made)


@router.post("/documents/{document_id}/revoke", permission=permissions.RELEASE_PAPERS, response=PaperRow)
def revoke(request: ApiRequest, document_id: Path[UUID], body: ReasonIn) -> Any:
    """Withdraw a paper at once; verifying it says REVOKED from then on."""
    return releasing.revoke(request.actor, document_id=document_id, reason=body.reason)


@router.post("/documents/{document_id}/reissue", permission=permissions.RELEASE_PAPERS, response={201: PaperRow})
def reissue(request: ApiRequest, document_id: Path[UUID], body: ReasonIn) -> Status[Any]:
    """Replace a paper by one that says what the record says now."""
    return Status(201, releasing.reissue(request.actor, document_id=document_id, reason=body.reason))


@router.post("/documents/{document_id}/link", permission=permissions.RELEASE_PAPERS, response=LinkOut)
def link(request: ApiRequest, document_id: Path[UUID]) -> dict[str, Any]:
    """A link to one paper, good for a quarter of an hour."""
    return _link(request, document_id)


@router.get("/documents/file", permission=permissions.RELEASE_PAPERS, response={200: bytes, 410: Problem})
def file(request: ApiRequest, token: Query[str]) -> HttpResponse:
    """The paper behind a link."""
    return _file(request, token)


@router.get("/students/{student_id}/graduation-check", permission=permissions.CHECK_GRADUATION, response=CheckOut)
def check(request: ApiRequest, student_id: Path[UUID]) -> dict[str, Any]:
    """Whether a student may graduate now, with everything that is missing by year and semester."""
    return _shown(graduation_check(request.actor, get_student(request.actor, student_id)))


@router.post(
    "/students/{student_id}/confirm-graduation", permission=permissions.PROPOSE_GRADUATION, response={201: ProposedOut}
)
def confirm(request: ApiRequest, student_id: Path[UUID]) -> Status[Any]:
    """Propose that a student graduates; the head registrar confirms it among the approvals."""
    return Status(201, graduating.propose_graduation(request.actor, student_id=student_id))


@own_router.get("/documents", permission=permissions.VIEW_OWN_PAPERS, response=list[PaperRow])
def own_papers(request: ApiRequest) -> list[dict[str, Any]]:
    """One's own released papers."""
    return list(selectors.releases(request.actor).order_by("-issued_at", "-id").values(*_COLUMNS)[:200])


@own_router.post("/documents/{document_id}/link", permission=permissions.VIEW_OWN_PAPERS, response=LinkOut)
def own_link(request: ApiRequest, document_id: Path[UUID]) -> dict[str, Any]:
    """A link to one of one's own papers, good for a quarter of an hour."""
    return _link(request, document_id)


@own_router.get("/documents/file", permission=permissions.VIEW_OWN_PAPERS, response={200: bytes, 410: Problem})
def own_file(request: ApiRequest, token: Query[str]) -> HttpResponse:
    """The paper behind a link."""
    return _file(request, token)


def _link(request: ApiRequest, document_id: UUID) -> dict[str, Any]:
    return {"token": releasing.link_for(request.actor, document_id=document_id), "seconds": releasing.LINK_SECONDS}


def _file(request: ApiRequest, token: str) -> HttpResponse:
    found, content = releasing.download(request.actor, token=token)
    return file_response(content, content_type=PDF, name=f"{found.number}.pdf", is_shown=False)


def _shown(outcome: Outcome) -> dict[str, Any]:
    return {
        "is_eligible": outcome.is_eligible,
        "missing": [_missing(one) for one in outcome.missing],
        "reasons": list(reasons_of(outcome)),
        "earned_units": plain(outcome.earned_units),
        "required_units": plain(outcome.required_units),
    }


def _missing(one: Requirement) -> dict[str, Any]:
    return {"codes": one.codes, "year_level": one.first.year_level, "semester": one.first.semester}
