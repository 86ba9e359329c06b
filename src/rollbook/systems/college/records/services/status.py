"""Leave, withdrawal, return and dismissal."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import (
    BackdatingNotAllowed,
    LeaveOverlaps,
    NeedsReadmission,
    NotCleared,
    NotOnLeave,
    StatusBeginsTooEarly,
    StatusCannotChange,
)
from rollbook.systems.college.records.events import LeaveBeginning, StatusChanged
from rollbook.systems.college.records.models import Hold, Override, Student, StudentStatusPeriod
from rollbook.systems.college.records.selectors import get_student_for_update, live_holds_of
from rollbook.systems.college.records.services.overrides import checked_reason, must_set_aside, set_aside

LEAST_REASON = 10
Status = Student.Status


@transaction.atomic
def change_status(
    actor: Actor,
    *,
    student_id: UUID,
    status: str,
    from_date: date,
    reason: str,
    to_date: date | None = None,
    document_id: UUID | None = None,
    without_clearance: str = "",
    expected_version: int | None = None,
) -> StudentStatusPeriod:
    """Let another status begin on a day. The period before it ends on the day before.

    A leave may have a last day; the student is active again on the day after. Whoever withdraws is cleared of every
    hold, unless the head registrar says why not. Graduation is not set here: it follows from the graduation check.
    """
    actor.require(permissions.DISMISS_STUDENTS if status == Status.DISMISSED else permissions.CHANGE_STATUS)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    student = get_student_for_update(student_id)
    if expected_version is not None and expected_version != student.version:
        raise VersionConflict
    end_leave_that_is_over(actor, student, today)
    _must_be_possible(student, status, from_date, to_date, reason, today)
    if status == Status.LOA and from_date < today and not actor.may(permissions.BACKDATE_LEAVES):
        raise BackdatingNotAllowed(permission=permissions.BACKDATE_LEAVES)
    if status == Status.WITHDRAWN:
        must_be_cleared(actor, student, without_clearance)
    return begin(actor, student, status, from_date, reason.strip(), now, to_date=to_date, document_id=document_id)


@transaction.atomic
def graduate(actor: Actor, *, student: Student, reason: str) -> StudentStatusPeriod:
    """Let a student, whose row is locked and whose record was checked, have graduated from today on."""
    actor.require(permissions.GRADUATE_STUDENTS)
    must_become(student, Status.GRADUATED)
    now = clock.now()
    return begin(actor, student, Status.GRADUATED, organisation_in_scope().local_date(now), reason, now)


@transaction.atomic
def readmit(actor: Actor, *, student_id: UUID, reference: str) -> StudentStatusPeriod:
    """Take back, from today on, somebody who left and whose application was accepted."""
    actor.require(permissions.READMIT_STUDENTS)
    student = get_student_for_update(student_id)
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    end_leave_that_is_over(actor, student, today)
    must_become(student, Status.ACTIVE)
    return begin(actor, student, Status.ACTIVE, today, f"Readmitted by application {reference}", now)


@transaction.atomic
def move_end_of_leave(actor: Actor, *, student_id: UUID, to_date: date | None, reason: str) -> StudentStatusPeriod:
    """Let the leave of a student who is on leave end on another day, or on none that is known yet."""
    actor.require(permissions.CHANGE_STATUS)
    today = organisation_in_scope().local_date(clock.now())
    student = get_student_for_update(student_id)
    text = checked_reason(reason)
    leave = leave_that_runs(student)
    if leave is None:
        raise NotOnLeave(number=student.student_number, status=student.get_status_display().lower())
    if to_date is not None and to_date < max(today, leave.from_date):
        raise Invalid.field("to_date", _("Enter today or a later day; the student returns on the day after it."))
    return end_leave_on(actor, student, leave, to_date, text)


def leave_that_runs(student: Student) -> StudentStatusPeriod | None:
    """The leave that a student is on; none for others."""
    if student.status != Status.LOA:
        return None
    latest: StudentStatusPeriod | None = (
        StudentStatusPeriod.objects.filter(student_id=student.id).order_by("-from_date").first()
    )
    return latest


def end_leave_on(
    actor: Actor, student: Student, leave: StudentStatusPeriod, to_date: date | None, reason: str
) -> StudentStatusPeriod:
    """Write another last day into a leave of a student whose row is locked."""
    before, leave.to_date = leave.to_date, to_date
    leave.save(update_fields=["to_date"])
    student.version += 1
    student.save(update_fields=["version"])
    record(
        actor, "college.leave_end_moved", student, reason=reason, before={"to_date": before},
        after={"to_date": to_date}, from_date=leave.from_date,
    )  # fmt: skip
    publish(
        StatusChanged(
            actor, student.id, student.person_id, Status.LOA, Status.LOA, leave.from_date, to_date, reason
        )
    )  # fmt: skip
    return leave


def end_leave_that_is_over(actor: Actor, student: Student, today: date) -> bool:
    """Let a student whose leave ended be active from the day after it; the nightly job does this for everybody."""
    leave = leave_that_runs(student)
    if leave is None or leave.to_date is None or leave.to_date >= today:
        return False
    begin(
        actor, student, Status.ACTIVE, leave.to_date + timedelta(days=1), "The leave ended", clock.now()
    )  # fmt: skip
    return True


def begin(
    actor: Actor, student: Student, status: str, from_date: date, reason: str, now: datetime, *,
    to_date: date | None = None, document_id: UUID | None = None,
) -> StudentStatusPeriod:  # fmt: skip
    """Let a status begin for a student whose row is locked and for whom it is possible."""
    if status == Status.LOA:
        publish(LeaveBeginning(actor, student.id, from_date, to_date))
    latest: StudentStatusPeriod | None = (
        StudentStatusPeriod.objects.filter(student_id=student.id).order_by("-from_date").first()
    )
    if latest is not None:
        if from_date <= latest.from_date:
            raise StatusBeginsTooEarly(since=latest.from_date)
        if latest.to_date is None or latest.to_date >= from_date:
            latest.to_date = from_date - timedelta(days=1)
            latest.save(update_fields=["to_date"])
    period: StudentStatusPeriod = StudentStatusPeriod.objects.create(
        student_id=student.id, status=status, from_date=from_date, to_date=to_date, reason=reason,
        document_id=document_id, created_at=now,
    )  # fmt: skip
    before = student.status
    student.status, student.version = status, student.version + 1
    student.save(update_fields=["status", "version"])
    record(
        actor, "college.student_status_changed", student, reason=reason, before={"status": before},
        after={"status": status}, from_date=from_date, to_date=to_date,
    )  # fmt: skip
    publish(StatusChanged(actor, student.id, student.person_id, before, status, from_date, to_date, reason))
    return period


def must_become(student: Student, status: str) -> None:
    """Refuse a status that does not follow from the present one."""
    if not student.may_become(status):
        raise StatusCannotChange(
            number=student.student_number,
            status=student.get_status_display().lower(),
            wanted=str(Status(status).label).lower(),
        )


def must_be_cleared(actor: Actor, student: Student, without_clearance: str = "") -> None:
    """Refuse a withdrawal while a hold stands, unless somebody with the right to do so says why not."""
    holds = live_holds_of(student.id)
    if not holds:
        return
    if not without_clearance.strip():
        kinds = sorted({str(Hold.Kind(hold.kind).label).lower() for hold in holds})
        raise NotCleared(number=student.student_number, holds=", ".join(kinds))
    must_set_aside(
        actor, Override.Kind.CLEARANCE, without_clearance, permission=permissions.OVERRIDE_CLEARANCE,
        person_id=student.person_id, who=_("Ask the head registrar."),
    )  # fmt: skip
    set_aside(
        actor, kind=Override.Kind.CLEARANCE, subject=student, reason=without_clearance,
        permission=permissions.OVERRIDE_CLEARANCE, person_id=student.person_id, holds=[hold.kind for hold in holds],
    )  # fmt: skip


def must_not_overlap_leave(student: Student, from_date: date, to_date: date | None) -> None:
    """Refuse a leave on days of another leave."""
    for leave in StudentStatusPeriod.objects.filter(student_id=student.id, status=Status.LOA).order_by("from_date"):
        if (to_date is None or leave.from_date <= to_date) and (leave.to_date is None or leave.to_date >= from_date):
            raise LeaveOverlaps(
                number=student.student_number, since=leave.from_date, until=leave.to_date or "a day to be named"
            )


def must_be_in_order(status: str, from_date: date, to_date: date | None) -> None:
    """Refuse a last day that is none."""
    if to_date is None:
        return
    if status != Status.LOA:
        raise Invalid.field("to_date", _("Only a leave has a last day. Leave this empty."))
    if to_date < from_date:
        raise Invalid.field("to_date", _("The last day of the leave comes before its first. Correct one of them."))


def _must_be_possible(
    student: Student, status: str, from_date: date, to_date: date | None, reason: str, today: date
) -> None:
    if status not in Status.values or status == Status.GRADUATED:
        possible = sorted(set(Status.values) - {Status.GRADUATED})
        raise Invalid.field("status", _("Choose one of: %(choices)s.") % {"choices": ", ".join(possible)})
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field("reason", _("Write the reason in %(least)s to 500 characters.") % {"least": LEAST_REASON})
    if from_date > today:
        raise Invalid.field(
            "from_date",
            _(
                "Enter today or an earlier day; a status is recorded when it begins. "
                "For a later day write down a request."
            ),
        )
    must_be_in_order(status, from_date, to_date)
    if status == Status.LOA:
        must_not_overlap_leave(student, from_date, to_date)
    if student.status == Status.WITHDRAWN and status == Status.ACTIVE:
        raise NeedsReadmission(number=student.student_number)
    must_become(student, status)
