"""A professor's own classes, and the address of one's own calendar."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from ninja import Schema, Status

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.addresses import calendar_address
from rollbook.systems.college.scheduling.api.shapes import MeetingOut, meeting_out

own_router = Router(tags=["College: my own"])


class OwnClass(Schema):
    """A class that I teach."""

    id: UUID
    term: str
    subject: str
    title: str
    code: str
    state: Literal["DRAFT", "OPEN", "CLOSED", "CANCELLED"]
    owns_grades: bool
    meetings: list[MeetingOut]


class CalendarOut(Schema):
    """The secret address of my calendar. It is shown this once; asking again makes a new one."""

    address: str


@own_router.get("/classes", permission=permissions.VIEW_OWN_CLASSES, response=list[OwnClass])
def own_classes(request: ApiRequest) -> Sequence[Any]:
    """The classes that I teach, the latest term first."""
    mine = selectors.own_faculty_ids(request.actor)
    sections = list(selectors.own_sections(request.actor).order_by("-term__starts_on", "subject__code", "code")[:200])
    ids = [section.id for section in sections]
    meetings, assignments = selectors.meetings_of(ids), selectors.assignments_of(ids)
    return [
        {
            "id": section.id, "term": section.term.code, "subject": section.subject.code,
            "title": section.subject.title, "code": section.code, "state": section.state,
            "owns_grades": any(row.role == "PRIMARY" and row.professor_id in mine for row in assignments[section.id]),
            "meetings": [meeting_out(meeting) for meeting in meetings[section.id]],
        }
        for section in sections
    ]  # fmt: skip


@own_router.post("/calendar", permission=permissions.OWN_CALENDAR, response={201: CalendarOut})
def open_feed(request: ApiRequest) -> Status[dict[str, str]]:
    """A new secret address for my calendar; the one before stops working."""
    return Status(201, {"address": calendar_address(services.open_feed(request.actor))})


@own_router.delete("/calendar", permission=permissions.OWN_CALENDAR, response={204: None})
def revoke_feed(request: ApiRequest) -> Status[None]:
    """Stop the address of my calendar."""
    services.revoke_feed(request.actor)
    return Status(204, None)
