"""What time does to grades, day by day and week by week."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.grading.services import deadlines, expiring, results

INC_EXPIRY = "college.grading.inc_expiry"
INC_WARNINGS = "college.grading.inc_warnings"
GPA_RECONCILE = "college.grading.gpa_reconcile"
NOT_GRADED = "college.grading.not_graded"
FOLLOW_STUDENT = "college.grading.follow_student"


@job(name=INC_EXPIRY, schedule="0 2 * * *", lock="{organisation_id}:incompletes")
def inc_expiry(*, organisation_id: UUID) -> int:
    """Let incompletes whose deadline has passed expire."""
    return len(expiring.expire_incompletes(Actor.system(organisation_id, job=INC_EXPIRY)).case_ids)


@job(name=INC_WARNINGS, schedule="0 7 * * *", lock="{organisation_id}:incompletes")
def inc_warnings(*, organisation_id: UUID) -> int:
    """Warn students 30 and 7 days before a deadline, once each."""
    return expiring.warn_of_deadlines(Actor.system(organisation_id, job=INC_WARNINGS))


@job(name=GPA_RECONCILE, schedule="0 3 * * 0")
def gpa_reconcile(*, organisation_id: UUID) -> int:
    """Prove that every stored average follows from the grades; what differs is put right and cried out."""
    return len(results.reconcile(Actor.system(organisation_id, job=GPA_RECONCILE)).differing)


@job(name=NOT_GRADED, schedule="20 0 * * *")
def not_graded(*, organisation_id: UUID) -> int:
    """Grades that nobody submitted become NG; the dean hears every day of those that are long overdue."""
    actor = Actor.system(organisation_id, job=NOT_GRADED)
    given = expiring.default_to_not_graded(actor)
    expiring.tell_of_not_graded(actor)
    return given


@job(name=FOLLOW_STUDENT)
def follow_student(*, organisation_id: UUID, student_id: UUID) -> int:
    """After a leave or a credit of a student changed: deadlines and averages follow."""
    actor = Actor.system(organisation_id, job=FOLLOW_STUDENT)
    moved = deadlines.follow_leaves(actor, [student_id])
    results.recompute(actor, [student_id])
    return moved
