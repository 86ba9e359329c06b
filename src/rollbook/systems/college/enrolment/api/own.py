"""The student's own classes over JSON: what to choose from, the cart, drops, holds of seats, queues."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core import clock
from rollbook.core.api import limits
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.core.idempotency.services import KEPT_FOR, idempotent
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.api.shapes import (
    CartIn,
    EnrolledOut,
    ItemIn,
    ProblemOut,
    RuleOverrideIn,
    TakenOut,
    enrolled,
    items_of,
    overrides_of,
    taken,
)
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.choices import SubjectChoice, choices_of, classes_of, sections_for
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.services import advising, dropping, enrolling, placing, waiting
from rollbook.systems.college.schemas import Body

own_router = Router(tags=["College: my own"])


class ChoiceOut(Schema):
    """A subject of one's curriculum, and what keeps one from it."""

    subject_id: UUID
    code: str
    title: str
    units: str
    year_level: int
    semester: str
    is_taken: bool
    is_recommended: bool
    why: str = Field(description="Why it is recommended, in words; empty otherwise.")
    open_sections: int
    seats_free: int
    problems: list[ProblemOut]


class CatalogueOut(Schema):
    """Every subject of one's curriculum for a term."""

    units: str
    max_units: str
    items: list[ChoiceOut]


class MeetingOut(Schema):
    """A weekly hour of a class."""

    component: str
    weekday: int | None
    start_min: int | None
    end_min: int | None
    room: str
    professor: str


class SectionOut(Schema):
    """A section of a subject, and what keeps one from it."""

    section_id: UUID
    code: str
    capacity: int
    seats_free: int
    waiting: int
    is_possible: bool
    may_wait: bool
    meetings: list[MeetingOut]
    problems: list[ProblemOut]


class SectionsQuery(Schema):
    """Which subject."""

    subject: UUID | None = None


class ItemsIn(Body):
    """Subjects whose seats are to be held."""

    items: list[ItemIn] = Field(min_length=1, max_length=20)


class DropIn(Body):
    """Why a class is left, and which others go with it."""

    reason: str = Field("", max_length=500)
    together_with: list[UUID] = Field(default=[], max_length=20)
    overrides: list[RuleOverrideIn] = Field(default=[], max_length=1)


class WaitIn(Body):
    """The section to wait for."""

    term_enrolment_id: UUID
    section_id: UUID


class WaitOut(Schema):
    """A place in a queue, or an offer."""

    id: UUID
    term_enrolment_id: UUID
    term: str
    section_id: UUID
    subject: str
    section: str
    state: str
    position: int
    joined_at: datetime | None
    offer_until: datetime | None


class ListIn(Body):
    """The subjects for the adviser; left out, what is recommended."""

    subject_ids: list[UUID] | None = Field(None, max_length=20)


class AdvisingOut(Schema):
    """Where the list stands."""

    term_enrolment_id: UUID
    advising_state: str
    advising_note: str


class BlockIn(Body):
    """The block to take whole."""

    block_id: UUID


@own_router.get("/term-enrolments/{enrolment_id}/catalogue", permission=permissions.ENROL_OWN, response=CatalogueOut)
def catalogue(request: ApiRequest, enrolment_id: Path[UUID]) -> dict[str, Any]:
    """Every subject of my curriculum with what keeps me from it."""
    found = choices_of(selectors.get_own_enrolment(request.actor, enrolment_id).id, clock.now())
    items = [_choice(one) for one in found.subjects]
    return {"units": str(found.units), "max_units": str(found.look.row.max_units), "items": items}


@own_router.get(
    "/term-enrolments/{enrolment_id}/recommendations", permission=permissions.ENROL_OWN, response=CatalogueOut
)
def recommendations(request: ApiRequest, enrolment_id: Path[UUID]) -> dict[str, Any]:
    """What I should take, in order, each with its reason."""
    found = choices_of(selectors.get_own_enrolment(request.actor, enrolment_id).id, clock.now())
    items = [_choice(one) for one in found.recommended]
    return {"units": str(found.units), "max_units": str(found.look.row.max_units), "items": items}


@own_router.get("/term-enrolments/{enrolment_id}/sections", permission=permissions.ENROL_OWN, response=list[SectionOut])
def sections(request: ApiRequest, enrolment_id: Path[UUID], wanted: Query[SectionsQuery]) -> list[dict[str, Any]]:
    """The sections of a subject with hours, seats, and what each would clash with."""
    own = selectors.get_own_enrolment(request.actor, enrolment_id)
    if wanted.subject is None:
        raise Invalid.field("subject", gettext("Say which subject."))
    _, found = sections_for(own.id, wanted.subject, clock.now())
    return [
        {
            "section_id": one.section.id, "code": one.section.code, "capacity": one.section.capacity,
            "seats_free": one.section.seats_free, "waiting": one.section.waiting, "is_possible": one.is_possible,
            "may_wait": one.may_wait, "problems": [problem.as_facts() for problem in one.problems],
            "meetings": [
                {
                    "component": entry.component, "weekday": entry.weekday, "start_min": entry.start_min,
                    "end_min": entry.end_min, "room": entry.room_code, "professor": entry.professor_name,
                }
                for entry in one.meetings
            ],
        }
        for one in found
    ]  # fmt: skip


@own_router.get("/term-enrolments/{enrolment_id}/classes", permission=permissions.ENROL_OWN, response=list[TakenOut])
def classes(request: ApiRequest, enrolment_id: Path[UUID]) -> list[dict[str, Any]]:
    """What I take in a term."""
    own = selectors.get_own_enrolment(request.actor, enrolment_id)
    return [taken(one.row) for one in classes_of(own.id)]


@own_router.post(
    "/term-enrolments/{enrolment_id}/enrol", permission=permissions.ENROL_OWN, rate=limits.MONEY,
    response={201: EnrolledOut},
)  # fmt: skip
def enrol(request: ApiRequest, enrolment_id: Path[UUID], body: CartIn) -> Status[Any]:
    """Take up subjects; needs an Idempotency-Key. A refusal names every rule that is not met, item by item."""

    def act() -> tuple[int, Any]:
        done = enrolling.enrol(
            request.actor, term_enrolment_id=enrolment_id, items=items_of(body), partial=body.partial,
            overrides=overrides_of(body.overrides),
        )  # fmt: skip
        return 201, enrolled(done)

    sent = {"term_enrolment_id": str(enrolment_id), **body.model_dump(mode="json")}
    status, answer, _ = idempotent(request, "college.enrol", sent, act, kept_for=KEPT_FOR)
    return Status(status, answer)


@own_router.post(
    "/term-enrolments/{enrolment_id}/hold-seats", permission=permissions.ENROL_OWN, rate=limits.MONEY,
    response={201: EnrolledOut},
)  # fmt: skip
def hold_seats(request: ApiRequest, enrolment_id: Path[UUID], body: ItemsIn) -> Status[Any]:
    """Hold seats for some minutes while I decide."""
    items = [Item(item.subject_id, item.section_id) for item in body.items]
    return Status(201, enrolled(enrolling.hold_seats(request.actor, term_enrolment_id=enrolment_id, items=items)))


@own_router.post(
    "/term-enrolments/{enrolment_id}/block", permission=permissions.ENROL_OWN, rate=limits.MONEY,
    response={201: EnrolledOut},
)  # fmt: skip
def block(request: ApiRequest, enrolment_id: Path[UUID], body: BlockIn) -> Status[Any]:
    """Take every class of a block, or none."""
    return Status(
        201, enrolled(placing.pick_block(request.actor, term_enrolment_id=enrolment_id, block_id=body.block_id))
    )


@own_router.post("/term-enrolments/{enrolment_id}/advising", permission=permissions.ENROL_OWN, response=AdvisingOut)
def submit_list(request: ApiRequest, enrolment_id: Path[UUID], body: ListIn) -> dict[str, Any]:
    """Send my list of subjects to the adviser."""
    row = advising.submit_list(request.actor, term_enrolment_id=enrolment_id, subject_ids=body.subject_ids)
    return {"term_enrolment_id": row.id, "advising_state": row.advising_state, "advising_note": row.advising_note}


@own_router.post("/subject-enrolments/{row_id}/drop", permission=permissions.ENROL_OWN, response=list[TakenOut])
def drop(request: ApiRequest, row_id: Path[UUID], body: DropIn) -> list[dict[str, Any]]:
    """Leave a class, with those that go together with it."""
    rows = dropping.drop(
        request.actor, subject_enrolment_ids=[row_id, *body.together_with], reason=body.reason,
        overrides=overrides_of(body.overrides),
    )  # fmt: skip
    return [taken(row) for row in rows]


@own_router.post("/subject-enrolments/{row_id}/renew", permission=permissions.ENROL_OWN, response=TakenOut)
def renew(request: ApiRequest, row_id: Path[UUID]) -> dict[str, Any]:
    """Hold a seat once more for the same time."""
    return taken(enrolling.renew_hold(request.actor, subject_enrolment_id=row_id))


@own_router.post("/subject-enrolments/{row_id}/release", permission=permissions.ENROL_OWN, response=TakenOut)
def release(request: ApiRequest, row_id: Path[UUID]) -> dict[str, Any]:
    """Let a seat go that is held for me."""
    return taken(dropping.release_hold_of_seat(request.actor, subject_enrolment_id=row_id))


@own_router.get("/waitlist", permission=permissions.ENROL_OWN, response=list[WaitOut])
def waitlist(request: ApiRequest) -> list[dict[str, Any]]:
    """Where I wait, at which place, and what is offered to me."""
    return [_wait(row) for row in selectors.own_waits(request.actor)]


@own_router.post("/waitlist", permission=permissions.ENROL_OWN, rate=limits.MONEY, response={201: WaitOut})
def join(request: ApiRequest, body: WaitIn) -> Status[Any]:
    """Wait for a seat. A seat that is free while nobody waits is offered at once."""
    made = waiting.join_waitlist(request.actor, term_enrolment_id=body.term_enrolment_id, section_id=body.section_id)
    return Status(201, _wait(made))


@own_router.post(
    "/waitlist/{wait_id}/accept", permission=permissions.ENROL_OWN, rate=limits.MONEY, response=EnrolledOut
)
def accept(request: ApiRequest, wait_id: Path[UUID]) -> dict[str, Any]:
    """Take the seat that is offered to me."""
    return enrolled(waiting.accept_offer(request.actor, wait_id=wait_id))


@own_router.delete("/waitlist/{wait_id}", permission=permissions.ENROL_OWN, response=TakenOut)
def leave(request: ApiRequest, wait_id: Path[UUID]) -> dict[str, Any]:
    """Give up my place, or the seat that is offered."""
    return taken(waiting.leave_waitlist(request.actor, wait_id=wait_id))


def _choice(one: SubjectChoice) -> dict[str, Any]:
    return {
        "subject_id": one.subject.id, "code": one.subject.code, "title": one.subject.title,
        "units": str(one.subject.units), "year_level": one.year_level, "semester": one.semester,
        "is_taken": one.is_taken, "is_recommended": one.recommended is not None,
        "why": one.recommended.sentence if one.recommended else "", "open_sections": one.open_sections,
        "seats_free": one.seats_free, "problems": [problem.as_facts() for problem in one.problems],
    }  # fmt: skip


def _wait(row: SubjectEnrolment) -> dict[str, Any]:
    return {
        "id": row.id, "term_enrolment_id": row.term_enrolment_id, "term": row.term_enrolment.term.code,
        "section_id": row.section_id, "subject": row.subject.code, "section": row.section.code if row.section else "",
        "state": row.state, "position": waiting.position_of(row), "joined_at": row.joined_at,
        "offer_until": row.offered_until,
    }  # fmt: skip
