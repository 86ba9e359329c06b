"""The list that a student takes to the adviser: submitted, approved or returned, one by one or many at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue.curriculum_rules import Why
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import AdvisingCannotMove, EnrolmentNotFound
from rollbook.systems.college.enrolment.models import AdvisingItem, TermEnrolment
from rollbook.systems.college.enrolment.reads.gathering import gather
from rollbook.systems.college.enrolment.reads.recommending import outlook
from rollbook.systems.college.enrolment.rules.verdicts import prerequisite_problem
from rollbook.systems.college.enrolment.services.locking import lock_term

Advising = TermEnrolment.Advising
MOST_SUBJECTS = 20
_REASONS = {
    Why.RETAKE: AdvisingItem.Reason.RETAKE, Why.BACK: AdvisingItem.Reason.BACK, Why.IN_PLAN: AdvisingItem.Reason.DUE,
}  # fmt: skip


@transaction.atomic
def submit_list(actor: Actor, *, term_enrolment_id: UUID, subject_ids: Sequence[UUID] | None = None) -> TermEnrolment:
    """Send a list to the adviser: the subjects given, or what is recommended. It replaces the one before."""
    lock_term(actor, term_enrolment_id)
    enrolment = _for_update(TermEnrolment.objects.filter(id=term_enrolment_id))
    _must_become(enrolment, Advising.SUBMITTED)
    look = outlook(enrolment.id, clock.now())
    recommended = {one.place.subject_id: one.why for one in look.recommended}
    wanted = list(dict.fromkeys(recommended if subject_ids is None else subject_ids))
    if not 1 <= len(wanted) <= MOST_SUBJECTS:
        raise Invalid.field("subject_ids", gettext("Put 1 to %(most)s subjects on the list.") % {"most": MOST_SUBJECTS})
    gathered = gather(enrolment.id, now=clock.now(), subject_ids=wanted)
    if len(gathered.offer.subjects) != len(wanted):
        raise Invalid.field("subject_ids", gettext("There is no such subject."))
    AdvisingItem.objects.filter(term_enrolment_id=enrolment.id).delete()
    items = []
    for position, subject_id in enumerate(wanted, start=1):
        problem, _ = prerequisite_problem(
            gathered.offer.subjects[subject_id], gathered.standing.record, frozenset(wanted)
        )
        why = recommended.get(subject_id)
        items.append(
            AdvisingItem(
                term_enrolment_id=enrolment.id, subject_id=subject_id, position=position, is_required=why is not None,
                reason=_REASONS[why] if why else AdvisingItem.Reason.CHOSEN,
                verdict=problem.as_facts() if problem else {},
            )
        )  # fmt: skip
    AdvisingItem.objects.bulk_create(items)
    _move(actor, enrolment, Advising.SUBMITTED, "college.advising_submitted", subjects=[str(one) for one in wanted])
    return enrolment


@transaction.atomic
def approve_lists(actor: Actor, *, term_enrolment_ids: Sequence[UUID]) -> list[TermEnrolment]:
    """Approve what students want to take; the approver agrees to every subject on it. All of them, or none."""
    rows = _advised_by(actor, term_enrolment_ids)
    for enrolment in rows:
        _must_become(enrolment, Advising.APPROVED)
    AdvisingItem.objects.filter(term_enrolment_id__in=[row.id for row in rows]).update(agreed_roles=sorted(actor.roles))
    for enrolment in rows:
        enrolment.advising_note = ""
        _move(actor, enrolment, Advising.APPROVED, "college.advising_approved")
    return rows


@transaction.atomic
def return_list(actor: Actor, *, term_enrolment_id: UUID, reason: str) -> TermEnrolment:
    """Send a list back to the student, saying why."""
    (enrolment,) = _advised_by(actor, [term_enrolment_id])
    _must_become(enrolment, Advising.RETURNED)
    text = " ".join(reason.split())
    if not 5 <= len(text) <= 500:
        raise Invalid.field("reason", gettext("Say in 5 to 500 characters what the student should change."))
    enrolment.advising_note = text
    _move(actor, enrolment, Advising.RETURNED, "college.advising_returned", reason=text)
    return enrolment


def advised(actor: Actor) -> "QuerySet[TermEnrolment]":
    """The terms whose lists the actor looks at: of their own programmes as their head, of all as a registrar."""
    actor.require(permissions.ADVISE)
    rows: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(student__taken_back_at__isnull=True)
    return rows if actor.may(permissions.ENROL_STUDENTS) else rows.filter(programme__head=actor.membership_id)


def _advised_by(actor: Actor, ids: Sequence[UUID]) -> list[TermEnrolment]:
    wanted = sorted(set(ids))
    rows = list(
        advised(actor).filter(id__in=wanted).order_by("id").select_for_update(of=("self",)).select_related("student")
    )
    if len(rows) != len(wanted) or not rows:
        raise EnrolmentNotFound
    if actor.person_id is not None and any(row.student.person_id == actor.person_id for row in rows):
        raise Forbidden(permission=permissions.ADVISE)
    return rows


def _for_update(rows: "QuerySet[TermEnrolment]") -> TermEnrolment:
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise EnrolmentNotFound
    return found


def _must_become(enrolment: TermEnrolment, state: str) -> None:
    if state not in TermEnrolment.ADVISING_TRANSITIONS[enrolment.advising_state]:
        raise AdvisingCannotMove(state=enrolment.get_advising_state_display().lower())


def _move(actor: Actor, enrolment: TermEnrolment, state: str, action: str, *, reason: str = "", **facts: Any) -> None:
    enrolment.advising_state, enrolment.version = state, enrolment.version + 1
    enrolment.save(update_fields=["advising_state", "advising_note", "version"])
    record(actor, action, enrolment, reason=reason, student_id=enrolment.student_id, **facts)
