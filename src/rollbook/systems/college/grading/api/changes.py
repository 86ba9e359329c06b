"""Changes of finalised grades: asked for, decided, taken back; archived terms reopened for them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import F
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.services import changes
from rollbook.systems.college.schemas import Body

router = Router(tags=["College grades"])

ChangeState = Literal["PROPOSED", "APPROVED", "RETURNED", "WITHDRAWN", "EXPIRED"]

_FIELDS = ("id", "record_id", "reason", "evidence_file_id", "evidence_note", "created_at", "approved_at")
_COLUMNS = {
    "student_number": F("record__subject_enrolment__term_enrolment__student__student_number"),
    "subject": F("record__subject_enrolment__subject__code"),
    "term": F("record__subject_enrolment__term_enrolment__term__code"),
    "from_grade": F("from_symbol"),
    "to_grade": F("to_symbol"),
    "state": F("request__state"),
    "note": F("request__note"),
}


class ChangeOut(Schema):
    """A request to change a finalised grade."""

    id: UUID
    record_id: UUID
    student_number: str
    subject: str
    term: str
    from_grade: str
    to_grade: str
    reason: str
    evidence_file_id: UUID | None
    evidence_note: str
    state: ChangeState
    note: str
    created_at: datetime
    approved_at: datetime | None


class ChangeIn(Body):
    """A finalised grade and what it should become, with the reason and where the evidence is."""

    record_id: UUID
    grade: str = Field(max_length=20)
    reason: str = Field(max_length=500)
    evidence_file_id: UUID | None = None
    evidence_note: str = Field("", max_length=200)


class DecisionIn(Body):
    """Approve, which changes the grade at once, or return with a note."""

    approve: bool
    note: str = Field("", max_length=500)


class WithdrawIn(Body):
    """Why a request is taken back."""

    note: str = Field("", max_length=500)


class ReopeningIn(Body):
    """Until when grades of an archived term may be changed, and why."""

    term_id: UUID
    until: date
    reason: str = Field(max_length=500)


class ReopeningOut(Schema):
    """An archived term that is open for changes of grades."""

    id: UUID
    term_id: UUID
    until: date
    reason: str


class ChangeQuery(PageQuery):
    """Which requests."""

    state: ChangeState | None = None


@router.get("/grade-changes", permission=SIGNED_IN, response=Page[ChangeOut])
def grade_changes(request: ApiRequest, page: Query[ChangeQuery]) -> dict[str, Any]:
    """Requests to change grades, the newest first: all for registrars, their own for professors."""
    rows = selectors.changes(request.actor)
    if page.state:
        rows = rows.filter(request__state=page.state)
    return page_of(rows.values(*_FIELDS, **_COLUMNS), page, order=("-created_at", "-id"))


@router.post("/grade-changes", permission=permissions.PROPOSE_CHANGE, response={201: ChangeOut})
def propose(request: ApiRequest, body: ChangeIn) -> Status[dict[str, Any]]:
    """Ask for another value of a finalised grade."""
    made = changes.propose_change(request.actor, **body.model_dump())
    return Status(201, _change(request, made.id))


@router.get("/grade-changes/{change_id}", permission=SIGNED_IN, response=ChangeOut)
def one_change(request: ApiRequest, change_id: Path[UUID]) -> dict[str, Any]:
    """One request."""
    return _change(request, change_id)


@router.post("/grade-changes/{change_id}/decision", permission=SIGNED_IN, response=ChangeOut)
def decide(request: ApiRequest, change_id: Path[UUID], body: DecisionIn) -> dict[str, Any]:
    """Decide a request. Nobody decides their own: 409 SELF_APPROVAL."""
    changes.decide_change(request.actor, change_id=change_id, approve=body.approve, note=body.note)
    return _change(request, change_id)


@router.post("/grade-changes/{change_id}/withdraw", permission=permissions.PROPOSE_CHANGE, response=ChangeOut)
def withdraw(request: ApiRequest, change_id: Path[UUID], body: WithdrawIn) -> dict[str, Any]:
    """Take back one's own request while it waits."""
    changes.withdraw_change(request.actor, change_id=change_id, note=body.note)
    return _change(request, change_id)


@router.post("/term-reopenings", permission=permissions.REOPEN_TERM, response={201: ReopeningOut})
def reopen_term(request: ApiRequest, body: ReopeningIn) -> Status[Any]:
    """Open an archived term for changes of grades."""
    made = changes.reopen_term(request.actor, term_id=body.term_id, until=body.until, reason=body.reason)
    return Status(201, made)


def _change(request: ApiRequest, change_id: UUID) -> dict[str, Any]:
    found = selectors.get_change(request.actor, change_id)
    rows = selectors.changes(request.actor).filter(id=found.id)
    shown: dict[str, Any] = rows.values(*_FIELDS, **_COLUMNS).get()
    return shown
