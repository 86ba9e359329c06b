from uuid import UUID

import pytest

from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import running, stopping
from rollbook.shared.jobs.batches import BatchReport, work_through
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.testing import waiting
from rollbook.shared.jobs.tests.examples import attempt, declared


def some_campuses(organisation: Organisation, *codes: str) -> None:
    with tenant_scope(organisation.pk):
        for code in codes:
            Campus.objects.create(code=code, name="waiting")


def names(organisation: Organisation) -> dict[str, str]:
    with tenant_scope(organisation.pk):
        return dict(Campus.objects.values_list("code", "name"))


def waiting_campuses():
    return Campus.objects.filter(name="waiting").order_by("code")


def do(campus: Campus) -> None:
    campus.name = "done"
    campus.save()
    if campus.code == "BAD":
        raise ValueError("Maria Santos")


def test_a_bad_row_is_reported_and_stops_nobody_else(organisation: Organisation) -> None:
    some_campuses(organisation, "A", "BAD", "C")

    report = work_through(organisation.pk, rows=waiting_campuses, unit=do)

    assert names(organisation) == {"A": "done", "BAD": "waiting", "C": "done"}
    assert (report.done, report.is_finished, report.kinds()) == (2, True, "ValueError × 1")


def test_when_time_is_up_the_rest_follows_in_a_new_job(organisation: Organisation) -> None:
    def work(*, organisation_id: UUID) -> BatchReport:
        return work_through(organisation_id, rows=waiting_campuses, unit=do, soft_limit_seconds=-1)

    some_campuses(organisation, "A")
    with declared(work, name="test.work", commits_per_unit=True) as job:
        number = job.defer(organisation_id=organisation.pk)
        attempt(job, number)
        follows = [row.id for row in waiting("test.work") if row.id != number]

    assert len(follows) == 1
    assert JobRun.objects.get(queue_job_id=number).outcome == "continues"


def test_a_worker_that_is_asked_to_stop_ends_between_two_rows(organisation: Organisation) -> None:
    some_campuses(organisation, "A", "B")

    def stop_after_one(campus: Campus) -> None:
        do(campus)
        stopping.ask()

    try:
        report = work_through(organisation.pk, rows=waiting_campuses, unit=stop_after_one)
    finally:
        stopping.withdraw()

    assert (report.done, report.is_finished) == (1, False)
    assert names(organisation) == {"A": "done", "B": "waiting"}


def test_failed_rows_make_the_job_try_again_and_stand_in_the_log_by_id(organisation: Organisation) -> None:
    def work(*, organisation_id: UUID) -> BatchReport:
        return work_through(organisation_id, rows=waiting_campuses, unit=do)

    some_campuses(organisation, "A", "BAD")
    with tenant_scope(organisation.pk):
        bad = str(Campus.objects.get(code="BAD").pk)
    with declared(work, name="test.work", commits_per_unit=True) as job:
        number = job.defer(organisation_id=organisation.pk)
        with pytest.raises(running.JobFailedError, match="1 rows failed: ValueError × 1"):
            attempt(job, number)

    run = JobRun.objects.get(queue_job_id=number)
    assert (run.outcome, run.units_done, run.units_failed, run.failed_ids) == ("failed", 1, 1, [bad])


def test_an_error_of_the_query_itself_is_not_taken_for_a_bad_row(organisation: Organisation) -> None:
    def broken():
        raise LookupError

    with pytest.raises(LookupError):
        work_through(organisation.pk, rows=broken, unit=do)
