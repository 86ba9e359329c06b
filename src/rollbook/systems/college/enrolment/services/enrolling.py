"""Taking up subjects: one act for the student's cart, the registrar's desk, a block and the placement (R18–R24)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid
from rollbook.core.events import publish
from rollbook.core.idempotency.services import KEPT_FOR, Answer, Key, once
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.systems.college.enrolment import permissions, policies, sql
from rollbook.systems.college.enrolment.errors import (
    CannotMove,
    HoldRenewedAlready,
    NotEnrolled,
    SeatsMoved,
    SectionMismatch,
)
from rollbook.systems.college.enrolment.events import EnrolmentConfirmed, SubjectsChanged
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.reads.gathering import Gathered, gather
from rollbook.systems.college.enrolment.reads.rows import fetch, fetch_hot
from rollbook.systems.college.enrolment.rules.carts import judge_cart
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.rules.verdicts import ItemVerdict
from rollbook.systems.college.enrolment.services.expiring import expire
from rollbook.systems.college.enrolment.services.locking import lock_rows, lock_sections, lock_term
from rollbook.systems.college.enrolment.services.overrides import OVERRIDABLE, must_override
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.services import set_aside

TARGET = "college_enrolment.subjectenrolment"
MOST_ITEMS = 20

State = SubjectEnrolment.State
#: Set aside for the whole term; every other rule is set aside for the one subject.
_OF_THE_TERM = frozenset({Override.Kind.PAYMENT_GATE, Override.Kind.WINDOW, Override.Kind.ADVISING})


@dataclass(frozen=True, slots=True)
class OverrideWanted:
    """A rule that a registrar sets aside in one request, and why."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What became of a cart: the verdict on each item, and the rows that were written."""

    term_enrolment_id: UUID
    verdicts: tuple[ItemVerdict, ...]
    #: The row of each item that was possible, in the order of the cart.
    row_ids: Mapping[UUID, UUID]
    units: Decimal
    max_units: Decimal
    codes: Mapping[UUID, str]
    sections: Mapping[UUID, str]


@transaction.atomic
def enrol(
    actor: Actor,
    *,
    term_enrolment_id: UUID,
    items: Sequence[Item],
    partial: bool = False,
    overrides: Sequence[OverrideWanted] = (),
) -> Enrolled:
    """Take up subjects: all of them or none, unless `partial` takes what is possible in the order given (R22)."""
    return _take_up(actor, term_enrolment_id, items, partial=partial, overrides=overrides, state=State.ENROLLED)


@transaction.atomic
def enrol_once(
    actor: Actor,
    key: Key,
    shape: Callable[[Enrolled], dict[str, Any]],
    *,
    term_enrolment_id: UUID,
    items: Sequence[Item],
    partial: bool = False,
    overrides: Sequence[OverrideWanted] = (),
) -> Answer:
    """The same for a request with a key: sent again it gets the first answer again (R3)."""

    def act() -> tuple[int, Any]:
        done = enrol(actor, term_enrolment_id=term_enrolment_id, items=items, partial=partial, overrides=overrides)
        return 201, shape(done)

    return once(actor, key, act, kept_for=KEPT_FOR)


@transaction.atomic
def hold_seats(actor: Actor, *, term_enrolment_id: UUID, items: Sequence[Item]) -> Enrolled:
    """Hold seats for some minutes while the student decides (R24)."""
    return _take_up(actor, term_enrolment_id, items, partial=False, overrides=(), state=State.RESERVED)


@transaction.atomic
def renew_hold(actor: Actor, *, subject_enrolment_id: UUID) -> SubjectEnrolment:
    """Hold a seat once more for the same time; only once."""
    row = lock_rows(actor, [subject_enrolment_id])[0]
    now = clock.now()
    if row.state != State.RESERVED or row.reserved_until is None or row.reserved_until <= now:
        raise CannotMove(code=row.subject.code, state=row.get_state_display().lower())
    if row.was_renewed:
        raise HoldRenewedAlready
    row.reserved_until, row.was_renewed, row.version = hold_until(now), True, row.version + 1
    row.save(update_fields=["reserved_until", "was_renewed", "version"])
    record(actor, "college.seat_hold_renewed", row, until=row.reserved_until)
    return row


def hold_until(now: datetime) -> datetime:
    """Until when a seat that is held now stays held."""
    return now + timedelta(minutes=int(get_policy(policies.SEAT_HOLD_MINUTES)))


def _take_up(
    actor: Actor, term_enrolment_id: UUID, items: Sequence[Item], *, partial: bool,
    overrides: Sequence[OverrideWanted], state: str,
) -> Enrolled:  # fmt: skip
    owner = lock_term(actor, term_enrolment_id)
    asked = checked_items(items)
    aside = checked_overrides(actor, overrides, person_id=owner.person_id)
    now, agreed = clock.now(), agreed_by(actor)
    chosen, ours = _with_sections(term_enrolment_id, asked, now, agreed)
    section_ids = [item.section_id for item in chosen if item.section_id]
    lock_sections(section_ids)
    gathered = gather(
        term_enrolment_id, now=now, subject_ids={item.subject_id for item in chosen}, section_ids=section_ids,
        agreed_roles=agreed,
    )  # fmt: skip
    must_fit(gathered, chosen)
    verdicts = judge_cart(gathered.standing, gathered.offer, chosen, set_aside=aside)
    refused = [verdict for verdict in verdicts if not verdict.is_possible]
    if refused and (not partial or len(refused) == len(verdicts)):
        if any(verdict.item in ours and verdict.code == "SECTION_FULL" for verdict in refused):
            # It had a seat when we chose it. The student left the choice to us: we choose anew.
            raise SeatsMoved
        raise refusal_of(gathered, verdicts)
    expire_stale(gathered)
    rows = write(actor, gathered, verdicts, state=state, reasons=aside, until=hold_until(now))
    if state == State.ENROLLED:
        publish(SubjectsChanged(actor, term_enrolment_id))
        publish(confirmation(actor, gathered, verdicts, rows))
    return summary(gathered, verdicts, rows)


def checked_items(items: Sequence[Item]) -> list[Item]:
    """A cart of a few subjects, each section once."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise Invalid.field("items", gettext("Choose 1 to %(most)s subjects.") % {"most": MOST_ITEMS})
    if len(set(items)) != len(items):
        raise Invalid.field("items", gettext("The same subject is in the list twice."))
    return list(items)


def checked_overrides(actor: Actor, overrides: Sequence[OverrideWanted], *, person_id: UUID) -> dict[str, str]:
    """The rules that may be set aside in this request with their reasons; or a refusal (R21)."""
    return {wanted.rule: must_override(actor, wanted.rule, wanted.reason, person_id=person_id) for wanted in overrides}


def agreed_by(actor: Actor) -> frozenset[str]:
    """Staff who put a student into a class agree to it in their roles."""
    return actor.roles if actor.may(permissions.ENROL_STUDENTS) and not actor.is_system else frozenset()


def _with_sections(
    term_enrolment_id: UUID, items: Sequence[Item], now: datetime, agreed: frozenset[str]
) -> tuple[list[Item], frozenset[Item]]:
    """Every item with a section; those that leave the choice to us get the one that fits best now (R23).

    Also the items for which we found a seat ourselves.
    """
    open_ones = {item.subject_id for item in items if item.section_id is None}
    if not open_ones:
        return list(items), frozenset()
    looked = gather(
        term_enrolment_id, now=now, subject_ids={item.subject_id for item in items},
        section_ids=[item.section_id for item in items if item.section_id], any_section_of=open_ones,
        agreed_roles=agreed,
    )  # fmt: skip
    must_fit(looked, items)
    verdicts = judge_cart(looked.standing, looked.offer, items)
    chosen = [Item(verdict.item.subject_id, verdict.section_id) for verdict in verdicts]
    seated = {
        item
        for item, verdict in zip(chosen, verdicts, strict=True)
        if verdict.item.section_id is None and all(problem.code != "SECTION_FULL" for problem in verdict.problems)
    }
    return chosen, frozenset(seated)


def must_fit(gathered: Gathered, items: Sequence[Item]) -> None:
    """Refuse subjects that do not exist and sections of another subject or term."""
    for number, item in enumerate(items):
        subject = gathered.offer.subjects.get(item.subject_id)
        if subject is None:
            raise Invalid.field(f"items.{number}.subject_id", gettext("There is no such subject."))
        section = gathered.offer.sections.get(item.section_id) if item.section_id else None
        if item.section_id and (section is None or section.subject_id != subject.id):
            raise SectionMismatch(subject=subject.code, term=gathered.row.term)


def refusal_of(gathered: Gathered, verdicts: Sequence[ItemVerdict]) -> NotEnrolled:
    """The refusal of a cart, with the verdict on every item."""
    offer = gathered.offer
    return NotEnrolled(
        verdicts,
        items=[verdict_facts(verdict, offer.subjects[verdict.item.subject_id].code, "") for verdict in verdicts],
        units=str(units_of(gathered, ())),
        max_units=str(gathered.standing.max_units),
    )


def verdict_facts(verdict: ItemVerdict, code: str, section: str) -> dict[str, Any]:
    """One verdict for an answer over JSON."""
    return {
        "subject_id": str(verdict.item.subject_id), "code": code,
        "section_id": str(verdict.section_id) if verdict.section_id else None, "section": section,
        "verdict": verdict.code, "problems": [problem.as_facts() for problem in verdict.problems],
        "set_aside": [problem.code for problem in verdict.set_aside], "is_provisional": verdict.is_provisional,
    }  # fmt: skip


def expire_stale(gathered: Gathered) -> None:
    """What was held or offered past its time gives its seat back before a new one is taken."""
    if gathered.stale or gathered.record.has_stale:
        expire(gathered.stale, now=gathered.now, enrolment_id=gathered.row.enrolment_id)


def write(
    actor: Actor, gathered: Gathered, verdicts: Sequence[ItemVerdict], *, state: str, reasons: Mapping[str, str],
    until: datetime | None,
) -> dict[UUID, UUID]:  # fmt: skip
    """Write the items that are possible; what was held for the student becomes theirs. Returns the rows by section."""
    possible = [verdict for verdict in verdicts if verdict.is_possible]
    held = {v.section_id: gathered.record.held_in(v.section_id) for v in possible if v.section_id}
    row_ids = {section_id: row.id if row is not None else ids.new_id() for section_id, row in held.items()}
    overrides = _set_aside_all(actor, gathered, possible, row_ids, reasons)
    new = [verdict for verdict in possible if verdict.section_id and held[verdict.section_id] is None]
    own = [verdict for verdict in possible if verdict.section_id and held[verdict.section_id] is not None]
    if own and state == State.ENROLLED:
        fetch(
            sql.CONFIRM,
            ids=array_of(row_ids[v.section_id] for v in own if v.section_id),
            overrides=array_of(overrides.get(v.section_id) for v in own),
            provisionals=array_of(v.is_provisional for v in own),
        )
    if new:
        _insert(actor, gathered, new, row_ids, overrides, state, until)
    done = [*own, *new] if state == State.ENROLLED else new
    if done:
        _record_all(actor, gathered, done, row_ids, state)
    return {v.section_id: row_ids[v.section_id] for v in possible if v.section_id}


def _insert(
    actor: Actor, gathered: Gathered, new: Sequence[ItemVerdict], row_ids: Mapping[UUID, UUID],
    overrides: Mapping[UUID | None, UUID], state: str, until: datetime | None,
) -> None:  # fmt: skip
    subjects = [gathered.offer.subjects[verdict.item.subject_id] for verdict in new]
    fetch_hot(
        sql.INSERT,
        now=gathered.now,
        user=actor.user_id,
        enrolment=gathered.row.enrolment_id,
        until=until,
        ids=array_of(row_ids[v.section_id] for v in new if v.section_id),
        subjects=array_of(subject.id for subject in subjects),
        sections=array_of(v.section_id for v in new),
        attempts=array_of(subject.attempts + 1 for subject in subjects),
        retakes=array_of(subject.is_retake for subject in subjects),
        irregulars=array_of(not subject.is_due for subject in subjects),
        units=array_of(subject.units for subject in subjects),
        categories=text_array_of(subject.category for subject in subjects),
        several=array_of(subject.allows_several_sections for subject in subjects),
        states=text_array_of(state for _ in new),
        overrides=array_of(overrides.get(v.section_id) for v in new),
        provisionals=array_of(v.is_provisional for v in new),
    )


def _set_aside_all(
    actor: Actor, gathered: Gathered, possible: Sequence[ItemVerdict], row_ids: Mapping[UUID, UUID],
    reasons: Mapping[str, str],
) -> dict[UUID | None, UUID]:  # fmt: skip
    """One override for each rule that really was in the way: of the term once, of a subject for its row."""
    made: dict[UUID | None, UUID] = {}
    of_the_term: dict[str, UUID] = {}
    for verdict in possible:
        for kind in dict.fromkeys(problem.set_aside_by for problem in verdict.set_aside):
            is_of_term = kind in _OF_THE_TERM
            subject = (
                TermEnrolment(id=gathered.row.enrolment_id)
                if is_of_term or verdict.section_id is None
                else SubjectEnrolment(id=row_ids[verdict.section_id])
            )
            if not (is_of_term and kind in of_the_term):
                override = set_aside(
                    actor, kind=kind, subject=subject, reason=reasons[kind], permission=OVERRIDABLE[kind],
                    person_id=gathered.row.person_id, term_enrolment_id=gathered.row.enrolment_id,
                )  # fmt: skip
                of_the_term[kind] = override.id
            made.setdefault(verdict.section_id, of_the_term[kind])
    return made


def _record_all(
    actor: Actor, gathered: Gathered, done: Sequence[ItemVerdict], row_ids: Mapping[UUID, UUID], state: str
) -> None:
    action = {
        State.ENROLLED: "college.subject_enrolled", State.RESERVED: "college.seat_held",
        State.WAITLISTED: "college.waitlist_joined", State.OFFERED: "college.seat_offered",
    }[State(state)]  # fmt: skip
    facts = [
        {
            "term_enrolment_id": str(gathered.row.enrolment_id), "subject_id": str(v.item.subject_id),
            "section_id": str(v.section_id),
        }
        for v in done
    ]  # fmt: skip
    record_many(actor, action, TARGET, [row_ids[v.section_id] for v in done if v.section_id], facts=facts)


def confirmation(
    actor: Actor, gathered: Gathered, verdicts: Sequence[ItemVerdict], rows: Mapping[UUID, UUID]
) -> EnrolmentConfirmed:
    """What the student is told of."""
    codes = [gathered.offer.subjects[v.item.subject_id].code for v in verdicts if v.is_possible]
    row = gathered.row
    return EnrolmentConfirmed(
        actor, row.enrolment_id, row.student_id, row.person_id, list(rows.values()), sorted(codes)
    )


def units_of(gathered: Gathered, verdicts: Sequence[ItemVerdict]) -> Decimal:
    """What the student takes in the term, with what was just taken up."""
    sections = {verdict.section_id for verdict in verdicts if verdict.is_possible}
    before = sum(
        (one.units for one in gathered.standing.taken if one.is_this_term and one.section_id not in sections),
        Decimal(0),
    )
    added = [gathered.offer.subjects[v.item.subject_id].units for v in verdicts if v.is_possible]
    return before + sum(added, Decimal(0))


def summary(gathered: Gathered, verdicts: Sequence[ItemVerdict], rows: Mapping[UUID, UUID]) -> Enrolled:
    """What became of the cart."""
    return Enrolled(
        term_enrolment_id=gathered.row.enrolment_id, verdicts=tuple(verdicts), row_ids=rows,
        units=units_of(gathered, verdicts), max_units=gathered.standing.max_units,
        codes={subject.id: subject.code for subject in gathered.offer.subjects.values()},
        sections={section.id: section.code for section in gathered.offer.sections.values()},
    )  # fmt: skip
