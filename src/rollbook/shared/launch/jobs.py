"""When the checklist runs by itself, and in the background."""

from uuid import UUID

from rollbook.shared.jobs.register import job
from rollbook.shared.launch import services

#: Leaves connections to the jobs that run beside it.
PARALLEL_IN_WORKER = 3


@job(name="launch.run", per_organisation=False, commits_per_unit=True, lock="launch", retries=1)
def run_checklist(*, run_id: UUID) -> None:
    """Do a run that a person asked for."""
    services.perform_run(run_id, parallel=PARALLEL_IN_WORKER)


@job(
    name="launch.probe",
    schedule="0 3 * * *",
    per_organisation=False,
    commits_per_unit=True,
    lock="launch",
    retries=1,
)
def probe() -> None:
    """Evaluate everything that is safe on a live system, each night, so that no green line grows old unseen."""
    services.perform_run(services.planned_run().pk, parallel=PARALLEL_IN_WORKER)
