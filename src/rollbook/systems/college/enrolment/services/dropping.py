"""Leaving classes: dropped without a trace while that is open, withdrawn with the grade W after it (R26)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.catalogue.prerequisites import Corequisite, judge, leaves_of
from rollbook.systems.college.enrolment import permissions, sql
from rollbook.systems.college.enrolment.errors import (
    CannotMove,
    CorequisiteNeeded,
    DropWindowClosed,
    GradedAlready,
    Held,
    NeedsProgrammeHead,
    SubjectEnrolmentNotFound,
)
from rollbook.systems.college.enrolment.events import SubjectsChanged
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.gathering import gather, standing_row, window_of
from rollbook.systems.college.enrolment.reads.rows import Row, fetch
from rollbook.systems.college.enrolment.services.enrolling import TARGET, OverrideWanted, checked_overrides
from rollbook.systems.college.enrolment.services.locking import lock_rows
from rollbook.systems.college.enrolment.services.overrides import OVERRIDABLE
from rollbook.systems.college.enrolment.services.waiting import pass_on_seats
from rollbook.systems.college.records.models import Hold, Override
from rollbook.systems.college.records.services import set_aside

State = SubjectEnrolment.State
#: The grade of somebody who withdrew, as every scale writes it.
WITHDRAWN_SYMBOL = "W"


@transaction.atomic
def drop(
    actor: Actor,
    *,
    subject_enrolment_ids: Sequence[UUID],
    reason: str = "",
    overrides: Sequence[OverrideWanted] = (),
) -> list[SubjectEnrolment]:
    """Leave classes of one term: dropped, or withdrawn with W once add and drop is over. Seats pass on at once.

    Classes that go together are dropped together. A term enrolment stays, also with no units left.
    """
    rows = _rows_for_update(actor, subject_enrolment_ids)
    first = rows[0]
    now = clock.now()
    term = standing_row(first.term_enrolment_id, blocks=Hold.Blocks.DROP)
    aside = checked_overrides(actor, overrides, person_id=term.person_id)
    _must_be_droppable(actor, rows, term)
    state, is_aside = _how(actor, term, organisation_in_scope().local_date(now), aside)
    _must_leave_no_corequisite(rows, term)
    override_id = None
    if is_aside:
        override_id = set_aside(
            actor, kind=Override.Kind.WINDOW, subject=first, reason=aside[Override.Kind.WINDOW],
            permission=OVERRIDABLE[Override.Kind.WINDOW], person_id=term.person_id,
        ).id  # fmt: skip
    _write(actor, rows, state, reason, override_id)
    for section_id in sorted({row.section_id for row in rows if row.section_id}):
        pass_on_seats(actor, section_id, now)
    publish(SubjectsChanged(actor, first.term_enrolment_id))
    return list(SubjectEnrolment.objects.filter(id__in=[row.id for row in rows]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What leaving a class would come to today: DROPPED, WITHDRAWN, or nothing and why."""

    state: str = ""
    sentence: str = ""


def outcome_today(actor: Actor, term_enrolment_id: UUID, today: date) -> Outcome:
    """Tell before anybody decides what becomes of a class that is left today."""
    try:
        state, _is_aside = _how(actor, standing_row(term_enrolment_id, blocks=Hold.Blocks.DROP), today, {})
    except DropWindowClosed as refusal:
        return Outcome(sentence=refusal.detail)
    return Outcome(state)


@transaction.atomic
def release_hold_of_seat(actor: Actor, *, subject_enrolment_id: UUID) -> SubjectEnrolment:
    """Let a seat go that was held while the student decided."""
    row = lock_rows(actor, [subject_enrolment_id])[0]
    if row.state != State.RESERVED:
        raise CannotMove(code=row.subject.code, state=row.get_state_display().lower())
    end(actor, [row], State.REMOVED, "college.seat_hold_released")
    pass_on_seats(actor, row.in_section, clock.now())
    row.refresh_from_db()
    return row


def end(actor: Actor, rows: Sequence[SubjectEnrolment], state: str, action: str, reason: str = "") -> None:
    """Take rows off whose sections are locked. What follows from it is the caller's."""
    _update(actor, rows, state, reason, None)
    facts = [{"section_id": str(row.section_id)} for row in rows]
    record_many(actor, action, TARGET, [row.id for row in rows], facts=facts)


def _rows_for_update(actor: Actor, row_ids: Sequence[UUID]) -> list[SubjectEnrolment]:
    """The rows of one's own, of anybody as a registrar, or of one's programmes as their head."""
    if not actor.may(permissions.WITHDRAW_STUDENTS) or actor.may(permissions.ENROL_STUDENTS):
        return lock_rows(actor, row_ids)
    rows = lock_rows(actor, row_ids, staff=permissions.WITHDRAW_STUDENTS)
    if rows[0].term_enrolment.programme.head_id != actor.membership_id:
        raise SubjectEnrolmentNotFound
    return rows


def _must_be_droppable(actor: Actor, rows: Sequence[SubjectEnrolment], term: Row) -> None:
    if len({row.term_enrolment_id for row in rows}) != 1:
        raise SubjectEnrolmentNotFound
    for row in rows:
        if row.result:
            raise GradedAlready(code=row.subject.code)
        if row.state != State.ENROLLED:
            raise CannotMove(code=row.subject.code, state=row.get_state_display().lower())
    if term.holds:
        kinds = [Hold.Kind(kind).label.lower() for kind in term.holds if kind != Hold.Kind.DISCIPLINARY]
        raise Held(holds=", ".join(map(str, kinds)) or _("see the registrar"))


def _how(actor: Actor, term: Row, today: date, aside: dict[str, str]) -> tuple[str, bool]:
    """DROPPED or WITHDRAWN, and whether that takes an override of the window."""
    is_open, text = window_of(term, today)
    if is_open:
        return State.DROPPED, False
    window = TermWindow.objects.filter(term_id=term.term_id, kind=TermWindow.Kind.WITHDRAWAL).first()
    is_withdrawal_open = term.term_state == Term.State.IN_PROGRESS and window is not None and window.is_open_on(today)
    if is_withdrawal_open:
        if not actor.may(permissions.WITHDRAW_STUDENTS):
            raise NeedsProgrammeHead(permission=permissions.WITHDRAW_STUDENTS)
        return State.WITHDRAWN, False
    if Override.Kind.WINDOW in aside:
        # Before the classes there is nothing to withdraw from.
        return State.DROPPED if term.term_state == Term.State.ENROLMENT_OPEN else State.WITHDRAWN, True
    if window is not None and term.term_state == Term.State.IN_PROGRESS:
        text = _("Withdrawal from classes of %(term)s is open from %(first)s to %(last)s.") % {
            "term": term.term, "first": date_format(window.opens_on), "last": date_format(window.closes_on),
        }  # fmt: skip
    raise DropWindowClosed(text=text)


def _must_leave_no_corequisite(rows: Sequence[SubjectEnrolment], term: Row) -> None:
    """Refuse when a class that stays was only possible together with one that goes (R20)."""
    gone = {row.subject_id for row in rows}
    staying = SubjectEnrolment.objects.filter(
        term_enrolment_id=term.enrolment_id, state__in=SubjectEnrolment.CARRIED
    ).exclude(id__in=[row.id for row in rows])
    kept = frozenset(staying.values_list("subject_id", flat=True)) - gone
    if not kept:
        return
    gathered = gather(term.enrolment_id, now=clock.now(), subject_ids=kept)
    for subject in gathered.offer.subjects.values():
        if subject.tree is None or not any(isinstance(leaf, Corequisite) for leaf in leaves_of(subject.tree)):
            continue
        with_all = replace(gathered.standing.record, this_term=kept | gone)
        without = replace(gathered.standing.record, this_term=kept)
        if (
            judge(subject.tree, with_all, of=subject.id).is_met
            and not judge(subject.tree, without, of=subject.id).is_met
        ):
            codes = ", ".join(sorted(row.subject.code for row in rows))
            raise CorequisiteNeeded(codes=codes, code=subject.code)


def _write(actor: Actor, rows: Sequence[SubjectEnrolment], state: str, reason: str, override_id: UUID | None) -> None:
    _update(actor, rows, state, reason, override_id)
    action = "college.subject_dropped" if state == State.DROPPED else "college.subject_withdrawn"
    facts = [
        {
            "term_enrolment_id": str(row.term_enrolment_id), "subject_id": str(row.subject_id),
            "section_id": str(row.section_id), "because": reason,
        }
        for row in rows
    ]  # fmt: skip
    record_many(actor, action, TARGET, [row.id for row in rows], facts=facts)


def _update(actor: Actor, rows: Sequence[SubjectEnrolment], state: str, reason: str, override_id: UUID | None) -> None:
    now, is_withdrawn = clock.now(), state == State.WITHDRAWN
    fetch(
        sql.DROP,
        ids=array_of(row.id for row in rows),
        before=text_array_of(sorted({row.state for row in rows})),
        state=state,
        now=now,
        user=actor.user_id,
        reason=" ".join(reason.split())[:500],
        result=SubjectEnrolment.Result.WITHDRAWN if is_withdrawn else "",
        symbol=WITHDRAWN_SYMBOL if is_withdrawn else "",
        on=organisation_in_scope().local_date(now) if is_withdrawn else None,
        override=override_id,
    )
