"""A student's grades for staff, the story of a grade, standing and honours of a term."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Path, Schema
from pydantic import Field

from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.api.own import OwnGrades, shown
from rollbook.systems.college.grading.reads import students
from rollbook.systems.college.grading.services import standing
from rollbook.systems.college.schemas import Body

router = Router(tags=["College grades"])


class EventOut(Schema):
    """Something that happened to a grade."""

    kind: str
    old: str
    new: str
    who: str
    reason: str
    created_at: datetime


class TermIn(Body):
    """A term, and of whom: without students of everybody."""

    term_id: UUID
    student_ids: list[UUID] | None = Field(None, max_length=5000)


class CountOut(Schema):
    """How many students it was."""

    students: int


class RuleIn(Body):
    """One band: a standing by failed units or an average, or a distinction by an average."""

    name: str = Field(min_length=1, max_length=60)
    failed_percent: int | None = Field(None, ge=1, le=100)
    gpa_limit: Decimal | None = Field(None, ge=0, le=99, decimal_places=2)
    is_cumulative: bool = False
    least_units: Decimal = Field(Decimal(0), ge=0, le=60, decimal_places=1)


class RulesIn(Body):
    """The bands of a programme, or without one of all programmes that have none. None at all means as usual."""

    programme_id: UUID | None = None
    kind: Literal["STANDING", "HONOURS"]
    rules: list[RuleIn] = Field(max_length=12)


class RulesOut(Schema):
    """How many bands stand now."""

    rules: int


@router.get("/students/{student_id}/grades", permission=permissions.VIEW_GRADES, response=OwnGrades)
def grades_of(request: ApiRequest, student_id: Path[UUID]) -> dict[str, Any]:
    """A student's grades; who looks leaves a trace."""
    return shown(students.record_of(request.actor, student_id))


@router.get("/grade-records/{record_id}/events", permission=SIGNED_IN, response=list[EventOut])
def story(request: ApiRequest, record_id: Path[UUID]) -> list[dict[str, Any]]:
    """Everything that ever happened to a grade."""
    return selectors.story_of(request.actor, record_id)


@router.post("/standings/evaluate", permission=permissions.CONFIRM_STANDING, response=CountOut)
def evaluate(request: ApiRequest, body: TermIn) -> dict[str, int]:
    """Judge the results of a term that are not confirmed yet."""
    return {"students": standing.evaluate_term(request.actor, term_id=body.term_id)}


@router.post("/standings/confirm", permission=permissions.CONFIRM_STANDING, response=CountOut)
def confirm(request: ApiRequest, body: TermIn) -> dict[str, int]:
    """Confirm what was judged: from now on it is the students' standing."""
    done = standing.confirm_standings(request.actor, term_id=body.term_id, student_ids=body.student_ids)
    return {"students": done}


@router.put("/standing-rules", permission=permissions.SET_STANDING_RULES, response=RulesOut)
def set_rules(request: ApiRequest, body: RulesIn) -> dict[str, int]:
    """Set the bands of standing or of honours."""
    rules = [standing.NewRule(**rule.model_dump()) for rule in body.rules]
    done = standing.set_rules(request.actor, kind=body.kind, rules=rules, programme_id=body.programme_id)
    return {"rules": done}
