"""How a meeting looks over JSON."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from rollbook.systems.college.scheduling.models import Meeting
from rollbook.systems.college.scheduling.rules import hours_text


class MeetingOut(Schema):
    """A weekly hour of a class, [start, end) in minutes of the local day; without a weekday it is to be announced."""

    id: UUID
    section_id: UUID
    component: Literal["LEC", "LAB"]
    weekday: int | None = Field(description="Monday is 1.")
    start_min: int | None
    end_min: int | None
    hours: str = Field(examples=["08:00–09:30"])
    room_id: UUID | None
    room: str | None
    professor_id: UUID | None
    professor: str | None
    from_date: date
    to_date: date
    override_id: UUID | None = Field(description="The override that lets it overlap another.")
    version: int


def meeting_out(meeting: Meeting) -> dict[str, Any]:
    """A meeting with its room and professor by name."""
    return {
        "id": meeting.id, "section_id": meeting.section_id, "component": meeting.component,
        "weekday": meeting.weekday, "start_min": meeting.start_min, "end_min": meeting.end_min,
        "hours": hours_text(meeting.start_min, meeting.end_min), "room_id": meeting.room_id,
        "room": meeting.room.code if meeting.room else None, "professor_id": meeting.professor_id,
        "professor": meeting.professor.person.full_name if meeting.professor else None,
        "from_date": meeting.from_date, "to_date": meeting.to_date, "override_id": meeting.override_id,
        "version": meeting.version,
    }  # fmt: skip
