"""Blocks and sections: added, changed, opened, closed, cancelled. Never deleted."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.models import Programme, Subject, Term
from rollbook.systems.college.catalogue.selectors import get_term_for_update
from rollbook.systems.college.records.services import checked_reason
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import (
    BlockNotFound,
    CapacityBelowSeatsTaken,
    CodeStands,
    SectionCannotMove,
    SectionHasStudents,
    SectionIsCancelled,
    SubjectNotFound,
    TermHasEnded,
)
from rollbook.systems.college.scheduling.events import SeatsChanged
from rollbook.systems.college.scheduling.models import Block, CancelledClass, Meeting, Section, TeachingAssignment
from rollbook.systems.college.scheduling.models.sections import LARGEST_SECTION
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.selectors import get_block, get_section_for_update
from rollbook.systems.college.scheduling.services.faculty import get_faculty_for_update
from rollbook.systems.college.scheduling.services.saving import Wrong, known, must_be_version, save, values_of
from rollbook.systems.college.scheduling.words import class_name, meeting_in_words

SECTION_FIELDS = ("code", "block_id", "capacity", "waitlist_capacity")
BLOCK_FIELDS = ("code", "session", "target", "maximum")


@transaction.atomic
def add_block(
    actor: Actor, *, term_id: UUID, programme_id: UUID, year_level: int, code: str, session: str, **fields: Any
) -> Block:
    """Add a cohort that takes its classes together in a term."""
    actor.require(permissions.MANAGE_SECTIONS)
    term = open_term(term_id)
    if not Programme.objects.filter(id=programme_id).exists():
        raise Invalid.field("programme_id", _("Choose one of the programmes."))
    block = Block(
        term=term, programme_id=programme_id, year_level=year_level, code=code.strip(), session=session,
        **known(fields, BLOCK_FIELDS[2:]),
    )  # fmt: skip
    _check_block(block)
    save(block, CodeStands(code=block.code, what=f"a block of {term.code}"), is_new=True)
    record(actor, "college.block_added", block, after=values_of(block, BLOCK_FIELDS), term=term.code)
    return block


@transaction.atomic
def change_block(actor: Actor, *, block_id: UUID, expected_version: int | None = None, **changes: Any) -> Block:
    """Change what a block is called, when it meets and how large it is."""
    actor.require(permissions.MANAGE_SECTIONS)
    block = Block.objects.select_for_update(of=("self",)).select_related("term").filter(id=block_id).first()
    if block is None:
        raise BlockNotFound
    must_be_version(block.version, expected_version)
    must_be_open(block.term)
    before = values_of(block, BLOCK_FIELDS)
    for field, value in known(changes, BLOCK_FIELDS).items():
        setattr(block, field, value)
    _check_block(block)
    block.version += 1
    save(block, CodeStands(code=block.code, what=f"a block of {block.term.code}"))
    record(actor, "college.block_changed", block, before=before, after=values_of(block, BLOCK_FIELDS))
    found: Block = block
    return found


@transaction.atomic
def add_section(
    actor: Actor, *, term_id: UUID, subject_id: UUID, code: str, professor_id: UUID | None = None, **fields: Any
) -> Section:
    """Add a class of a subject to a term, with the assignment that owns its grades; the professor may follow."""
    actor.require(permissions.MANAGE_SECTIONS)
    term = open_term(term_id)
    if not Subject.objects.filter(id=subject_id, is_active=True).exists():
        raise SubjectNotFound
    section = Section(term=term, subject_id=subject_id, code=code.strip(), **known(fields, SECTION_FIELDS[1:]))
    _check_section(section)
    professor = get_faculty_for_update(professor_id) if professor_id is not None else None
    save(section, CodeStands(code=section.code, what="a section of this subject"), is_new=True)
    TeachingAssignment.objects.create(section=section, professor=professor)
    said = {**values_of(section, SECTION_FIELDS), "professor_id": professor_id}
    record(actor, "college.section_added", section, after=said, term=term.code)
    return section


@transaction.atomic
def change_section(actor: Actor, *, section_id: UUID, expected_version: int | None = None, **changes: Any) -> Section:
    """Change a section's code, block or seats. It never gets fewer seats than are taken (R16)."""
    actor.require(permissions.MANAGE_SECTIONS)
    section = get_section_for_update(section_id)
    must_be_version(section.version, expected_version)
    must_be_open(section.term)
    must_not_be_cancelled(section)
    before = values_of(section, SECTION_FIELDS)
    for field, value in known(changes, SECTION_FIELDS).items():
        setattr(section, field, value)
    section.code = section.code.strip()
    _check_section(section)
    taken = roll().seats_taken([section.id]).get(section.id, 0)
    if section.capacity < taken:
        raise CapacityBelowSeatsTaken(taken=taken, section=class_name(section), capacity=section.capacity)
    section.version += 1
    save(section, CodeStands(code=section.code, what="a section of this subject"))
    record(actor, "college.section_changed", section, before=before, after=values_of(section, SECTION_FIELDS))
    if before["capacity"] != section.capacity or before["waitlist_capacity"] != section.waitlist_capacity:
        events.publish(SeatsChanged(actor=actor, section_id=section.id))
    return section


@transaction.atomic
def move_section(actor: Actor, *, section_id: UUID, state: str, expected_version: int | None = None) -> Section:
    """Open a section, or close it so that nobody new can take it."""
    actor.require(permissions.MANAGE_SECTIONS)
    section = get_section_for_update(section_id)
    must_be_version(section.version, expected_version)
    must_be_open(section.term)
    if state not in (Section.State.OPEN, Section.State.CLOSED):
        raise Invalid.field("state", _("Choose OPEN or CLOSED; cancelling is an act of its own."))
    _must_be_able_to_become(section, state)
    before = section.state
    section.state, section.version = state, section.version + 1
    section.save(update_fields=["state", "version"])
    record(actor, "college.section_moved", section, before={"state": before}, after={"state": state})
    events.publish(SeatsChanged(actor=actor, section_id=section.id))
    return section


@transaction.atomic
def cancel_section(actor: Actor, *, section_id: UUID, reason: str) -> Section:
    """Give a class up in which nobody is. Its rooms and hours are free again; what they were stands in the audit."""
    actor.require(permissions.MANAGE_SECTIONS)
    text = checked_reason(reason)
    section = get_section_for_update(section_id)
    must_be_open(section.term)
    _must_be_able_to_become(section, Section.State.CANCELLED)
    taken = roll().seats_taken([section.id]).get(section.id, 0)
    if taken:
        raise SectionHasStudents(taken=taken, section=class_name(section))
    meetings = list(Meeting.objects.filter(section=section).select_related("room", "professor__person"))
    before = {"state": section.state, "meetings": [meeting_in_words(meeting) for meeting in meetings]}
    CancelledClass.objects.filter(meeting_id__in=[meeting.id for meeting in meetings]).delete()
    Meeting.objects.filter(section=section).delete()
    section.state, section.version = Section.State.CANCELLED, section.version + 1
    section.save(update_fields=["state", "version"])
    after = {"state": section.state, "meetings": []}
    record(actor, "college.section_cancelled", section, reason=text, before=before, after=after)
    events.publish(SeatsChanged(actor=actor, section_id=section.id))
    return section


def open_term(term_id: UUID) -> Term:
    """A term whose schedule can still change, locked."""
    term = get_term_for_update(term_id)
    must_be_open(term)
    return term


def must_be_open(term: Term) -> None:
    """Refuse to change the schedule of a term that is over."""
    if term.has_ended:
        raise TermHasEnded(term=term.code, state=term.get_state_display().lower())


def must_not_be_cancelled(section: Section) -> None:
    """Refuse to change a class that was given up."""
    if section.state == Section.State.CANCELLED:
        raise SectionIsCancelled(section=class_name(section))


def _must_be_able_to_become(section: Section, state: str) -> None:
    if not section.may_become(state):
        possible = [str(Section.State(each).label).lower() for each in sorted(section.TRANSITIONS[section.state])]
        raise SectionCannotMove(
            section=class_name(section), state=section.get_state_display().lower(),
            wanted=str(Section.State(state).label).lower(), possible=", ".join(possible) or "nothing more",
        )  # fmt: skip


def _check_section(section: Section) -> None:
    wrong = Wrong()
    wrong.unless(0 < len(section.code) <= 30, "code", _("Enter a code of at most 30 characters, such as BSIT-1A."))
    wrong.unless(
        1 <= section.capacity <= LARGEST_SECTION,
        "capacity",
        _("Enter 1 to %(most)s seats.") % {"most": f"{LARGEST_SECTION:,}"},
    )
    wrong.unless(
        0 <= section.waitlist_capacity <= LARGEST_SECTION,
        "waitlist_capacity",
        _("Enter 0 to %(most)s places; 0 means nobody waits.") % {"most": f"{LARGEST_SECTION:,}"},
    )
    wrong.refuse()
    if section.block_id is not None:
        get_block(section.block_id, section.term_id)


def _check_block(block: Block) -> None:
    wrong = Wrong()
    wrong.unless(0 < len(block.code) <= 30, "code", _("Enter a code of at most 30 characters, such as BSIT-1A."))
    wrong.unless(1 <= block.year_level <= 8, "year_level", _("Enter a year from 1 to 8."))
    wrong.unless(block.session in Block.HalfDay.values, "session", _("Choose AM or PM."))
    wrong.unless(
        1 <= block.maximum <= LARGEST_SECTION,
        "maximum",
        _("Enter 1 to %(most)s seats.") % {"most": f"{LARGEST_SECTION:,}"},
    )
    wrong.unless(1 <= block.target <= block.maximum, "target", _("Enter a target from 1 to the number of seats."))
    wrong.refuse()
