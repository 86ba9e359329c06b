"""Nightly work on the schedule."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.scheduling.services.scanning import scan_conflicts


@job(name="college.scheduling.schedule_conflict_scan", schedule="30 2 * * *")
def schedule_conflict_scan(*, organisation_id: UUID) -> int:
    """Report rooms, professors and students with two classes at once that nobody allowed; nothing is moved."""
    actor = Actor.system(organisation_id, job="college.scheduling.schedule_conflict_scan")
    return scan_conflicts(actor).total
