"""Incomplete cases and the steps of their resolution."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from ninja import Path, Query, Schema
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.services import incompletes
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College grades"])

CaseState = Literal["OPEN", "REQUESTED", "APPROVED", "SUBMITTED", "HEAD_APPROVED", "RESOLVED", "EXPIRED"]

_FIELDS = (
    "id", "state", "started_on", "months", "extension_days", "paused_days", "deadline", "required_work",
    "request_reason", "returned_reason", "ended_on", "version",
)  # fmt: skip
_COLUMNS = {
    "student_number": F("student__student_number"),
    "subject": F("subject_enrolment__subject__code"),
    "section": F("subject_enrolment__section__code"),
    "term": F("subject_enrolment__section__term__code"),
    "new_grade": F("new_symbol"),
}


class CaseOut(Schema):
    """An incomplete."""

    id: UUID
    student_number: str
    subject: str
    section: str
    term: str
    state: CaseState
    started_on: date
    months: int
    extension_days: int
    paused_days: int
    deadline: date | None = Field(description="None while an open-ended leave holds the clock.")
    required_work: str
    request_reason: str
    returned_reason: str
    new_grade: str
    ended_on: date | None
    version: int


class GradeIn(Body):
    """The grade that ends the incomplete: a number of the scale."""

    grade: str = Field(max_length=20)


class ExtensionIn(Body):
    """How many more days, and why."""

    days: int = Field(ge=1, le=90)
    reason: str = Field(max_length=500)


class CaseQuery(PageQuery):
    """Which cases."""

    state: CaseState | None = None
    student_id: UUID | None = None


@router.get("/inc-cases", permission=permissions.VIEW_INCOMPLETES, response=Page[CaseOut])
def cases(request: ApiRequest, page: Query[CaseQuery]) -> dict[str, Any]:
    """The incompletes one may see, the newest first."""
    rows = selectors.incompletes(request.actor)
    if page.state:
        rows = rows.filter(state=page.state)
    if page.student_id:
        rows = rows.filter(student_id=page.student_id)
    return page_of(rows.values(*_FIELDS, "created_at", **_COLUMNS), page, order=("-created_at", "-id"))


@router.get("/inc-cases/{case_id}", permission=permissions.VIEW_INCOMPLETES, response=CaseOut)
def one_case(request: ApiRequest, response: HttpResponse, case_id: Path[UUID]) -> dict[str, Any]:
    """One incomplete."""
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/request", permission=permissions.REQUEST_RESOLUTION, response=CaseOut)
def ask(request: ApiRequest, response: HttpResponse, case_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """The professor asks to be allowed to grade the work."""
    incompletes.request_resolution(request.actor, case_id=case_id, reason=body.reason)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/approve", permission=permissions.ALLOW_RESOLUTION, response=CaseOut)
def allow(request: ApiRequest, response: HttpResponse, case_id: Path[UUID]) -> dict[str, Any]:
    """A registrar allows it."""
    incompletes.allow_resolution(request.actor, case_id=case_id)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/reject", permission=permissions.ALLOW_RESOLUTION, response=CaseOut)
def refuse(request: ApiRequest, response: HttpResponse, case_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """A registrar sends the request back."""
    incompletes.refuse_resolution(request.actor, case_id=case_id, reason=body.reason)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/grade", permission=permissions.REQUEST_RESOLUTION, response=CaseOut)
def grade(request: ApiRequest, response: HttpResponse, case_id: Path[UUID], body: GradeIn) -> dict[str, Any]:
    """The professor enters the grade, which stops the deadline."""
    incompletes.grade_resolution(request.actor, case_id=case_id, grade=body.grade)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/head-approve", permission=permissions.HEAD_RESOLUTION, response=CaseOut)
def head_approve(request: ApiRequest, response: HttpResponse, case_id: Path[UUID]) -> dict[str, Any]:
    """The programme head approves the grade."""
    incompletes.approve_grade(request.actor, case_id=case_id)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/head-return", permission=permissions.HEAD_RESOLUTION, response=CaseOut)
def head_return(request: ApiRequest, response: HttpResponse, case_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """The programme head sends the grade back."""
    incompletes.send_grade_back(request.actor, case_id=case_id, reason=body.reason)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/finalize", permission=permissions.ALLOW_RESOLUTION, response=CaseOut)
def finalise(request: ApiRequest, response: HttpResponse, case_id: Path[UUID]) -> dict[str, Any]:
    """A registrar finalises the grade."""
    incompletes.finalise_resolution(request.actor, case_id=case_id)
    return _case(request, response, case_id)


@router.post("/inc-cases/{case_id}/extend", permission=permissions.EXTEND_INCOMPLETE, response=CaseOut)
def extend(request: ApiRequest, response: HttpResponse, case_id: Path[UUID], body: ExtensionIn) -> dict[str, Any]:
    """The head registrar gives more time."""
    incompletes.extend(request.actor, case_id=case_id, days=body.days, reason=body.reason)
    return _case(request, response, case_id)


def _case(request: ApiRequest, response: HttpResponse, case_id: UUID) -> dict[str, Any]:
    case = selectors.get_case(request.actor, case_id)
    shown: dict[str, Any] = selectors.incompletes(request.actor).filter(id=case.id).values(*_FIELDS, **_COLUMNS).get()
    response["ETag"] = etag(shown["version"])
    return shown
