"""Leave, withdrawal, return and dismissal."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import StatusBeginsTooEarly, StatusCannotChange
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.records.selectors import get_student_for_update

LEAST_REASON = 10


@transaction.atomic
def change_status(
    actor: Actor,
    *,
    student_id: UUID,
    status: str,
    from_date: date,
    reason: str,
    document_id: UUID | None = None,
    expected_version: int | None = None,
) -> StudentStatusPeriod:
    """Let another status begin on a day. The period before it ends on the day before.

    Graduation is not set here: it follows from the graduation check.
    """
    actor.require(permissions.DISMISS_STUDENTS if status == Student.Status.DISMISSED else permissions.CHANGE_STATUS)
    now = clock.now()
    student = get_student_for_update(student_id)
    if expected_version is not None and expected_version != student.version:
        raise VersionConflict
    _must_be_possible(student, status, from_date, reason, organisation_in_scope().local_date(now))
    return _begin(actor, student, status, from_date, reason.strip(), now, document_id=document_id)


@transaction.atomic
def graduate(actor: Actor, *, student: Student, reason: str) -> StudentStatusPeriod:
    """Let a student, whose row is locked and whose record was checked, have graduated from today on."""
    actor.require(permissions.GRADUATE_STUDENTS)
    if not student.may_become(Student.Status.GRADUATED):
        raise StatusCannotChange(
            number=student.student_number,
            status=student.get_status_display().lower(),
            wanted=str(Student.Status.GRADUATED.label).lower(),
        )
    now = clock.now()
    return _begin(actor, student, Student.Status.GRADUATED, organisation_in_scope().local_date(now), reason, now)


def _begin(
    actor: Actor, student: Student, status: str, from_date: date, reason: str, now: datetime, *,
    document_id: UUID | None = None,
) -> StudentStatusPeriod:  # fmt: skip
    open_period: StudentStatusPeriod | None = StudentStatusPeriod.objects.filter(
        student_id=student.id, to_date__isnull=True
    ).first()
    if open_period is not None:
        if from_date <= open_period.from_date:
            raise StatusBeginsTooEarly(since=open_period.from_date)
        open_period.to_date = from_date - timedelta(days=1)
        open_period.save(update_fields=["to_date"])
    period: StudentStatusPeriod = StudentStatusPeriod.objects.create(
        student_id=student.id, status=status, from_date=from_date, reason=reason, document_id=document_id,
        created_at=now,
    )  # fmt: skip
    before = student.status
    student.status, student.version = status, student.version + 1
    student.save(update_fields=["status", "version"])
    record(
        actor, "college.student_status_changed", student, reason=reason, before={"status": before},
        after={"status": status}, from_date=from_date,
    )  # fmt: skip
    return period


def _must_be_possible(student: Student, status: str, from_date: date, reason: str, today: date) -> None:
    if status not in Student.Status.values or status == Student.Status.GRADUATED:
        possible = sorted(set(Student.Status.values) - {Student.Status.GRADUATED})
        raise Invalid.field("status", f"Choose one of: {', '.join(possible)}.")
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field("reason", f"Write the reason in {LEAST_REASON} to 500 characters.")
    if from_date > today:
        raise Invalid.field("from_date", "Enter today or an earlier day; a status is recorded when it begins.")
    if not student.may_become(status):
        raise StatusCannotChange(
            number=student.student_number,
            status=student.get_status_display().lower(),
            wanted=str(Student.Status(status).label).lower(),
        )
