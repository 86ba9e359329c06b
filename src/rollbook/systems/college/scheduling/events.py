"""What others are told about the schedule, in the transaction of the act."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class SchedulePublished:
    """A term's schedule was published; students pick their classes from `picking_opens_at` on."""

    actor: Actor
    term_id: UUID
    picking_opens_at: datetime
    picking_closes_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleChanged:
    """Day, time, room or professor of a published class changed: its students are to be told."""

    actor: Actor
    term_id: UUID
    section_id: UUID
    #: What the class is called, and what changed, in words for the notice.
    class_name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SeatsChanged:
    """The capacity of a section changed, or it was opened, closed or cancelled: its waitlist may move."""

    actor: Actor
    section_id: UUID
