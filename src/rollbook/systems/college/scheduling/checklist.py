"""What is not yet right with a term's schedule: what publishing lists, and what the panel of conflicts shows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain
from rollbook.systems.college.scheduling.models import Faculty, FacultySubject, Room, Section, TeachingAssignment
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.rules import Taught, in_conflict, is_available, load_of
from rollbook.systems.college.scheduling.selectors import Entry, grouped, timetable
from rollbook.systems.college.scheduling.words import hours_in_words

ROOM, PROFESSOR, STUDENTS = "ROOM", "PROFESSOR", "STUDENTS"
NO_TIME, NO_ROOM, NO_PROFESSOR = "NO_TIME", "NO_ROOM", "NO_PROFESSOR"
SMALL_ROOM, UNAVAILABLE, UNQUALIFIED, OVERLOADED = "SMALL_ROOM", "UNAVAILABLE", "UNQUALIFIED", "OVERLOADED"
#: Two classes in one place at once; an override may have let them.
CONFLICTS = frozenset({ROOM, PROFESSOR, STUDENTS})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should look at before students do."""

    kind: str
    what: str
    detail: str
    section_id: UUID | None = None
    #: Whether an override says that it is meant so.
    is_excused: bool = False


def findings_of(term_id: UUID) -> list[Finding]:
    """Everything that is not right with a term's schedule, conflicts first."""
    entries = timetable(term_id)
    sections = list(
        Section.objects.filter(term_id=term_id).exclude(state=Section.State.CANCELLED).select_related("subject")
    )
    taught = _assignments(term_id)
    profiles = {profile.id: profile for profile in Faculty.objects.select_related("person")}
    return [
        *double_bookings(entries),
        *student_overlaps(term_id),
        *_not_said(sections, entries, taught),
        *_small_rooms(sections, entries),
        *_unavailable(entries, profiles),
        *_unqualified(sections, taught, profiles),
        *_overloaded(taught, profiles),
    ]


def double_bookings(entries: Sequence[Entry]) -> list[Finding]:
    """Rooms and professors that two meetings use at once."""
    found: list[Finding] = []
    in_rooms = [entry for entry in entries if entry.is_in_person]
    for kind, key, rows in ((ROOM, "room_id", in_rooms), (PROFESSOR, "professor_id", entries)):
        for meetings in grouped(rows, key).values():
            for one, other in combinations(meetings, 2):
                if in_conflict(one.slot, other.slot):
                    found.append(_double(kind, one, other))
    return found


def _double(kind: str, one: Entry, other: Entry) -> Finding:
    what = one.room_code if kind == ROOM else one.professor_name
    detail = _("%(one)s (%(hours)s) and %(other)s (%(other_hours)s)") % {
        "one": one.class_name, "hours": hours_in_words(one.weekday, one.start_min, one.end_min),
        "other": other.class_name, "other_hours": hours_in_words(other.weekday, other.start_min, other.end_min),
    }  # fmt: skip
    excused = {kind, "BOTH"}
    return Finding(kind, what, detail, one.section_id, bool({one.excused, other.excused} & excused))


def student_overlaps(term_id: UUID) -> Iterable[Finding]:
    """Students whose own classes overlap, as enrolment tells."""
    for each in roll().overlapping_students(term_id):
        hours = hours_in_words(each.slot.weekday, each.slot.start_min, each.slot.end_min)
        yield Finding(STUDENTS, f"{each.student_number} {each.name}", f"{each.other_class} ({hours})")


def _not_said(
    sections: Sequence[Section], entries: Sequence[Entry], taught: Sequence[dict[str, Any]]
) -> Iterable[Finding]:
    by_section = grouped(entries, "section_id")
    without_professor = {
        row["section_id"] for row in taught if row["role"] == "PRIMARY" and row["professor_id"] is None
    }
    for section in sections:
        name, meetings = _name(section), by_section.get(section.id, [])
        if not meetings or any(entry.weekday is None for entry in meetings):
            yield Finding(NO_TIME, name, _("No day and time yet"), section.id)
        if any(entry.weekday is not None and entry.room_id is None for entry in meetings):
            yield Finding(NO_ROOM, name, _("No room yet"), section.id)
        if section.id in without_professor:
            yield Finding(NO_PROFESSOR, name, _("No professor yet"), section.id)


def _small_rooms(sections: Sequence[Section], entries: Sequence[Entry]) -> Iterable[Finding]:
    capacity = dict(Room.objects.exclude(kind=Room.Kind.ONLINE).values_list("id", "capacity"))
    by_id = {section.id: section for section in sections}
    for room_id, section_id in dict.fromkeys((entry.room_id, entry.section_id) for entry in entries):
        section = by_id.get(section_id)
        if section is None or room_id not in capacity or capacity[room_id] >= section.capacity:
            continue
        detail = _("%(room)s seats in the room, %(seats)s in the class") % {
            "room": capacity[room_id], "seats": section.capacity,
        }  # fmt: skip
        yield Finding(SMALL_ROOM, _name(section), detail, section.id)


def _unavailable(entries: Sequence[Entry], profiles: dict[UUID, Faculty]) -> Iterable[Finding]:
    for entry in entries:
        profile = profiles.get(entry.professor_id) if entry.professor_id else None
        slot = entry.slot
        if profile is not None and slot is not None and not is_available(profile.availability, slot):
            detail = f"{entry.class_name}, {hours_in_words(entry.weekday, entry.start_min, entry.end_min)}"
            yield Finding(UNAVAILABLE, entry.professor_name, detail, entry.section_id)


def _unqualified(
    sections: Sequence[Section], taught: Sequence[dict[str, Any]], profiles: dict[UUID, Faculty]
) -> Iterable[Finding]:
    qualified: dict[UUID, set[UUID]] = defaultdict(set)
    for faculty_id, subject_id in FacultySubject.objects.values_list("faculty_id", "subject_id"):
        qualified[faculty_id].add(subject_id)
    by_id = {section.id: section for section in sections}
    for row in taught:
        section, professor_id = by_id.get(row["section_id"]), row["professor_id"]
        # Somebody of whom no subject is named teaches what they are given.
        if section is None or not qualified.get(professor_id) or section.subject_id in qualified[professor_id]:
            continue
        yield Finding(UNQUALIFIED, profiles[professor_id].person.full_name, _name(section), section.id)


def _overloaded(taught: Sequence[dict[str, Any]], profiles: dict[UUID, Faculty]) -> Iterable[Finding]:
    for professor_id, units in loads(taught).items():
        profile = profiles[professor_id]
        if units > profile.max_weekly_units:
            detail = _("%(units)s units, at most %(most)s") % {
                "units": plain(units),
                "most": plain(profile.max_weekly_units),
            }
            yield Finding(OVERLOADED, profile.person.full_name, detail)


def _assignments(term_id: UUID) -> list[dict[str, Any]]:
    rows = TeachingAssignment.objects.filter(section__term=term_id).exclude(section__state=Section.State.CANCELLED)
    found: Any = rows.values(
            "section_id", "component", "role", "professor_id", "section__subject__lecture_units",
            "section__subject__lab_units",
        )  # fmt: skip
    return list(found)


def loads(taught: Sequence[dict[str, Any]]) -> dict[Any, Decimal]:
    """The units of each professor."""
    return load_of(
        [
            Taught(
                row["professor_id"], row["section_id"], row["component"], row["role"] == "PRIMARY",
                row["section__subject__lecture_units"], row["section__subject__lab_units"],
            )
            for row in taught
        ]
    )  # fmt: skip


def faculty_loads(term_id: UUID) -> dict[Any, Decimal]:
    """The units that each professor teaches in a term."""
    return loads(_assignments(term_id))


def _name(section: Section) -> str:
    return f"{section.subject.code} {section.code}"
