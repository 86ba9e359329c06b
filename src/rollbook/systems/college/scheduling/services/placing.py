"""What stands in the way of a meeting, and who may let it stand there (R14, R15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.services import set_aside
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import ScheduleConflict, SectionMeetsItself, StudentsWouldConflict
from rollbook.systems.college.scheduling.models import Meeting, Section
from rollbook.systems.college.scheduling.roll import StudentConflict, roll
from rollbook.systems.college.scheduling.rules import Slot, hours_text, in_conflict
from rollbook.systems.college.scheduling.selectors import slot_of
from rollbook.systems.college.scheduling.words import class_name, hours_in_words

SECTION, ROOM, PROFESSOR = "SECTION", "ROOM", "PROFESSOR"
_OVERRIDES = {ROOM: Override.Kind.ROOM_CONFLICT, PROFESSOR: Override.Kind.PROFESSOR_CONFLICT}


@dataclass(frozen=True, slots=True)
class Clash:
    """A meeting that is in the way, and what both would use at once."""

    kind: str
    meeting: Meeting

    def as_slot(self) -> dict[str, Any]:
        """What a screen or a caller is told."""
        return {
            "kind": self.kind,
            "meeting_id": str(self.meeting.id),
            "section_id": str(self.meeting.section_id),
            "section": class_name(self.meeting.section),
            "weekday": self.meeting.weekday,
            "start_min": self.meeting.start_min,
            "end_min": self.meeting.end_min,
            "hours": hours_text(self.meeting.start_min, self.meeting.end_min),
            "room": self.meeting.room.code if self.meeting.room else None,
            "professor": self.meeting.professor.person.full_name if self.meeting.professor else None,
            "from_date": self.meeting.from_date.isoformat(),
            "to_date": self.meeting.to_date.isoformat(),
        }

    def in_words(self) -> str:
        """One sentence about it."""
        when = hours_in_words(self.meeting.weekday, self.meeting.start_min, self.meeting.end_min)
        other = class_name(self.meeting.section)
        if self.kind == ROOM and self.meeting.room:
            return _("%(code)s is taken by %(other)s, %(when)s.") % {
                "code": self.meeting.room.code,
                "other": other,
                "when": when,
            }
        if self.kind == PROFESSOR and self.meeting.professor:
            return _("%(full_name)s teaches %(other)s, %(when)s.") % {
                "full_name": self.meeting.professor.person.full_name,
                "other": other,
                "when": when,
            }
        return _("%(other)s meets already, %(when)s.") % {"other": other, "when": when}


def clashes_of(meeting: Meeting) -> list[Clash]:
    """Every other meeting that uses the same room, professor or section at the same time."""
    slot = slot_of(meeting)
    if slot is None:
        return []
    uses = Q(section=meeting.section_id)
    if meeting.room_id is not None and meeting.is_in_person:
        uses |= Q(room=meeting.room_id)
    if meeting.professor_id is not None:
        uses |= Q(professor=meeting.professor_id)
    others = Meeting.objects.filter(uses, weekday=slot.weekday).exclude(id=meeting.id)
    others = others.select_related("section__subject", "room", "professor__person").order_by("start_min", "id")
    return [
        Clash(kind, other) for other in others if in_conflict(slot, slot_of(other)) for kind in _shared(meeting, other)
    ]


def _shared(meeting: Meeting, other: Meeting) -> list[str]:
    shared = [SECTION] if other.section_id == meeting.section_id else []
    if meeting.is_in_person and other.is_in_person and meeting.room_id and meeting.room_id == other.room_id:
        shared.append(ROOM)
    if meeting.professor_id and meeting.professor_id == other.professor_id:
        shared.append(PROFESSOR)
    return shared


def settle_clashes(actor: Actor, meeting: Meeting, *, override_reason: str) -> None:
    """Refuse a meeting that clashes, or let it stand with an override where the rule can be set aside.

    The rows of its section, room and professor are locked by the caller, so that what is free stays free.
    """
    clashes = clashes_of(meeting)
    meeting.override, meeting.excused = None, Meeting.Excused.NOTHING
    if not clashes:
        return
    own = [clash for clash in clashes if clash.kind == SECTION]
    if own:
        raise SectionMeetsItself(_slots(own), summary=own[0].in_words())
    if not override_reason.strip():
        raise refusal_of(clashes)
    kinds = [kind for kind in (ROOM, PROFESSOR) if any(clash.kind == kind for clash in clashes)]
    for kind in kinds:
        meeting.override = set_aside(
            actor, kind=_OVERRIDES[kind], subject=meeting, reason=override_reason,
            permission=permissions.OVERRIDE_CONFLICTS,
            slots=[clash.as_slot() for clash in clashes if clash.kind == kind],
        )  # fmt: skip
    meeting.excused = Meeting.Excused.BOTH if len(kinds) == 2 else kinds[0]


def refusal_of(clashes: Sequence[Clash]) -> ScheduleConflict:
    """What is in the way, in words and as slots."""
    return ScheduleConflict(_slots(clashes), summary=" ".join(clash.in_words() for clash in clashes[:3]))


def _slots(clashes: Sequence[Clash]) -> list[dict[str, Any]]:
    return [clash.as_slot() for clash in clashes]


def students_in_the_way(section: Section, slots: Sequence[Slot]) -> list[StudentConflict]:
    """The students of a class who have another one at these hours, to be seen before it is saved (R17)."""
    return roll().student_conflicts(section.id, slots) if section.state in Section.SHOWN and slots else []


def must_not_surprise_students(section: Section, slots: Sequence[Slot], *, in_spite_of_students: bool) -> None:
    """Refuse a change that gives students two classes at once, until whoever changes it has seen the list."""
    found = students_in_the_way(section, slots)
    if found and not in_spite_of_students:
        first = "; ".join(f"{each.student_number} {each.name} ({each.other_class})" for each in found[:3])
        listed = [
            {"student_id": str(each.student_id), "student_number": each.student_number, "name": each.name,
             "other_class": each.other_class, "weekday": each.slot.weekday, "start_min": each.slot.start_min,
             "end_min": each.slot.end_min}
            for each in found
        ]  # fmt: skip
        raise StudentsWouldConflict(count=len({each.student_id for each in found}), first=first, students=listed)


def locked_ids(*ids: UUID | None) -> list[UUID]:
    """The ids that are given, in the one order in which rows are locked."""
    return sorted({each for each in ids if each is not None})
