"""Long reports, written later."""

from uuid import UUID

from rollbook.shared.analytics.services.background import write_run
from rollbook.shared.jobs.register import job

REPORT_RUN = "analytics.report_run"


# Opens its own short transactions, so that its progress is seen while it works.
@job(name=REPORT_RUN, lock="report:{run_id}", commits_per_unit=True)
def report_run(*, organisation_id: UUID, run_id: UUID) -> None:
    """Write a report that is too long to wait for."""
    write_run(organisation_id, run_id)
