"""Cancelling a student's term before its classes: every class is dropped, the money side follows by event (R62)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.errors import CannotMove, ClassesHaveBegun
from rollbook.systems.college.enrolment.events import TermEnrolmentCancelled
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.selectors import get_enrolment_for_update
from rollbook.systems.college.enrolment.services.dropping import end
from rollbook.systems.college.enrolment.services.locking import lock_sections
from rollbook.systems.college.enrolment.services.waiting import pass_on_seats
from rollbook.systems.college.records.services.overrides import checked_reason

State = SubjectEnrolment.State


@transaction.atomic
def cancel_term_enrolment(actor: Actor, *, term_enrolment_id: UUID, reason: str) -> TermEnrolment:
    """Cancel a student's term before its first day of classes. Permits and money follow in the same transaction."""
    actor.require(permissions.CANCEL_ENROLMENTS)
    enrolment = get_enrolment_for_update(term_enrolment_id)
    text, now = checked_reason(reason), clock.now()
    today = organisation_in_scope().local_date(now)
    if not enrolment.may_become(TermEnrolment.State.CANCELLED):
        raise CannotMove(code=enrolment.term.code, state=enrolment.get_state_display().lower())
    if today >= enrolment.term.starts_on:
        raise ClassesHaveBegun(term=enrolment.term.code, began=date_format(enrolment.term.starts_on))
    cancel(actor, enrolment, text, now)
    return enrolment


def cancel(actor: Actor, enrolment: TermEnrolment, reason: str, now: datetime) -> None:
    """Cancel a term that is locked and has not begun. Whether that may be is the caller's to say."""
    dropped = take_off(actor, enrolment, State.DROPPED, reason, now)
    enrolment.state, enrolment.version = TermEnrolment.State.CANCELLED, enrolment.version + 1
    enrolment.save(update_fields=["state", "version"])
    record(
        actor, "college.enrolment_cancelled", enrolment, reason=reason, student_id=enrolment.student_id,
        dropped=dropped,
    )  # fmt: skip
    today = organisation_in_scope().local_date(now)
    publish(TermEnrolmentCancelled(actor, enrolment.id, enrolment.invoice_id, today))


def take_off(actor: Actor, enrolment: TermEnrolment, state: str, reason: str, now: datetime) -> int:
    """Take a student out of every class of a term that has no grade yet, and off its queues; seats pass on.

    Answers how many classes were left. What has a grade stays.
    """
    live = SubjectEnrolment.objects.filter(term_enrolment_id=enrolment.id, result="")
    sections = lock_sections(live.filter(section__isnull=False).values_list("section_id", flat=True))
    taken = list(live.filter(state=State.ENROLLED))
    others = list(live.filter(state__in=[State.RESERVED, State.WAITLISTED, State.OFFERED, State.PLANNED]))
    if taken:
        action = "college.subject_dropped" if state == State.DROPPED else "college.subject_withdrawn"
        end(actor, taken, state, action, reason)
    if others:
        end(actor, others, State.REMOVED, "college.subject_removed", reason)
    for section_id in sections:
        pass_on_seats(actor, section_id, now)
    return len(taken)
