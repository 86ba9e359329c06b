"""Everything that the rules of R18 are told about one student and some subjects, in a handful of statements."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rollbook.core.db.arrays import array_of
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.rules import InstalmentState
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.prerequisites import Node, StudentFacts, parse
from rollbook.systems.college.enrolment import policies, sql
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.reads.history import Record, record_of, with_rules
from rollbook.systems.college.enrolment.reads.rows import Row, fetch, fetch_hot, slots_of
from rollbook.systems.college.enrolment.rules import month1_gate
from rollbook.systems.college.enrolment.rules.facts import Offer, SectionFacts, Standing, SubjectFacts
from rollbook.systems.college.enrolment.rules.gate import GateVerdict
from rollbook.systems.college.records.models import Hold, Student

_TO_TAKE_UP = {Term.State.ENROLMENT_OPEN: _("Enrolment"), Term.State.IN_PROGRESS: _("Add and drop")}


@dataclass(frozen=True, slots=True)
class Gathered:
    """One student in one term, with what they want: ready to be judged."""

    row: Row
    record: Record
    standing: Standing
    offer: Offer
    now: datetime
    today: date
    #: Sections in which something was held or offered past its time.
    stale: frozenset[UUID]


def standing_row(enrolment_id: UUID, *, blocks: str = Hold.Blocks.ENROL) -> Row:
    """The term enrolment with its student, term, window, month 1 and holds; or EnrolmentNotFound."""
    found = fetch_hot(sql.STANDING, enrolment=enrolment_id, blocks=str(blocks))
    if not found:
        raise EnrolmentNotFound
    return found[0]


def gather(
    enrolment_id: UUID,
    *,
    now: datetime,
    subject_ids: Collection[UUID],
    section_ids: Collection[UUID] = (),
    any_section_of: Collection[UUID] = (),
    agreed_roles: frozenset[str] = frozenset(),
) -> Gathered:
    """Read it all. `any_section_of` are subjects whose sections are all looked at."""
    row = standing_row(enrolment_id)
    today = organisation_in_scope().local_date(now)
    record = record_of(row, now)
    subject_rows = _subject_rows(row, subject_ids, today)
    section_rows = _section_rows(row, section_ids, any_section_of, now)
    trees = {one.id: parse(one.tree) for one in subject_rows if one.tree is not None}
    facts = with_rules(
        record.facts(
            year_level=row.year_level, is_provisional_allowed=bool(get_policy(policies.ALLOW_PROVISIONAL))
        ),
        trees.values(), curriculum_id=row.curriculum_id, today=today,
    )  # fmt: skip
    standing = _standing(row, record, today, facts)
    return Gathered(
        row=row, record=record, standing=standing, now=now, today=today,
        stale=frozenset(one.id for one in section_rows if one.stale),
        offer=Offer(
            subjects={
                one.id: _subject(one, row, record, trees.get(one.id), agreed_roles) for one in subject_rows
            },
            sections={one.id: _section(one, record) for one in section_rows if one.term_id == row.term_id},
        ),
    )  # fmt: skip


def _subject_rows(row: Row, subject_ids: Collection[UUID], today: date) -> list[Row]:
    return fetch_hot(
        sql.SUBJECTS, subjects=array_of(subject_ids), curriculum=row.curriculum_id, today=today,
        enrolment=row.enrolment_id, is_advised=row.advising_state == TermEnrolment.Advising.APPROVED,
    )  # fmt: skip


def _section_rows(
    row: Row, section_ids: Collection[UUID], any_section_of: Collection[UUID], now: datetime
) -> list[Row]:
    found = {}
    if section_ids:
        found = {
            one.id: one
            for one in fetch_hot(
                sql.SECTIONS_BY_ID, sections=array_of(section_ids), enrolment=row.enrolment_id, now=now
            )
        }
    if any_section_of:
        found |= {
            one.id: one
            for one in fetch(
                sql.SECTIONS_OF_SUBJECTS, subjects=array_of(any_section_of), term=row.term_id,
                enrolment=row.enrolment_id, now=now,
            )
        }  # fmt: skip
    return list(found.values())


def _standing(row: Row, record: Record, today: date, facts: StudentFacts) -> Standing:
    is_open, text = window_of(row, today)
    return Standing(
        term=row.term, max_units=row.max_units, is_window_open=is_open, window_text=text,
        student_number=row.student_number,
        is_active=row.status == Student.Status.ACTIVE and row.state in TermEnrolment.LIVE,
        status_text=_status_text(row), holds=_holds(row.holds), gate=gate_of_row(row),
        is_advising_missing=_is_advising_missing(row), record=facts, taken=record.taken,
    )  # fmt: skip


def window_of(row: Row, today: date) -> tuple[bool, str]:
    """Whether subjects may be taken up today, and the sentence that says why not."""
    name = _TO_TAKE_UP.get(row.term_state)
    if name is None:
        state = Term.State(row.term_state).label.lower()
        return False, _("%(term)s is %(state)s: subjects are not taken up now.") % {"term": row.term, "state": state}
    if row.opens_on is None:
        return False, _("%(window)s of %(term)s has no days yet.") % {"window": _(name), "term": row.term}
    if today < row.opens_on:
        day = date_format(row.opens_on)
        return False, _("%(window)s of %(term)s opens on %(day)s.") % {"window": _(name), "term": row.term, "day": day}
    if today > row.closes_on:
        day = date_format(row.closes_on)
        return False, _("%(window)s of %(term)s closed on %(day)s.") % {"window": _(name), "term": row.term, "day": day}
    return True, ""


def gate_of_row(row: Row) -> GateVerdict:
    """The gate of month 1 (R27): paid, covered, or set aside by an administrator."""
    if row.is_gate_set_aside:
        return GateVerdict(is_open=True, still_due=None)
    first = [InstalmentState(row.number, row.due_minor, row.paid_minor, row.due_on, row.cover)] if row.number else []
    return month1_gate(first, organisation_in_scope().currency)


def _status_text(row: Row) -> str:
    if row.status != Student.Status.ACTIVE:
        return str(Student.Status(row.status).label).lower()
    return str(TermEnrolment.State(row.state).label).lower()


def _holds(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        _("see the registrar") if kind == Hold.Kind.DISCIPLINARY else str(Hold.Kind(kind).label).lower()
        for kind in kinds
    )


def _is_advising_missing(row: Row) -> bool:
    wanted = get_policy(policies.REQUIRE_ADVISING)
    is_needed = wanted == "EVERYBODY" or (
        wanted == "IRREGULAR" and row.regularity == TermEnrolment.Regularity.IRREGULAR
    )
    return is_needed and bool(row.advising_state != TermEnrolment.Advising.APPROVED)


def _subject(one: Row, row: Row, record: Record, tree: Node | None, agreed_roles: frozenset[str]) -> SubjectFacts:
    return SubjectFacts(
        id=one.id, code=one.code, title=one.title, units=one.units, category=one.category,
        allows_several_sections=one.allows_several_sections, is_in_curriculum=one.is_in_curriculum,
        is_due=(one.year_level, one.semester) == (row.year_level, row.term_kind), tree=tree,
        past=record.past_of(one.id), attempts=record.attempts_at(one.id), is_retake=record.is_retake(one.id),
        agreed_roles=agreed_roles | frozenset(one.agreed_roles),
    )  # fmt: skip


def _section(one: Row, record: Record) -> SectionFacts:
    return SectionFacts(
        id=one.id, subject_id=one.subject_id, code=one.code, is_open=one.state == "OPEN",
        is_shown=one.state in ("OPEN", "CLOSED"), capacity=one.capacity, waitlist_capacity=one.waitlist_capacity,
        seated=one.seated, waiting=one.waiting, is_ours=record.held_in(one.id) is not None, slots=slots_of(one.slots),
    )  # fmt: skip
