"""My grades."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.reads import students
from rollbook.systems.college.grading.reads.students import Record
from rollbook.systems.college.schemas import Body

router = Router(tags=["College: my own"])


class SubjectGrade(Schema):
    """One of my subjects. The final grade stands here once it is finalised."""

    subject_enrolment_id: UUID
    code: str
    title: str
    units: Decimal
    section: str | None
    attempt_no: int
    is_retake: bool
    state: str
    midterm: str
    final: str
    result: str
    finalized_on: date | None


class ResultOut(Schema):
    """What follows from grades. The average is null where nothing was graded."""

    gpa: Decimal | None
    gpa_exact: Decimal | None
    units_attempted: Decimal
    units_earned: Decimal


class TermOut(Schema):
    """A term of mine."""

    term_id: UUID
    term: str
    subjects: list[SubjectGrade]
    result: ResultOut | None
    standing: str
    honours: str


class OwnCase(Schema):
    """An incomplete of mine: what is still required, and until when."""

    id: UUID
    subject: str
    state: str
    deadline: date | None
    required_work: str


class OwnGrades(Schema):
    """My grades by term, the latest first."""

    gpa_name: str
    terms: list[TermOut]
    cumulative: ResultOut | None
    incompletes: list[OwnCase]


class WishIn(Body):
    """A grade that nobody has given yet."""

    subject_enrolment_id: UUID
    grade: str = Field(max_length=20)


class WhatIfIn(Body):
    """Wished grades of running subjects."""

    grades: list[WishIn] = Field(min_length=1, max_length=30)


class WishRefused(Schema):
    """A wished grade that the scale does not have."""

    subject_enrolment_id: UUID
    message: str


class WhatIfOut(Schema):
    """What the average would be."""

    gpa: Decimal | None
    units: Decimal
    problems: list[WishRefused]


@router.get("/grades", permission=permissions.VIEW_OWN_GRADES, response=OwnGrades)
def own_grades(request: ApiRequest) -> dict[str, Any]:
    """My finalised grades, midterms where the college shows them, averages, and what I still owe."""
    return shown(students.own_record(request.actor))


@router.post("/grades/what-if", permission=permissions.VIEW_OWN_GRADES, response=WhatIfOut)
def what_if(request: ApiRequest, body: WhatIfIn) -> dict[str, Any]:
    """My average with grades that nobody has given yet. Nothing is stored."""
    found = students.what_if(request.actor, [(wish.subject_enrolment_id, wish.grade) for wish in body.grades])
    problems = [{"subject_enrolment_id": row_id, "message": text} for row_id, text in found.problems.items()]
    return {"gpa": found.gpa, "units": found.units, "problems": problems}


def shown(record: Record) -> dict[str, Any]:
    """A student's record of grades as JSON."""
    return {
        "gpa_name": record.gpa_name,
        "terms": [
            {
                "term_id": term.term_id, "term": term.term, "subjects": term.subjects,
                "result": _result(term.result, record.places),
                "standing": term.result.standing if term.result and term.result.confirmed_at else "",
                "honours": term.result.honours if term.result and term.result.confirmed_at else "",
            }
            for term in record.terms
        ],
        "cumulative": _result(record.cumulative, record.places),
        "incompletes": [
            {
                "id": case.id, "subject": case.subject_enrolment.subject.code, "state": case.state,
                "deadline": case.deadline, "required_work": case.required_work,
            }
            for case in record.incompletes
        ],
    }  # fmt: skip


def _result(found: Any, places: int) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        # The column keeps more places than are shown.
        "gpa": None if found.gpa_shown is None else round(found.gpa_shown, places), "gpa_exact": found.gpa,
        "units_attempted": found.units_attempted, "units_earned": found.units_earned,
    }  # fmt: skip
