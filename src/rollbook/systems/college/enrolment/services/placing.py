"""Blocks that regular students pick as a whole, and the placement of those who picked nothing (R23)."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.errors import TermNotFound
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment import permissions, sql
from rollbook.systems.college.enrolment.errors import (
    BlockFull,
    BlockNotFound,
    NotEnrolled,
    NothingRecommended,
    NotRegular,
    PlacedAlready,
)
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.gathering import standing_row
from rollbook.systems.college.enrolment.reads.recommending import outlook
from rollbook.systems.college.enrolment.reads.rows import Row, fetch
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.services.enrolling import Enrolled, enrol
from rollbook.systems.college.enrolment.services.locking import lock_term
from rollbook.systems.college.scheduling.models import Section
from rollbook.systems.college.scheduling.selectors import picking_of


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A student who could not be placed, and why."""

    term_enrolment_id: UUID
    code: str
    sentence: str


@dataclass(slots=True)
class Placement:
    """What became of those who had picked nothing."""

    placed: list[UUID] = field(default_factory=list)
    failed: list[Unplaced] = field(default_factory=list)


@transaction.atomic
def pick_block(actor: Actor, *, term_enrolment_id: UUID, block_id: UUID) -> Enrolled:
    """Take every class of a block, or none. When it is full the other half of the day is offered, never taken."""
    lock_term(actor, term_enrolment_id)
    row = standing_row(term_enrolment_id)
    if row.regularity != TermEnrolment.Regularity.REGULAR:
        raise NotRegular
    blocks = {block.id: block for block in blocks_for(row)}
    if block_id not in blocks:
        raise BlockNotFound
    return _take_block(actor, row, blocks[block_id], list(blocks.values()))


def blocks_for(row: Row) -> list[Row]:
    """The blocks of a student's programme, year and term, with the seats that each still has."""
    found = fetch(sql.BLOCKS, term=row.term_id, programme=row.programme_id, year_level=row.year_level)
    return [block for block in found if block.classes]


@transaction.atomic
def place_unpicked(actor: Actor, *, term_id: UUID) -> Placement:
    """Once picking is over, place whoever has no class: regular students in a block of the half of the day they had
    before, irregular ones where it clashes least. What failed is listed; done again it looks only at those.
    """
    actor.require(permissions.ROLL_OVER)
    term = Term.objects.filter(id=term_id).first()
    if term is None:
        raise TermNotFound
    picking = picking_of(term_id)
    if picking is None or clock.now() < picking.closes_at:
        closes = date_format(picking.closes_at, "DATETIME_FORMAT") if picking else _("a day nobody has said yet")
        raise PlacedAlready(term=term.code, closes=closes)
    outcome = Placement()
    for student in fetch(sql.UNPICKED, term=term_id):
        try:
            with transaction.atomic():
                _place(actor, student)
        except Refusal as refusal:
            outcome.failed.append(Unplaced(student.id, refusal.code, refusal.detail))
        else:
            outcome.placed.append(student.id)
    record(
        actor, "college.students_placed", term, placed=len(outcome.placed),
        failed=[{"term_enrolment_id": str(one.term_enrolment_id), "code": one.code} for one in outcome.failed],
    )  # fmt: skip
    return outcome


def _place(actor: Actor, student: Row) -> None:
    row = standing_row(student.id)
    blocks = blocks_for(row) if student.regularity == TermEnrolment.Regularity.REGULAR else []
    if blocks:
        wanted = sorted(blocks, key=lambda one: (one.session != (student.session or one.session), -one.seats_free))
        lock_term(actor, student.id)
        _take_block(actor, row, wanted[0], blocks)
        return
    items = [Item(one.place.subject_id) for one in outlook(student.id, clock.now()).recommended]
    if not items:
        raise NothingRecommended(number=row.student_number)
    enrol(actor, term_enrolment_id=student.id, items=items, partial=True)


def _take_block(actor: Actor, row: Row, block: Row, others: list[Row]) -> Enrolled:
    sections = Section.objects.filter(block_id=block.id, state__in=Section.SHOWN).order_by("id")
    items = [Item(subject_id, section_id) for subject_id, section_id in sections.values_list("subject_id", "id")]
    try:
        return enrol(actor, term_enrolment_id=row.enrolment_id, items=items)
    except NotEnrolled as refusal:
        problems = [problem for verdict in refusal.verdicts for problem in verdict.problems]
        if any(problem.code != "SECTION_FULL" for problem in problems):
            raise
        free = [one.code for one in others if one.session != block.session and one.seats_free > 0]
        other = (
            _("%(blocks)s in the other half of the day still has seats.") % {"blocks": ", ".join(free)}
            if free
            else _("The other half of the day is full too; ask the dean's office.")
        )
        codes = dict(sections.values_list("subject_id", "subject__code"))
        full = next(verdict for verdict in refusal.verdicts if verdict.problems)
        raise BlockFull(block=block.code, code=codes[full.item.subject_id], other=other) from refusal
