"""Hours of classes."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.api.sections import ComponentName
from rollbook.systems.college.scheduling.api.shapes import MeetingOut, meeting_out
from rollbook.systems.college.scheduling.models import CancelledClass, Meeting
from rollbook.systems.college.scheduling.services import MeetingPlan
from rollbook.systems.college.schemas import Body

router = Router(tags=["College schedule: meetings"])

_PLAN = ("component", "weekday", "start_min", "end_min", "room_id", "professor_id", "from_date", "to_date")


class PlanIn(Body):
    """When, where and by whom. Without a weekday it is to be announced; without days it lasts the whole term."""

    component: ComponentName = "LEC"
    weekday: int | None = Field(None, ge=-32768, le=32767, description="Monday is 1.")
    start_min: int | None = Field(None, ge=-32768, le=32767, description="Minutes after midnight: 480 is 08:00.")
    end_min: int | None = Field(None, ge=-32768, le=32767, description="The first free minute; 1440 is midnight.")
    room_id: UUID | None = None
    professor_id: UUID | None = None
    from_date: date | None = None
    to_date: date | None = None
    override_reason: str = Field("", max_length=500, description="Lets a room or professor be booked twice.")
    in_spite_of_students: bool = Field(False, description="Save it although students have another class then.")

    def as_plan(self) -> MeetingPlan:
        """In the words of the service."""
        return MeetingPlan(**{name: getattr(self, name) for name in _PLAN})


class MeetingIn(PlanIn):
    """An hour to be put on the schedule."""

    section_id: UUID


class CancelledIn(Body):
    """A day on which a class does not meet."""

    on_date: date
    reason: str = Field(min_length=1, max_length=200)


class CancelledOut(Schema):
    """A day on which a class does not meet."""

    id: UUID
    meeting_id: UUID
    on_date: date
    reason: str


class MeetingQuery(PageQuery):
    """Which hours."""

    term_id: UUID | None = None
    section_id: UUID | None = None
    room_id: UUID | None = None
    professor_id: UUID | None = None
    weekday: int | None = Field(None, ge=1, le=7)


@router.get("/meetings", permission=SIGNED_IN, response=Page[MeetingOut])
def meetings(request: ApiRequest, page: Query[MeetingQuery]) -> dict[str, Any]:
    """Hours of the classes that one may see."""
    visible = selectors.sections(request.actor)
    if page.term_id is not None:
        visible = visible.filter(term_id=page.term_id)
    wanted = {"section": page.section_id, "room": page.room_id, "professor": page.professor_id,
              "weekday": page.weekday}  # fmt: skip
    rows = Meeting.objects.filter(section_id__in=visible.values("id"))
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = page_of(rows.values("id"), page, order=("id",))
    ids = [row["id"] for row in found["items"]]
    by_id = Meeting.objects.select_related("room", "professor__person").in_bulk(ids)
    return {**found, "items": [meeting_out(by_id[meeting_id]) for meeting_id in ids]}


@router.post("/meetings", permission=permissions.ASSIGN, response={201: MeetingOut})
def add_meeting(request: ApiRequest, response: HttpResponse, body: MeetingIn) -> Status[dict[str, Any]]:
    """Put an hour of a class on the schedule; what is in the way comes back as `slots`."""
    meeting = services.add_meeting(
        request.actor, section_id=body.section_id, plan=body.as_plan(), override_reason=body.override_reason,
        in_spite_of_students=body.in_spite_of_students,
    )  # fmt: skip
    response["ETag"] = etag(meeting.version)
    return Status(201, meeting_out(meeting))


@router.get("/meetings/{meeting_id}", permission=SIGNED_IN, response=MeetingOut)
def meeting(request: ApiRequest, response: HttpResponse, meeting_id: Path[UUID]) -> dict[str, Any]:
    """One hour of a class that one may see."""
    found = selectors.get_meeting(meeting_id)
    selectors.get_section(request.actor, found.section_id)
    response["ETag"] = etag(found.version)
    return meeting_out(found)


@router.put("/meetings/{meeting_id}", permission=permissions.ASSIGN, response=MeetingOut)
def change_meeting(request: ApiRequest, response: HttpResponse, meeting_id: Path[UUID], body: PlanIn) -> dict[str, Any]:
    """Move an hour of a class; send If-Match with its ETag."""
    changed = services.change_meeting(
        request.actor, meeting_id=meeting_id, plan=body.as_plan(), override_reason=body.override_reason,
        in_spite_of_students=body.in_spite_of_students, expected_version=expected_version(request),
    )  # fmt: skip
    response["ETag"] = etag(changed.version)
    return meeting_out(changed)


@router.delete("/meetings/{meeting_id}", permission=permissions.ASSIGN, response={204: None})
def remove_meeting(request: ApiRequest, meeting_id: Path[UUID]) -> Status[None]:
    """Take an hour off the schedule."""
    services.remove_meeting(request.actor, meeting_id=meeting_id)
    return Status(204, None)


@router.post("/meetings/{meeting_id}/cancelled-classes", permission=permissions.ASSIGN, response={201: CancelledOut})
def cancel_class(request: ApiRequest, meeting_id: Path[UUID], body: CancelledIn) -> Status[CancelledClass]:
    """Say that a class does not meet on one day."""
    return Status(201, services.cancel_class(request.actor, meeting_id=meeting_id, **body.model_dump()))
