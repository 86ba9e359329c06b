"""One attempt at a job: the scope, the record of its end, and the promise that its effect happens once."""

import logging
import traceback
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, events
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import arguments
from rollbook.shared.jobs.batches import BatchReport, UnitsFailedError
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.register import Job

log = logging.getLogger(__name__)


class JobFailedError(Exception):
    """An attempt failed. Says kind and place only: the original message may hold what a person typed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which job, for whom, which time round, by which worker."""

    job: Job
    queue_job_id: int
    #: Attempts before this one.
    attempts_so_far: int
    values: dict[str, Any]
    worker: str
    started_at: datetime

    @property
    def organisation_id(self) -> UUID | None:
        value: UUID | None = self.values.get("organisation_id")
        return value

    @property
    def is_last(self) -> bool:
        return self.attempts_so_far >= self.job.retries


def run(job: Job, *, queue_job_id: int, attempts_so_far: int, stored: dict[str, Any], worker: str) -> None:
    """Make one attempt. Its effect and the record of its success commit together; a failure is recorded after it."""
    attempt = attempt_of(job, queue_job_id, attempts_so_far, stored, worker)
    try:
        perform(attempt)
    except Exception as error:  # noqa: BLE001 - recorded and raised again as what may be logged
        _record_failure(attempt, error)
        if not isinstance(error, (Refusal, UnitsFailedError)):
            log.error("Job %s %s failed: %s", job.name, queue_job_id, describe(error))
        raise JobFailedError(describe(error)) from None


def attempt_of(job: Job, queue_job_id: int, attempts_so_far: int, stored: dict[str, Any], worker: str) -> Attempt:
    """The attempt that a row of the queue asks for."""
    values = arguments.decode(job.parameters, stored)
    return Attempt(job, queue_job_id, attempts_so_far, values, worker, clock.now())


def perform(attempt: Attempt) -> None:
    """Do the job unless it was done, and record the success."""
    if _was_done(attempt.queue_job_id) or not _organisation_works(attempt):
        return
    if attempt.job.commits_per_unit:
        report = attempt.job.function(**attempt.values)
        if isinstance(report, BatchReport) and report.failed:
            raise UnitsFailedError(report)
        with transaction.atomic():
            _record_success(attempt, report)
        return
    with _scope_of(attempt):
        result = attempt.job.function(**attempt.values)
        # Written last, in the same transaction: if a second worker did the same job meanwhile, this
        # insertion fails and takes the second effect back with it.
        _record_success(attempt, result)


def _scope_of(attempt: Attempt) -> AbstractContextManager[Any]:
    if attempt.organisation_id is not None:
        return tenant_scope(attempt.organisation_id)
    return transaction.atomic()


def _was_done(queue_job_id: int) -> bool:
    done = JobRun.objects.filter(queue_job_id=queue_job_id, outcome=JobRun.Outcome.SUCCEEDED).exists()
    if done:
        log.info("Job %s was done before its worker was lost; not done again.", queue_job_id)
    return done


def _organisation_works(attempt: Attempt) -> bool:
    """A job of an organisation that was closed since is left undone."""
    if attempt.organisation_id is None:
        return True
    active = Organisation.objects.filter(id=attempt.organisation_id, is_active=True).exists()
    if not active:
        log.warning("Job %s is left undone: its organisation is closed.", attempt.queue_job_id)
    return active


def _record_success(attempt: Attempt, result: Any) -> None:
    report = result if isinstance(result, BatchReport) else None
    continues = report is not None and not report.is_finished
    outcome = JobRun.Outcome.CONTINUES if continues else JobRun.Outcome.SUCCEEDED
    _record(attempt, outcome, report=report)
    if continues:
        attempt.job.put(attempt.values)


def _record_failure(attempt: Attempt, error: Exception) -> None:
    outcome = JobRun.Outcome.GAVE_UP if attempt.is_last else JobRun.Outcome.FAILED
    report = error.report if isinstance(error, UnitsFailedError) else None
    with transaction.atomic():
        _record(attempt, outcome, report=report, error=describe(error))
        if attempt.is_last:
            events.publish(
                JobGaveUp(
                    job=attempt.job.name,
                    queue_job_id=attempt.queue_job_id,
                    organisation_id=attempt.organisation_id,
                    attempts=attempt.attempts_so_far + 1,
                    error=describe(error),
                )
            )


def _record(attempt: Attempt, outcome: JobRun.Outcome, *, report: BatchReport | None, error: str = "") -> None:
    ended_at = clock.now()
    JobRun.objects.create(
        job=attempt.job.name,
        queue_job_id=attempt.queue_job_id,
        attempt=attempt.attempts_so_far + 1,
        for_organisation=attempt.organisation_id,
        outcome=outcome,
        worker=attempt.worker,
        started_at=attempt.started_at,
        ended_at=ended_at,
        duration_ms=max(int((ended_at - attempt.started_at).total_seconds() * 1000), 0),
        units_done=report.done if report else 0,
        units_failed=len(report.failed) if report else 0,
        failed_ids=[str(failure.id) for failure in report.failed[:100]] if report else [],
        error=error[:300],
    )


def describe(error: BaseException) -> str:
    """Kind and place of an error, without its message: that may repeat what a person typed."""
    if isinstance(error, Refusal):
        return f"Refused: {error.code}"
    if isinstance(error, UnitsFailedError):
        return f"{len(error.report.failed)} rows failed: {error.report.kinds()}"
    kind = type(error).__name__
    if sqlstate := getattr(error.__cause__, "sqlstate", None):
        kind += f" ({sqlstate})"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/rollbook/" in frame.filename]
    if not frames:
        return kind
    place = frames[-1]
    return f"{kind} in {place.name}, {place.filename.rsplit('/rollbook/', 1)[1]}:{place.lineno}"
