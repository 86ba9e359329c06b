"""What follows from results of an earlier term: classes that rested on them provisionally are looked at again (R20)."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.events import SubjectMeasuresChanging
from rollbook.systems.college.enrolment.errors import SubjectInUse
from rollbook.systems.college.enrolment.events import SubjectsChanged
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.gathering import Gathered, gather
from rollbook.systems.college.enrolment.rules.verdicts import prerequisite_problem
from rollbook.systems.college.enrolment.services.dropping import end
from rollbook.systems.college.enrolment.services.locking import lock_rows
from rollbook.systems.college.enrolment.services.waiting import pass_on_seats

State = SubjectEnrolment.State
BECAUSE = "The prerequisite it rested on was not passed."


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Which provisional classes are firm now, dropped, or left for a person because classes have begun."""

    firm: tuple[UUID, ...]
    dropped: tuple[UUID, ...]
    listed: tuple[UUID, ...]


@transaction.atomic
def recheck_provisional(actor: Actor, *, student_ids: Collection[UUID] | None = None) -> Rechecked:
    """Look again at classes that were taken while their prerequisite was still in progress."""
    rows = SubjectEnrolment.objects.filter(is_provisional=True, state=State.ENROLLED)
    if student_ids is not None:
        rows = rows.filter(term_enrolment__student_id__in=list(student_ids))
    firm, dropped, listed = [], [], []
    for row_id in rows.order_by("term_enrolment_id", "id").values_list("id", flat=True):
        (row,) = lock_rows(actor, [row_id])
        now = clock.now()
        gathered = gather(row.term_enrolment_id, now=now, subject_ids=[row.subject_id])
        if _is_still_open(gathered, row.subject_id):
            continue
        if _is_met(gathered, row.subject_id):
            SubjectEnrolment.objects.filter(id=row.id).update(is_provisional=False)
            firm.append(row.id)
        elif organisation_in_scope().local_date(now) < gathered.row.starts_on:
            end(actor, [row], State.DROPPED, "college.subject_dropped", BECAUSE)
            pass_on_seats(actor, row.in_section, now)
            publish(SubjectsChanged(actor, row.term_enrolment_id))
            dropped.append(row.id)
        else:
            listed.append(row.id)
    return Rechecked(tuple(firm), tuple(dropped), tuple(listed))


def refuse_change_of_taken_subject(event: SubjectMeasuresChanging) -> None:
    """A subject that somebody takes now keeps its units and category (R12)."""
    count = SubjectEnrolment.objects.filter(
        subject_id=event.subject_id, state__in=[*SubjectEnrolment.CARRIED, *SubjectEnrolment.QUEUED]
    ).count()
    if count:
        raise SubjectInUse(code=event.code, count=count)


def _is_met(gathered: Gathered, subject_id: UUID) -> bool:
    problem, is_provisional = _judged(gathered, subject_id)
    return problem is None and not is_provisional


def _is_still_open(gathered: Gathered, subject_id: UUID) -> bool:
    problem, is_provisional = _judged(gathered, subject_id)
    return problem is None and is_provisional


def _judged(gathered: Gathered, subject_id: UUID) -> tuple[object, bool]:
    together = frozenset(one.subject_id for one in gathered.standing.taken if one.is_this_term)
    return prerequisite_problem(gathered.offer.subjects[subject_id], gathered.standing.record, together)
