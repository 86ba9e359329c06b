"""Queues for seats: joining, offers in strict order, accepting them, letting them go (R25).

Whoever moves a queue holds its section. Nobody who comes later passes those who wait.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.db.arrays import array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment import policies, sql
from rollbook.systems.college.enrolment.errors import (
    AlreadyWaiting,
    CannotMove,
    NothingOffered,
    OfferExpired,
    SectionMismatch,
    SubjectEnrolmentNotFound,
    WaitNotFound,
)
from rollbook.systems.college.enrolment.events import SeatFreed, SubjectsChanged, WaitlistOffered
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.gathering import Gathered, gather
from rollbook.systems.college.enrolment.reads.rows import Row, fetch
from rollbook.systems.college.enrolment.rules.carts import judge_cart
from rollbook.systems.college.enrolment.rules.facts import Item, Purpose
from rollbook.systems.college.enrolment.services.enrolling import (
    Enrolled,
    agreed_by,
    confirmation,
    expire_stale,
    refusal_of,
    summary,
    write,
)
from rollbook.systems.college.enrolment.services.expiring import expire
from rollbook.systems.college.enrolment.services.locking import lock_rows, lock_sections, lock_term
from rollbook.systems.college.scheduling.models import Section

State = SubjectEnrolment.State
_TARGET = "college_enrolment.subjectenrolment"


@transaction.atomic
def join_waitlist(actor: Actor, *, term_enrolment_id: UUID, section_id: UUID) -> SubjectEnrolment:
    """Wait for a seat. Where one is free and nobody waits, it is offered at once."""
    owner = lock_term(actor, term_enrolment_id)
    section = Section.objects.filter(id=section_id).select_related("subject", "term").first()
    if section is None:
        raise SectionMismatch(subject="this subject", term="this term")
    lock_sections([section_id])
    now, item = clock.now(), Item(section.subject_id, section_id)
    gathered = gather(
        term_enrolment_id, now=now, subject_ids=[section.subject_id], section_ids=[section_id],
        agreed_roles=agreed_by(actor),
    )  # fmt: skip
    facts = gathered.offer.sections.get(section_id)
    if facts is None:
        raise SectionMismatch(subject=section.subject.code, term=gathered.row.term)
    if any(row.section_id == section_id and row.state in SubjectEnrolment.QUEUED for row in gathered.record.rows):
        raise AlreadyWaiting(code=section.subject.code, section=section.code)
    verdicts = judge_cart(gathered.standing, gathered.offer, [item], purpose=Purpose.QUEUE)
    if not verdicts[0].is_possible:
        raise refusal_of(gathered, verdicts)
    expire_stale(gathered)
    until = offer_until(gathered)
    is_free = facts.seats_free > 0 and facts.waiting == 0 and until > now
    state = State.OFFERED if is_free else State.WAITLISTED
    rows = write(actor, gathered, verdicts, state=state, reasons={}, until=until)
    made: SubjectEnrolment = SubjectEnrolment.objects.get(id=rows[section_id])
    if state == State.OFFERED:
        _tell_of_offer(actor, made.id, term_enrolment_id, owner, gathered, section_id, until)
    return made


@transaction.atomic
def accept_offer(actor: Actor, *, wait_id: UUID) -> Enrolled:
    """Take the seat that is offered: every rule is asked again, and the offer must not have ended."""
    row = _wait_for_update(actor, wait_id)
    now = clock.now()
    names = {"code": row.subject.code, "section": row.section.code}
    if row.state == State.WAITLISTED:
        raise NothingOffered(**names, position=position_of(row))
    if row.state == State.EXPIRED or _is_over(row, now):
        raise OfferExpired(**names, ended=_local(row.offered_until))
    if row.state != State.OFFERED:
        raise CannotMove(code=row.subject.code, state=row.get_state_display().lower())
    gathered = gather(
        row.term_enrolment_id, now=now, subject_ids=[row.subject_id], section_ids=[row.in_section],
        agreed_roles=agreed_by(actor),
    )  # fmt: skip
    item = Item(row.subject_id, row.section_id)
    verdicts = judge_cart(gathered.standing, gathered.offer, [item], purpose=Purpose.OFFER)
    if not verdicts[0].is_possible:
        raise refusal_of(gathered, verdicts)
    expire_stale(gathered)
    rows = write(actor, gathered, verdicts, state=State.ENROLLED, reasons={}, until=None)
    publish(SubjectsChanged(actor, row.term_enrolment_id))
    publish(confirmation(actor, gathered, verdicts, rows))
    return summary(gathered, verdicts, rows)


@transaction.atomic
def leave_waitlist(actor: Actor, *, wait_id: UUID) -> SubjectEnrolment:
    """Give up a place in a queue, or the seat that is offered; the next in line gets it."""
    row = _wait_for_update(actor, wait_id)
    if row.state not in SubjectEnrolment.QUEUED:
        raise CannotMove(code=row.subject.code, state=row.get_state_display().lower())
    now, had_seat = clock.now(), row.state == State.OFFERED
    row.state, row.ended_at, row.ended_by_id, row.version = State.REMOVED, now, actor.user_id, row.version + 1
    row.save(update_fields=["state", "ended_at", "ended_by", "version"])
    record(actor, "college.waitlist_left", row, section_id=row.section_id)
    if had_seat:
        pass_on_seats(actor, row.in_section, now)
    return row


def pass_on_seats(actor: Actor, section_id: UUID, now: datetime) -> list[UUID]:
    """Offer every free seat of a locked section to the first in its queue who may take it. Returns the offers.

    Whoever may not take it now keeps the place; the seat goes to the next who may.
    """
    nobody = UUID(int=0)
    expire([section_id], now=now)
    found = fetch(sql.SECTIONS_BY_ID, sections=array_of([section_id]), enrolment=nobody, now=now)
    free = found[0].capacity - found[0].seated if found and found[0].state == Section.State.OPEN else 0
    offers: list[UUID] = []
    for waiting in fetch(sql.QUEUE, section=section_id) if free > 0 else []:
        if len(offers) == free:
            break
        gathered = gather(
            waiting.term_enrolment_id, now=now, subject_ids=[waiting.subject_id], section_ids=[section_id]
        )
        until = offer_until(gathered)
        if until <= now or not _may_take(gathered, Item(waiting.subject_id, section_id)):
            continue
        fetch(sql.OFFER, id=waiting.id, until=until)
        record(actor, "college.seat_offered", (_TARGET, waiting.id), section_id=section_id, until=until)
        _tell_of_offer(actor, waiting.id, waiting.term_enrolment_id, waiting, gathered, section_id, until)
        offers.append(waiting.id)
    if free > len(offers):
        publish(SeatFreed(actor, section_id))
    return offers


def make_offers(actor: Actor) -> int:
    """Every minute: what ran out gives its seat back, and free seats are offered to those who wait."""
    now = clock.now()
    sections = lock_sections(row.section_id for row in fetch(sql.SECTIONS_TO_LOOK_AT, now=now))
    return sum(len(pass_on_seats(actor, section_id, now)) for section_id in sections)


def offer_until(gathered: Gathered) -> datetime:
    """When an offer that is made now ends: after some hours, never beyond the end of add and drop."""
    after = gathered.now + timedelta(hours=int(get_policy(policies.WAITLIST_HOURS)))
    last_day = gathered.row.add_drop_closes_on or gathered.row.closes_on
    if last_day is None:
        return after
    return min(after, organisation_in_scope().beginning_of(last_day + timedelta(days=1)))


def position_of(row: SubjectEnrolment) -> int:
    """The place in the queue, the first being 1; 0 for who does not wait."""
    queue: Sequence[UUID] = [one.id for one in fetch(sql.QUEUE, section=row.section_id)]
    return queue.index(row.id) + 1 if row.id in queue else 0


def _is_over(row: SubjectEnrolment, now: datetime) -> bool:
    # Strictly before its end an offer is accepted.
    return row.state == State.OFFERED and row.offered_until is not None and row.offered_until <= now


def _may_take(gathered: Gathered, item: Item) -> bool:
    return judge_cart(gathered.standing, gathered.offer, [item], purpose=Purpose.OFFER)[0].is_possible


def _wait_for_update(actor: Actor, wait_id: UUID) -> SubjectEnrolment:
    try:
        row = lock_rows(actor, [wait_id])[0]
    except SubjectEnrolmentNotFound as error:
        raise WaitNotFound from error
    if row.joined_at is None:
        raise WaitNotFound
    return row


def _tell_of_offer(
    actor: Actor,
    row_id: UUID,
    term_enrolment_id: UUID,
    owner: Row,
    gathered: Gathered,
    section_id: UUID,
    until: datetime,
) -> None:
    section = gathered.offer.sections[section_id]
    name = f"{gathered.offer.subjects[section.subject_id].code} {section.code}"
    publish(
        WaitlistOffered(
            actor=actor, subject_enrolment_id=row_id, term_enrolment_id=term_enrolment_id,
            student_id=owner.student_id, person_id=owner.person_id, section_id=section_id, class_name=name,
            offered_until=until,
        )
    )  # fmt: skip


def _local(moment: datetime | None) -> str:
    if moment is None:
        return "—"
    return date_format(moment.astimezone(ZoneInfo(organisation_in_scope().timezone)), "DATETIME_FORMAT")
