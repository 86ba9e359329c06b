"""The registrar's enrolment desk, the adviser's queue and rosters over JSON."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Path, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.idempotency.services import KEPT_FOR, idempotent
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.api.own import AdvisingOut, DropIn
from rollbook.systems.college.enrolment.api.shapes import (
    CartIn,
    EnrolledOut,
    TakenOut,
    enrolled,
    items_of,
    overrides_of,
    taken,
)
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.choices import classes_of
from rollbook.systems.college.enrolment.services import advising, cancelling, dropping, enrolling, overload
from rollbook.systems.college.enrolment.services.rolling_over import create_term_enrolments
from rollbook.systems.college.schemas import Body, ReasonIn

router = Router(tags=["College enrolment"])


class ApproveIn(Body):
    """The lists to approve."""

    term_enrolment_ids: list[UUID] = Field(min_length=1, max_length=200)


class OverloadIn(Body):
    """How many units the student may take, and why."""

    units: Decimal = Field(gt=0, le=36, max_digits=4, decimal_places=1)
    reason: str = Field(max_length=500)


class RequestOut(Schema):
    """A request that waits for a second person."""

    request_id: UUID
    state: str


class CancelledOut(Schema):
    """A term that was cancelled."""

    id: UUID
    state: str


class RolledOverOut(Schema):
    """How many students were taken over into a term."""

    opened: int
    irregular: int


class RosterRow(Schema):
    """A student of a class."""

    subject_enrolment_id: UUID
    student_id: UUID
    student_number: str
    name: str
    programme: str
    year_level: int
    is_retake: bool


class RosterOut(Schema):
    """Who is in a class."""

    section_id: UUID
    subject: str
    section: str
    term: str
    students: list[RosterRow]


@router.post(
    "/term-enrolments/{enrolment_id}/enrol", permission=permissions.ENROL_STUDENTS, rate=limits.MONEY,
    response={201: EnrolledOut},
)  # fmt: skip
def enrol(request: ApiRequest, enrolment_id: Path[UUID], body: CartIn) -> Status[Any]:
    """Put a student into classes, setting rules aside for reasons on the record; needs an Idempotency-Key."""

    def act() -> tuple[int, Any]:
        done = enrolling.enrol(
            request.actor, term_enrolment_id=enrolment_id, items=items_of(body), partial=body.partial,
            overrides=overrides_of(body.overrides),
        )  # fmt: skip
        return 201, enrolled(done)

    sent = {"term_enrolment_id": str(enrolment_id), **body.model_dump(mode="json")}
    status, answer, _ = idempotent(request, "college.enrol_desk", sent, act, kept_for=KEPT_FOR)
    return Status(status, answer)


@router.get("/term-enrolments/{enrolment_id}/classes", permission=permissions.VIEW_ENROLMENTS, response=list[TakenOut])
def classes(request: ApiRequest, enrolment_id: Path[UUID]) -> list[dict[str, Any]]:
    """What a student takes in a term."""
    found = selectors.get_enrolment(request.actor, enrolment_id)
    return [taken(one.row) for one in classes_of(found.id)]


@router.post("/subject-enrolments/{row_id}/drop", permission=permissions.WITHDRAW_STUDENTS, response=list[TakenOut])
def drop(request: ApiRequest, row_id: Path[UUID], body: DropIn) -> list[dict[str, Any]]:
    """Drop a student from a class, or withdraw them with W once add and drop is over."""
    rows = dropping.drop(
        request.actor, subject_enrolment_ids=[row_id, *body.together_with], reason=body.reason,
        overrides=overrides_of(body.overrides),
    )  # fmt: skip
    return [taken(row) for row in rows]


@router.post("/advising/approve", permission=permissions.ADVISE, response=list[AdvisingOut])
def approve_lists(request: ApiRequest, body: ApproveIn) -> list[dict[str, Any]]:
    """Approve several lists at once; all of them or none."""
    return [_advising(row) for row in advising.approve_lists(request.actor, term_enrolment_ids=body.term_enrolment_ids)]


@router.post(
    "/term-enrolments/{enrolment_id}/advising/submit", permission=permissions.ENROL_STUDENTS, response=AdvisingOut
)
def submit_list(request: ApiRequest, enrolment_id: Path[UUID]) -> dict[str, Any]:
    """Send what is recommended for a student to the adviser."""
    return _advising(advising.submit_list(request.actor, term_enrolment_id=enrolment_id))


@router.post("/term-enrolments/{enrolment_id}/advising/approve", permission=permissions.ADVISE, response=AdvisingOut)
def approve_list(request: ApiRequest, enrolment_id: Path[UUID]) -> dict[str, Any]:
    """Approve a student's list."""
    return _advising(advising.approve_lists(request.actor, term_enrolment_ids=[enrolment_id])[0])


@router.post("/term-enrolments/{enrolment_id}/advising/return", permission=permissions.ADVISE, response=AdvisingOut)
def return_list(request: ApiRequest, enrolment_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """Send a list back to the student, saying why."""
    return _advising(advising.return_list(request.actor, term_enrolment_id=enrolment_id, reason=body.reason))


@router.post(
    "/term-enrolments/{enrolment_id}/overload", permission=permissions.REQUEST_OVERLOAD, response={201: RequestOut}
)
def request_overload(request: ApiRequest, enrolment_id: Path[UUID], body: OverloadIn) -> Status[Any]:
    """Ask for more units for a student who graduates with them; the head registrar decides."""
    made = overload.request_overload(
        request.actor, term_enrolment_id=enrolment_id, units=body.units, reason=body.reason
    )
    return Status(201, {"request_id": made.id, "state": made.state})


@router.post("/term-enrolments/{enrolment_id}/cancel", permission=permissions.CANCEL_ENROLMENTS, response=CancelledOut)
def cancel(request: ApiRequest, enrolment_id: Path[UUID], body: ReasonIn) -> dict[str, Any]:
    """Cancel a student's term before its classes begin."""
    row = cancelling.cancel_term_enrolment(request.actor, term_enrolment_id=enrolment_id, reason=body.reason)
    return {"id": row.id, "state": row.state}


@router.post("/terms/{term_id}/take-over", permission=permissions.ROLL_OVER, response=RolledOverOut)
def take_over(request: ApiRequest, term_id: Path[UUID]) -> dict[str, Any]:
    """Enrol the returning students in a term; done again it adds nobody."""
    done = create_term_enrolments(request.actor, term_id=term_id)
    return {"opened": done.opened, "irregular": done.irregular}


@router.get("/sections/{section_id}/roster", permission=permissions.SEE_ROSTER, response=RosterOut)
def roster(request: ApiRequest, section_id: Path[UUID]) -> dict[str, Any]:
    """Who is in a class: any of them as staff, one's own as a professor."""
    section, rows = selectors.roster_of(request.actor, section_id)
    return {
        "section_id": section.id,
        "subject": section.subject.code,
        "section": section.code,
        "term": section.term.code,
        "students": [
            {
                "subject_enrolment_id": row.id,
                "student_id": row.term_enrolment.student_id,
                "student_number": row.term_enrolment.student.student_number,
                "name": name_of(row.term_enrolment),
                "programme": row.term_enrolment.programme.code,
                "year_level": row.term_enrolment.year_level,
                "is_retake": row.is_retake,
            }
            for row in rows
        ],
    }


def name_of(enrolment: TermEnrolment) -> str:
    """The student's name as a roll has it."""
    person = enrolment.student.person
    return roll_name(Name(person.family_name, person.given_name, person.middle_name, person.suffix))


def _advising(row: TermEnrolment) -> dict[str, Any]:
    return {"term_enrolment_id": row.id, "advising_state": row.advising_state, "advising_note": row.advising_note}
