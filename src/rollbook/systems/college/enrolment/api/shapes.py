"""What enrolment's endpoints have in common."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.services.enrolling import Enrolled, OverrideWanted, verdict_facts
from rollbook.systems.college.schemas import Body


class ItemIn(Body):
    """A subject that is wanted; without a section, whichever fits best."""

    subject_id: UUID
    section_id: UUID | None = None


class RuleOverrideIn(Body):
    """A rule that is set aside, and why. Only a registrar may send one."""

    rule: str = Field(max_length=18, examples=["SCHEDULE_CONFLICT"])
    reason: str = Field(max_length=500)


class CartIn(Body):
    """A cart: all of it or, with `partial`, what is possible in the order given."""

    items: list[ItemIn] = Field(min_length=1, max_length=20)
    partial: bool = False
    overrides: list[RuleOverrideIn] = Field(default=[], max_length=6)


class ProblemOut(Schema):
    """A rule that is not met: what is wrong, and what to do."""

    code: str
    sentence: str
    fix: str
    facts: dict[str, Any]


class VerdictOut(Schema):
    """The verdict on an item of a cart."""

    subject_id: UUID
    code: str
    section_id: UUID | None
    section: str
    verdict: str = Field(description="OK, or the first rule that is not met.")
    problems: list[ProblemOut]
    set_aside: list[str]
    is_provisional: bool
    subject_enrolment_id: UUID | None = None


class EnrolledOut(Schema):
    """What became of a cart."""

    term_enrolment_id: UUID
    items: list[VerdictOut]
    units: str
    max_units: str


class TakenOut(Schema):
    """A subject that a student takes, waits for or has left."""

    id: UUID
    term_enrolment_id: UUID
    subject_id: UUID
    subject: str
    section_id: UUID | None
    section: str
    units: str
    state: str
    attempt_no: int
    is_retake: bool
    reserved_until: datetime | None
    offered_until: datetime | None


def items_of(body: CartIn) -> list[Item]:
    """The cart as the act takes it."""
    return [Item(item.subject_id, item.section_id) for item in body.items]


def overrides_of(sent: list[RuleOverrideIn]) -> list[OverrideWanted]:
    """The overrides as the act takes them."""
    return [OverrideWanted(one.rule, one.reason) for one in sent]


def enrolled(done: Enrolled) -> dict[str, Any]:
    """What became of a cart, for the answer that is kept with its key."""
    items = []
    for verdict in done.verdicts:
        section_id = verdict.section_id
        facts = verdict_facts(
            verdict, done.codes[verdict.item.subject_id], done.sections.get(section_id, "") if section_id else ""
        )
        row_id = done.row_ids.get(section_id) if section_id and verdict.is_possible else None
        items.append({**facts, "subject_enrolment_id": str(row_id) if row_id else None})
    return {
        "term_enrolment_id": str(done.term_enrolment_id), "items": items, "units": str(done.units),
        "max_units": str(done.max_units),
    }  # fmt: skip


def taken(row: SubjectEnrolment) -> dict[str, Any]:
    """One subject of a student."""
    return {
        "id": row.id,
        "term_enrolment_id": row.term_enrolment_id,
        "subject_id": row.subject_id,
        "subject": row.subject.code,
        "section_id": row.section_id,
        "section": row.section.code if row.section else "",
        "units": str(row.units),
        "state": row.state,
        "attempt_no": row.attempt_no,
        "is_retake": row.is_retake,
        "reserved_until": row.reserved_until,
        "offered_until": row.offered_until,
    }
