"""Rooms and profiles of faculty."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Schema, Status
from pydantic import Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.shared.people.rules import Name, full_name
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.services.faculty import qualified_subjects
from rollbook.systems.college.schemas import UNCHANGED, Body

router = Router(tags=["College schedule: rooms and faculty"])

RoomKind = Literal["LECTURE", "COMPUTER_LAB", "SCIENCE_LAB", "OTHER", "ONLINE"]
_ROOM = ("id", "code", "building", "kind", "capacity", "is_active", "version")
_FACULTY = (
    "id", "person_id", "member_id", "employee_number", "department", "is_full_time", "max_weekly_units",
    "availability", "is_active", "version",
)  # fmt: skip
_NAME = ("person__given_name", "person__middle_name", "person__family_name", "person__suffix")


class RoomOut(Schema):
    """Where classes meet."""

    id: UUID
    code: str
    building: str
    kind: RoomKind
    capacity: int
    is_active: bool
    version: int


class RoomIn(Body):
    """A room to be added."""

    code: str = Field(min_length=1, max_length=20)
    building: str = Field("", max_length=120)
    kind: RoomKind = "LECTURE"
    capacity: int = Field(40, ge=1, le=10_000)


class RoomChange(Body):
    """What of a room changes."""

    code: str = Field(UNCHANGED, min_length=1, max_length=20)
    building: str = Field(UNCHANGED, max_length=120)
    kind: RoomKind = UNCHANGED
    capacity: int = Field(UNCHANGED, ge=1, le=10_000)
    is_active: bool = UNCHANGED


class RoomQuery(PageQuery):
    """Which rooms."""

    kind: RoomKind | None = None
    is_active: bool | None = None


class FacultyRow(Schema):
    """Somebody who teaches, in a list."""

    id: UUID
    person_id: UUID
    member_id: UUID | None
    name: str
    employee_number: str
    department: str
    is_full_time: bool
    max_weekly_units: Decimal
    availability: list[str] = Field(description="Halves of weekdays: 1-AM is Monday before noon.")
    is_active: bool
    version: int


class FacultyOut(FacultyRow):
    """A profile, with the subjects that the professor is qualified to teach."""

    subject_ids: list[UUID]


class FacultyIn(Body):
    """Somebody on the roll who is to teach."""

    person_id: UUID
    employee_number: str = Field(min_length=1, max_length=30)
    member_id: UUID | None = None
    department: str = Field("", max_length=120)
    is_full_time: bool = True
    max_weekly_units: Decimal = Field(Decimal(24), ge=0, le=60, decimal_places=1)
    availability: list[str] = Field(UNCHANGED, max_length=14)
    subject_ids: list[UUID] = Field([], max_length=500)


class FacultyChange(Body):
    """What of a profile changes."""

    employee_number: str = Field(UNCHANGED, min_length=1, max_length=30)
    member_id: UUID | None = None
    department: str = Field(UNCHANGED, max_length=120)
    is_full_time: bool = UNCHANGED
    max_weekly_units: Decimal = Field(UNCHANGED, ge=0, le=60, decimal_places=1)
    availability: list[str] = Field(UNCHANGED, max_length=14)
    subject_ids: list[UUID] = Field(UNCHANGED, max_length=500)
    is_active: bool = UNCHANGED


class FacultyQuery(PageQuery):
    """Which faculty."""

    is_active: bool | None = None


@router.get("/rooms", permission=permissions.VIEW_SCHEDULE, response=Page[RoomOut])
def rooms(request: ApiRequest, page: Query[RoomQuery]) -> dict[str, Any]:
    """Rooms by code."""
    rows = selectors.rooms(request.actor)
    if page.kind:
        rows = rows.filter(kind=page.kind)
    if page.is_active is not None:
        rows = rows.filter(is_active=page.is_active)
    return page_of(rows.values(*_ROOM), page, order=("code", "id"))


@router.post("/rooms", permission=permissions.MANAGE_ROOMS, response={201: RoomOut})
def add_room(request: ApiRequest, response: HttpResponse, body: RoomIn) -> Status[Any]:
    """Add a room."""
    room = services.add_room(request.actor, **body.model_dump())
    response["ETag"] = etag(room.version)
    return Status(201, room)


@router.get("/rooms/{room_id}", permission=permissions.VIEW_SCHEDULE, response=RoomOut)
def room(request: ApiRequest, response: HttpResponse, room_id: Path[UUID]) -> Any:
    """One room."""
    found = selectors.get_room(request.actor, room_id)
    response["ETag"] = etag(found.version)
    return found


@router.patch("/rooms/{room_id}", permission=permissions.MANAGE_ROOMS, response=RoomOut)
def change_room(request: ApiRequest, response: HttpResponse, room_id: Path[UUID], body: RoomChange) -> Any:
    """Change a room, or take it out of use; send If-Match with its ETag."""
    changes = body.model_dump(exclude_unset=True)
    found = services.change_room(request.actor, room_id=room_id, expected_version=expected_version(request), **changes)
    response["ETag"] = etag(found.version)
    return found


@router.get("/faculty", permission=permissions.VIEW_SCHEDULE, response=Page[FacultyRow])
def faculty(request: ApiRequest, page: Query[FacultyQuery]) -> dict[str, Any]:
    """Everybody who teaches, by employee number."""
    rows = selectors.faculty(request.actor)
    if page.is_active is not None:
        rows = rows.filter(is_active=page.is_active)
    return page_of(rows.values(*_FACULTY, *_NAME), page, order=("employee_number", "id"), shape=_row)


@router.post("/faculty", permission=permissions.MANAGE_FACULTY, response={201: FacultyOut})
def add_faculty(request: ApiRequest, response: HttpResponse, body: FacultyIn) -> Status[dict[str, Any]]:
    """Let somebody teach here."""
    values = body.model_dump(exclude_unset=True)
    profile = services.add_faculty(request.actor, person=values.pop("person_id"), **values)
    return Status(201, _profile(request, response, profile.id))


@router.get("/faculty/{faculty_id}", permission=permissions.VIEW_SCHEDULE, response=FacultyOut)
def profile(request: ApiRequest, response: HttpResponse, faculty_id: Path[UUID]) -> dict[str, Any]:
    """One profile of faculty."""
    return _profile(request, response, faculty_id)


@router.patch("/faculty/{faculty_id}", permission=permissions.MANAGE_FACULTY, response=FacultyOut)
def change_faculty(
    request: ApiRequest, response: HttpResponse, faculty_id: Path[UUID], body: FacultyChange
) -> dict[str, Any]:
    """Change a profile; send If-Match with its ETag."""
    changes = body.model_dump(exclude_unset=True)
    services.change_faculty(request.actor, faculty_id=faculty_id, expected_version=expected_version(request), **changes)
    return _profile(request, response, faculty_id)


def _row(values: dict[str, Any]) -> dict[str, Any]:
    given, middle, family, suffix = (values.pop(name) for name in _NAME)
    return {**values, "name": full_name(Name(family, given, middle, suffix))}


def _profile(request: ApiRequest, response: HttpResponse, faculty_id: UUID) -> dict[str, Any]:
    found = selectors.get_faculty(request.actor, faculty_id)
    response["ETag"] = etag(found.version)
    values = {name: getattr(found, name) for name in _FACULTY}
    return {**values, "name": found.person.full_name, "subject_ids": qualified_subjects(found.id)}
