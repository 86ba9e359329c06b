"""Reads of the schedule, limited to what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.people.rules import Name, full_name
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import (
    BlockNotFound,
    FacultyNotFound,
    MeetingNotFound,
    RoomNotFound,
    SectionNotFound,
    TimetableNotFound,
)
from rollbook.systems.college.scheduling.models import (
    Block,
    Faculty,
    Meeting,
    Room,
    Section,
    TeachingAssignment,
    TermSchedule,
    TimetableImport,
)
from rollbook.systems.college.scheduling.rules import Slot, is_picking_open


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting as a timetable shows it."""

    meeting_id: UUID
    section_id: UUID
    section_code: str
    section_state: str
    subject_code: str
    subject_title: str
    component: str
    weekday: int | None
    start_min: int | None
    end_min: int | None
    from_date: date
    to_date: date
    room_id: UUID | None
    room_code: str
    professor_id: UUID | None
    professor_name: str
    is_in_person: bool
    excused: str

    @property
    def slot(self) -> Slot | None:
        """When it takes place; None while nobody has said."""
        return slot_of(self)

    @property
    def class_name(self) -> str:
        return f"{self.subject_code} {self.section_code}"


_ENTRY = (
    "id", "section_id", "section__code", "section__state", "section__subject__code", "section__subject__title",
    "component", "weekday", "start_min", "end_min", "from_date", "to_date", "room_id", "room__code", "professor_id",
    "professor__person__family_name", "professor__person__given_name", "professor__person__middle_name",
    "professor__person__suffix", "is_in_person", "excused",
)  # fmt: skip


def slot_of(meeting: Any) -> Slot | None:
    """The slot of a meeting or of an entry; None while nobody has said when."""
    if meeting.weekday is None or meeting.start_min is None or meeting.end_min is None:
        return None
    return Slot(meeting.weekday, meeting.start_min, meeting.end_min, meeting.from_date, meeting.to_date)


def rooms(actor: Actor) -> "QuerySet[Room]":
    """Every room, those out of use as well."""
    actor.require(permissions.VIEW_SCHEDULE)
    return Room.objects.all()


def get_room(actor: Actor, room_id: UUID) -> Room:
    """One room."""
    found: Room | None = rooms(actor).filter(id=room_id).first()
    if found is None:
        raise RoomNotFound
    return found


def faculty(actor: Actor) -> "QuerySet[Faculty]":
    """Everybody who teaches or taught."""
    actor.require(permissions.VIEW_SCHEDULE)
    found: QuerySet[Faculty] = Faculty.objects.select_related("person")
    return found


def get_faculty(actor: Actor, faculty_id: UUID) -> Faculty:
    """One profile of faculty."""
    found: Faculty | None = faculty(actor).filter(id=faculty_id).first()
    if found is None:
        raise FacultyNotFound
    return found


def blocks(actor: Actor, term_id: UUID) -> "QuerySet[Block]":
    """The blocks of a term."""
    actor.require(permissions.VIEW_SCHEDULE)
    found: QuerySet[Block] = Block.objects.filter(term_id=term_id).select_related("programme")
    return found


def get_block(block_id: UUID, term_id: UUID) -> Block:
    """One block of a term."""
    found: Block | None = Block.objects.filter(id=block_id, term_id=term_id).first()
    if found is None:
        raise BlockNotFound
    return found


def sections(actor: Actor) -> "QuerySet[Section]":
    """The sections that the actor may see: all, or those they teach."""
    everything: QuerySet[Section] = Section.objects.select_related("subject", "term", "block")
    if actor.may(permissions.VIEW_SCHEDULE):
        return everything
    actor.require(permissions.VIEW_OWN_CLASSES)
    return everything.filter(id__in=_taught_by(own_faculty_ids(actor)))


def own_faculty_ids(actor: Actor) -> list[UUID]:
    """The profiles of faculty that the actor is: by the account they sign in with, or by the person they are."""
    mine = Q()
    if actor.membership_id is not None:
        mine |= Q(member=actor.membership_id)
    if actor.person_id is not None:
        mine |= Q(person=actor.person_id)
    return list(Faculty.objects.filter(mine).values_list("id", flat=True)) if mine else []


def _taught_by(faculty_ids: Sequence[UUID]) -> "QuerySet[Any, Any]":
    return TeachingAssignment.objects.filter(professor_id__in=faculty_ids).values("section_id")


def own_sections(actor: Actor) -> "QuerySet[Section]":
    """The classes that the actor teaches, of every term."""
    actor.require(permissions.VIEW_OWN_CLASSES)
    found: QuerySet[Section] = Section.objects.filter(id__in=_taught_by(own_faculty_ids(actor)))
    return found.select_related("subject", "term", "block").exclude(state=Section.State.CANCELLED)


def get_section(actor: Actor, section_id: UUID) -> Section:
    """One section."""
    found: Section | None = sections(actor).filter(id=section_id).first()
    if found is None:
        raise SectionNotFound
    return found


def get_section_for_update(section_id: UUID) -> Section:
    """One section, locked; with its subject and term."""
    found: Section | None = (
        Section.objects.select_for_update(of=("self",)).select_related("subject", "term").filter(id=section_id).first()
    )
    if found is None:
        raise SectionNotFound
    return found


def get_meeting(meeting_id: UUID) -> Meeting:
    """One meeting."""
    found: Meeting | None = (
        Meeting.objects.select_related("room", "professor__person", "section__subject").filter(id=meeting_id).first()
    )
    if found is None:
        raise MeetingNotFound
    return found


def meetings_of(section_ids: Iterable[UUID]) -> dict[UUID, list[Meeting]]:
    """The meetings of some sections in the order of the week, in one statement."""
    found: dict[UUID, list[Meeting]] = {section_id: [] for section_id in section_ids}
    rows = Meeting.objects.filter(section_id__in=list(found)).select_related("room", "professor__person")
    for meeting in rows.order_by("weekday", "start_min", "from_date", "id"):
        found[meeting.section_id].append(meeting)
    return found


def slots_of(section_ids: Iterable[UUID]) -> dict[UUID, list[Slot]]:
    """When some sections meet, without those meetings nobody has set; in one statement."""
    found: dict[UUID, list[Slot]] = {section_id: [] for section_id in section_ids}
    rows = Meeting.objects.filter(section_id__in=list(found), weekday__isnull=False).order_by("weekday", "start_min")
    for meeting in rows.only("section_id", "weekday", "start_min", "end_min", "from_date", "to_date"):
        slot = slot_of(meeting)
        if slot is not None:
            found[meeting.section_id].append(slot)
    return found


def assignments_of(section_ids: Iterable[UUID]) -> dict[UUID, list[TeachingAssignment]]:
    """Who teaches some sections, the owner of the grades first; in one statement."""
    found: dict[UUID, list[TeachingAssignment]] = {section_id: [] for section_id in section_ids}
    rows = TeachingAssignment.objects.filter(section_id__in=list(found)).select_related("professor__person")
    for assignment in rows.order_by("-role", "component", "id"):
        found[assignment.section_id].append(assignment)
    return found


def grade_owner(section_id: UUID) -> Faculty | None:
    """Who owns the grades of a section; None while nobody was named."""
    found: TeachingAssignment | None = (
        TeachingAssignment.objects.filter(section_id=section_id, role=TeachingAssignment.Role.PRIMARY)
        .select_related("professor__person")
        .first()
    )
    return found.professor if found else None


def owns_grades(actor: Actor, section_id: UUID) -> bool:
    """Whether the actor is the one who gives the grades of a section."""
    mine = own_faculty_ids(actor)
    found = TeachingAssignment.objects.filter(
        section_id=section_id, role=TeachingAssignment.Role.PRIMARY, professor_id__in=mine
    )
    return bool(mine) and bool(found.exists())


def timetable(
    term_id: UUID | None = None,
    *,
    section_ids: Sequence[UUID] | None = None,
    room_id: UUID | None = None,
    professor_id: UUID | None = None,
    block_id: UUID | None = None,
) -> list[Entry]:
    """Meetings as a timetable shows them, in the order of the week; those without a time come last."""
    wanted: dict[str, Any] = {
        "section__term": term_id, "section_id__in": section_ids, "room": room_id, "professor": professor_id,
        "section__block": block_id,
    }  # fmt: skip
    rows = Meeting.objects.exclude(section__state=Section.State.CANCELLED).filter(
        **{field: value for field, value in wanted.items() if value is not None}
    )
    ordered = rows.order_by("weekday", "start_min", "section__subject__code", "section__code", "id")
    found: Any = ordered.values_list(*_ENTRY)
    return [_entry(row) for row in found]


def _entry(row: tuple[Any, ...]) -> Entry:
    family, given, middle, suffix, is_in_person, excused = row[-6:]
    name = full_name(Name(family, given, middle or "", suffix or "")) if family is not None else ""
    values = (*row[:13], row[13] or "", row[14], name, is_in_person, excused)
    return Entry(**dict(zip(Entry.__slots__, values, strict=True)))


@dataclass(frozen=True, slots=True)
class Picking:
    """When students pick the classes of a term: [opens, closes)."""

    opens_at: datetime
    closes_at: datetime

    def is_open_at(self, moment: datetime) -> bool:
        """Whether classes are picked at a moment."""
        return is_picking_open(moment, self.opens_at, self.closes_at)


def schedule_of(term_id: UUID) -> TermSchedule | None:
    """What is known of the publication of a term's schedule."""
    found: TermSchedule | None = TermSchedule.objects.filter(term_id=term_id).first()
    return found


def is_published(term_id: UUID) -> bool:
    """Whether a term's schedule is published."""
    return bool(TermSchedule.objects.filter(term_id=term_id, is_published=True).exists())


def picking_of(term_id: UUID) -> Picking | None:
    """When students pick the classes of a term; None while its schedule is not published."""
    found = schedule_of(term_id)
    if found is None or not found.is_published or found.picking_opens_at is None or found.picking_closes_at is None:
        return None
    return Picking(found.picking_opens_at, found.picking_closes_at)


def subjects_without_section(term_id: UUID, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these subjects no student could take in a term: no section of theirs is open."""
    open_ones = Section.objects.filter(term_id=term_id, state=Section.State.OPEN).values_list("subject_id", flat=True)
    return set(subject_ids) - set(open_ones)


def grouped(entries: Iterable[Entry], key: str) -> dict[UUID, list[Entry]]:
    """Entries by room, professor or section."""
    found: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        value = getattr(entry, key)
        if value is not None:
            found[value].append(entry)
    return found


def timetables(actor: Actor) -> "QuerySet[TimetableImport]":
    """Every timetable file."""
    actor.require(permissions.ASSIGN)
    found: QuerySet[TimetableImport] = TimetableImport.objects.select_related("term")
    return found


def get_timetable(actor: Actor, run_id: UUID) -> TimetableImport:
    """One timetable file."""
    found: TimetableImport | None = timetables(actor).filter(id=run_id).first()
    if found is None:
        raise TimetableNotFound
    return found
