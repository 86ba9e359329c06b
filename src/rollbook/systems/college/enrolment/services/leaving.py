"""What a leave, a withdrawal or a dismissal does to the terms that run: classes are left, seats pass on (R26)."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.enrolment.events import SubjectsChanged, TermEnrolmentWithdrawn
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.cancelling import cancel, take_off
from rollbook.systems.college.records.errors import LeaveCoversFinalGrades
from rollbook.systems.college.records.events import Effect, LeaveBeginning, StatusChanged, StatusConsidered
from rollbook.systems.college.records.models import Student

State = SubjectEnrolment.State
#: Whoever has one of these sits in no class.
AWAY = frozenset({Student.Status.LOA, Student.Status.WITHDRAWN, Student.Status.DISMISSED})
#: The classes of these terms still go on, or are still to come. Where grading has begun, they are over.
RUNNING = (Term.State.SETUP, Term.State.ENROLMENT_OPEN, Term.State.IN_PROGRESS)


def leave_terms(event: StatusChanged) -> None:
    """Take a student who is away out of every term that has a day in common with it.

    A term that had not begun is cancelled. In one that had, classes are dropped while add and drop is open and
    withdrawn with W after it; the term itself counts as withdrawn.
    """
    if event.status not in AWAY:
        return
    now = clock.now()
    # Locked in the order of their ids, before any section (R2).
    for enrolment in _concerned(event, for_update=True):
        if event.from_date < enrolment.term.starts_on:
            cancel(event.actor, enrolment, event.reason, now)
        else:
            _withdraw(event, enrolment)


def refuse_leave_over_final_grades(event: LeaveBeginning) -> None:
    """Keep a leave from being recorded over days on which grades of the student were finalised."""
    today = organisation_in_scope().local_date(clock.now())
    if event.from_date >= today:
        return
    until = min(event.to_date or today, today)
    graded = SubjectEnrolment.objects.filter(
        term_enrolment__student=event.student_id, finalized_on__range=(event.from_date, until)
    ).exclude(result=SubjectEnrolment.Result.WITHDRAWN)
    codes = sorted(set(graded.values_list("subject__code", flat=True)))
    if codes:
        raise LeaveCoversFinalGrades(codes=", ".join(codes), since=event.from_date, until=until)


def name_terms_left(event: StatusConsidered) -> None:
    """Tell what would become of the student's terms."""
    if event.status not in AWAY:
        return
    for enrolment in sorted(_concerned(event), key=lambda one: (one.term.starts_on, one.id)):
        count = _classes(enrolment)
        classes = ngettext("%(count)s class", "%(count)s classes", count) % {"count": count}
        if event.from_date < enrolment.term.starts_on:
            after = _("Cancelled")
        elif _how(enrolment.term, event.from_date) == State.DROPPED:
            after = _("Withdrawn; the classes are dropped")
        else:
            after = _("Withdrawn; the classes get the grade W")
        event.effects.append(Effect(enrolment.term.code, classes, after))


def _withdraw(event: StatusChanged, enrolment: TermEnrolment) -> None:
    actor: Actor = event.actor
    left = take_off(actor, enrolment, _how(enrolment.term, event.from_date), event.reason, clock.now())
    enrolment.state, enrolment.version = TermEnrolment.State.WITHDRAWN, enrolment.version + 1
    enrolment.save(update_fields=["state", "version"])
    record(
        actor, "college.enrolment_withdrawn", enrolment, reason=event.reason, student_id=enrolment.student_id,
        classes=left,
    )  # fmt: skip
    if left:
        publish(SubjectsChanged(actor, enrolment.id))
    publish(TermEnrolmentWithdrawn(actor, enrolment.id, enrolment.invoice_id, event.from_date))


def _concerned(event: StatusChanged | StatusConsidered, *, for_update: bool = False) -> Iterable[TermEnrolment]:
    rows = TermEnrolment.objects.filter(
        student_id=event.student_id, state__in=TermEnrolment.LIVE, term__state__in=RUNNING,
        term__ends_on__gte=event.from_date,
    )  # fmt: skip
    if event.to_date is not None:
        rows = rows.filter(term__starts_on__lte=event.to_date)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return list(rows.select_related("term").order_by("id"))


def _how(term: Term, on: date) -> str:
    """DROPPED while add and drop is open, WITHDRAWN after it."""
    if term.state != Term.State.IN_PROGRESS:
        return State.DROPPED
    window = TermWindow.objects.filter(term_id=term.id, kind=TermWindow.Kind.ADD_DROP).first()
    return State.DROPPED if window is not None and on <= window.closes_on else State.WITHDRAWN


def _classes(enrolment: TermEnrolment) -> int:
    found = SubjectEnrolment.objects.filter(term_enrolment_id=enrolment.id, state=State.ENROLLED, result="")
    return int(found.count())
