"""Rooms are added and changed, and taken out of use; never deleted."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import CodeStands, RoomIsInUse, RoomNotFound
from rollbook.systems.college.scheduling.models import Meeting, Room
from rollbook.systems.college.scheduling.services.saving import Wrong, known, must_be_version, save, values_of

ROOM_FIELDS = ("code", "building", "kind", "capacity", "is_active")
LARGEST_ROOM = 10_000


@transaction.atomic
def add_room(actor: Actor, *, code: str, **fields: Any) -> Room:
    """Say where classes can meet."""
    actor.require(permissions.MANAGE_ROOMS)
    room = Room(code=code.strip(), **known(fields, ROOM_FIELDS[1:]))
    _check(room)
    save(room, CodeStands(code=room.code, what="a room"), is_new=True)
    record(actor, "college.room_added", room, after=values_of(room, ROOM_FIELDS))
    return room


@transaction.atomic
def change_room(actor: Actor, *, room_id: UUID, expected_version: int | None = None, **changes: Any) -> Room:
    """Change what a room is, or take it out of use."""
    actor.require(permissions.MANAGE_ROOMS)
    room = get_room_for_update(room_id)
    must_be_version(room.version, expected_version)
    before, was_in_person = values_of(room, ROOM_FIELDS), room.is_in_person
    for field, value in known(changes, ROOM_FIELDS).items():
        setattr(room, field, value)
    room.code = room.code.strip()
    _check(room)
    if room.is_in_person != was_in_person:
        # What was booked online may overlap, and the constraint reads what the meeting says of its room.
        _must_be_empty(room)
    room.version += 1
    save(room, CodeStands(code=room.code, what="a room"))
    record(actor, "college.room_changed", room, before=before, after=values_of(room, ROOM_FIELDS))
    return room


def get_room_for_update(room_id: UUID) -> Room:
    """One room, locked."""
    found: Room | None = Room.objects.select_for_update(of=("self",)).filter(id=room_id).first()
    if found is None:
        raise RoomNotFound
    return found


def _must_be_empty(room: Room) -> None:
    booked = Meeting.objects.filter(room=room).count()
    if booked:
        raise RoomIsInUse(room=room.code, meetings=booked)


def _check(room: Room) -> None:
    wrong = Wrong()
    wrong.unless(0 < len(room.code) <= 20, "code", _("Enter a code of at most 20 characters, such as LAB-2."))
    wrong.unless(len(room.building) <= 120, "building", _("Enter the building in at most 120 characters."))
    wrong.unless(
        room.kind in Room.Kind.values,
        "kind",
        _("Choose one of: %(choices)s.") % {"choices": ", ".join(Room.Kind.values)},
    )
    wrong.unless(
        1 <= room.capacity <= LARGEST_ROOM, "capacity", _("Enter 1 to %(most)s seats.") % {"most": f"{LARGEST_ROOM:,}"}
    )
    wrong.refuse()
