"""A term's blocks, sections and hours, copied to another term."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import get_term
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.models import Block, Meeting, Section, TeachingAssignment
from rollbook.systems.college.scheduling.rules import Slot, in_conflict
from rollbook.systems.college.scheduling.selectors import slot_of
from rollbook.systems.college.scheduling.services.sections import open_term

_SECTION = "college_scheduling.section"


@dataclass(frozen=True, slots=True)
class RolledOver:
    """What was copied, and how many hours lost their room or professor because it was taken."""

    blocks: int
    sections: int
    meetings: int
    unsettled: int


@transaction.atomic
def copy_schedule(
    actor: Actor, *, from_term_id: UUID, to_term_id: UUID, with_professors: bool = True, with_rooms: bool = True
) -> RolledOver:
    """Copy what a term offers into another as drafts. What stands there stays; run again, nothing is doubled.

    An hour whose room or professor is taken there, or was only let stand by an override, comes without it.
    """
    actor.require(permissions.MANAGE_SECTIONS)
    actor.require(permissions.ASSIGN)
    if from_term_id == to_term_id:
        raise Invalid.field("to_term_id", _("Choose two different terms."))
    source, target = get_term(actor, from_term_id), open_term(to_term_id)
    blocks, made_blocks = _copy_blocks(source, target)
    pairs = _copy_sections(source, target, blocks)
    _copy_assignments(pairs, with_professors=with_professors)
    meetings, unsettled = _copy_meetings(pairs, target, with_professors=with_professors, with_rooms=with_rooms)
    if pairs:
        facts = [{"code": section.code, "term": target.code, "copied_from": old} for old, section in pairs.items()]
        record_many(actor, "college.section_added", _SECTION, [each.id for each in pairs.values()], facts=facts)
    record(
        actor, "college.schedule_copied", target, from_term=source.code, sections=len(pairs), meetings=meetings,
        unsettled=unsettled,
    )  # fmt: skip
    return RolledOver(made_blocks, len(pairs), meetings, unsettled)


def _copy_blocks(source: Term, target: Term) -> tuple[dict[UUID, Block], int]:
    standing = {block.code.lower(): block for block in Block.objects.filter(term=target)}
    new: list[Block] = []
    by_old: dict[UUID, Block] = {}
    for old in Block.objects.filter(term=source).order_by("code"):
        block = standing.get(old.code.lower())
        if block is None:
            block = Block(
                term=target, programme_id=old.programme_id, year_level=old.year_level, code=old.code,
                session=old.session, target=old.target, maximum=old.maximum,
            )  # fmt: skip
            new.append(block)
        by_old[old.id] = block
    Block.objects.bulk_create(new)
    return by_old, len(new)


def _copy_sections(source: Term, target: Term, blocks: dict[UUID, Block]) -> dict[UUID, Section]:
    """The new sections by the id of the one each was copied from."""
    taken = {
        (subject_id, code.lower())
        for subject_id, code in Section.objects.filter(term=target).values_list("subject_id", "code")
    }
    rows = Section.objects.filter(term=source, subject__is_active=True).exclude(state=Section.State.CANCELLED)
    pairs = {
        old.id: Section(
            term=target, subject_id=old.subject_id, block=blocks[old.block_id] if old.block_id else None,
            code=old.code, capacity=old.capacity, waitlist_capacity=old.waitlist_capacity,
        )
        for old in rows.order_by("id")
        if (old.subject_id, old.code.lower()) not in taken
    }  # fmt: skip
    Section.objects.bulk_create(list(pairs.values()))
    return pairs


def _copy_assignments(pairs: dict[UUID, Section], *, with_professors: bool) -> None:
    rows = TeachingAssignment.objects.filter(section_id__in=list(pairs)).select_related("professor").order_by("id")
    TeachingAssignment.objects.bulk_create(
        [
            TeachingAssignment(
                section=pairs[row.section_id], component=row.component, role=row.role,
                professor=row.professor if with_professors and row.professor and row.professor.is_active else None,
            )
            for row in rows
            if row.role == TeachingAssignment.Role.PRIMARY or (with_professors and row.professor.is_active)
        ]
    )  # fmt: skip


def _copy_meetings(
    pairs: dict[UUID, Section], target: Term, *, with_professors: bool, with_rooms: bool
) -> tuple[int, int]:
    booked = _Booked.over(target)
    rows = Meeting.objects.filter(section_id__in=list(pairs)).select_related("room", "professor").order_by("id")
    new: list[Meeting] = []
    unsettled = 0
    for old in rows:
        room = old.room if with_rooms and old.room and old.room.is_active else None
        professor = old.professor if with_professors and old.professor and old.professor.is_active else None
        meeting = Meeting(
            section=pairs[old.section_id], component=old.component, weekday=old.weekday, start_min=old.start_min,
            end_min=old.end_min, room=room, professor=professor, from_date=target.starts_on, to_date=target.ends_on,
            is_in_person=room is None or room.is_in_person,
        )  # fmt: skip
        if not booked.is_free("section", meeting.section_id, meeting):
            # Two ranges of days of one class fall together over a whole term: the hour is said anew.
            unsettled += 1
            continue
        if booked.give_way(meeting):
            unsettled += 1
        booked.add(meeting)
        new.append(meeting)
    Meeting.objects.bulk_create(new)
    return len(new), unsettled


class _Booked:
    """What is taken over the days of a term."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, UUID, int], list[Slot]] = {}

    @classmethod
    def over(cls, term: Term) -> "_Booked":
        """The meetings of every term that fall into this one's days."""
        booked = cls()
        for meeting in Meeting.objects.filter(from_date__lte=term.ends_on, to_date__gte=term.starts_on):
            booked.add(meeting)
        return booked

    def is_free(self, kind: str, of: UUID, meeting: Meeting) -> bool:
        slot = slot_of(meeting)
        if slot is None:
            return True
        return not any(in_conflict(slot, other) for other in self._slots.get((kind, of, slot.weekday), []))

    def give_way(self, meeting: Meeting) -> bool:
        """Take the room and the professor off a meeting where they are booked; tells whether one was."""
        gave = False
        if meeting.room_id and meeting.is_in_person and not self.is_free("room", meeting.room_id, meeting):
            meeting.room, gave = None, True
        if meeting.professor_id and not self.is_free("professor", meeting.professor_id, meeting):
            meeting.professor, gave = None, True
        return gave

    def add(self, meeting: Meeting) -> None:
        slot = slot_of(meeting)
        if slot is None:
            return
        for kind, of in (
            ("section", meeting.section_id),
            ("room", meeting.room_id if meeting.is_in_person else None),
            ("professor", meeting.professor_id),
        ):
            if of is not None:
                self._slots.setdefault((kind, of, slot.weekday), []).append(slot)
