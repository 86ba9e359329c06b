"""How students get on: who is at risk and why, and how far somebody has come in the curriculum."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Path, Query, Schema
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, encode_cursor, place_after
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.reads import progress
from rollbook.systems.college.grading.reads.at_risk import at_risk, place_of
from rollbook.systems.college.grading.reads.progress import Progress

router = Router(tags=["College grades"])
own_router = Router(tags=["College: my own"])

Danger = Literal["STANDING", "PROPOSED", "AVERAGE", "INCOMPLETE", "HOLD"]
StepState = Literal["DONE", "RUNNING", "LEFT"]


class RiskOut(Schema):
    """One danger of one student, why it is one, and what can be done about it now."""

    id: str
    student_id: UUID
    number: str
    name: str
    programme: str
    reason: Danger
    why: str
    next_step: str
    until: date | None


class RiskQuery(PageQuery):
    """Which dangers."""

    reason: Danger | None = None
    programme: str = Field("", max_length=40, description="The code of a programme.")


class PlaceOut(Schema):
    """A subject of the curriculum; one of several where it is an elective."""

    subject_id: UUID
    code: str
    title: str


class StepOut(Schema):
    """Something that has to be passed, and whether it is."""

    year_level: int
    semester: str
    units: Decimal
    state: StepState
    subjects: list[PlaceOut]


class ShareOut(Schema):
    """The units of one group of subjects."""

    category: str
    done: Decimal
    running: Decimal
    left: Decimal


class ProgressOut(Schema):
    """How far somebody has come; without a curriculum both lists are empty."""

    student_id: UUID
    curriculum_id: UUID | None
    shares: list[ShareOut]
    steps: list[StepOut]


@router.get("/students-at-risk", permission=permissions.SEE_AT_RISK, response=Page[RiskOut])
def students_at_risk(request: ApiRequest, page: Query[RiskQuery]) -> dict[str, Any]:
    """Who needs somebody now, by name; of one's own programmes, or of all."""
    place = place_after(page, _word, _word, _word)
    lines = [
        line
        for line in at_risk(request.actor)
        if (not page.reason or line["reason"] == page.reason)
        and (not page.programme or line["programme_code"] == page.programme)
        and (place is None or place_of(line) > tuple(place))
    ]
    shown = lines[: page.limit]
    goes_on = len(lines) > page.limit
    return {
        "items": [{**line, "programme": line["programme_code"]} for line in shown],
        "next_cursor": encode_cursor(place_of(shown[-1])) if goes_on else None,
    }


@router.get("/students/{student_id}/progress", permission=permissions.VIEW_GRADES, response=ProgressOut)
def progress_of(request: ApiRequest, student_id: Path[UUID]) -> dict[str, Any]:
    """A student's way through the curriculum; who looks leaves a trace."""
    return _shown(progress.progress_of(request.actor, student_id))


@own_router.get("/progress", permission=permissions.VIEW_OWN_GRADES, response=ProgressOut)
def own_progress(request: ApiRequest) -> dict[str, Any]:
    """My way through the curriculum."""
    return _shown(progress.own_progress(request.actor))


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _shown(found: Progress) -> dict[str, Any]:
    return {
        "student_id": found.student.id,
        "curriculum_id": found.student.curriculum_id,
        "shares": found.shares,
        "steps": [
            {
                "year_level": step.requirement.first.year_level, "semester": step.requirement.first.semester,
                "units": step.requirement.units, "state": step.state,
                "subjects": [
                    {"subject_id": place.subject_id, "code": place.code, "title": found.titles[place.subject_id]}
                    for place in step.requirement.places
                ],
            }
            for step in found.steps
        ],
    }  # fmt: skip
