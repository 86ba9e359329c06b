"""Nightly work on permits."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.exams import services


@job(name="college.exams.expire_permits", schedule="10 0 * * *")
def expire_permits(*, organisation_id: UUID) -> int:
    """Close the permits of exams that ended yesterday."""
    return services.expire_permits(Actor.system(organisation_id, job="college.exams.expire_permits"))


@job(name="college.exams.reconcile_permits", schedule="30 1 * * *")
def reconcile_permits(*, organisation_id: UUID) -> int:
    """Prove that permits and settled months agree; what was found and put right stands in the audit."""
    return services.reconcile_permits(Actor.system(organisation_id, job="college.exams.reconcile_permits")).count
