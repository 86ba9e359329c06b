"""Work whose worker was killed: the queue still says `doing`, nobody does it. It is tried again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rollbook.core import clock, events
from rollbook.shared.jobs import queue, register
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.jobs.models import JobRun

log = logging.getLogger(__name__)

#: A worker that has been silent this long is held for dead.
SILENT_SECONDS = 30.0
#: A job the worker itself has not heard of is left this long, in case it is just being fetched.
FETCHING_SECONDS = 30.0


def rescue_lost_jobs(*, silent_seconds: float = SILENT_SECONDS) -> int:
    """Set jobs of dead workers waiting again; after its last attempt a job becomes a dead letter."""
    now = clock.now()
    with transaction.atomic():
        return _give_back(queue.lock_lost_jobs(timedelta(seconds=silent_seconds)), now, "its worker was lost")


def rescue_abandoned_jobs(
    worker: int, running: Callable[[], list[int]], *, fetching_seconds: float = FETCHING_SECONDS
) -> int:
    """Set jobs waiting again that a living worker should be doing but is not."""
    now = clock.now()
    with transaction.atomic():
        rows = queue.lock_abandoned_jobs(worker, running(), timedelta(seconds=fetching_seconds))
        return _give_back(rows, now, "its end could not be written")


def _give_back(rows: list[queue.QueuedJob], now: datetime, why: str) -> int:
    for row in rows:
        declared = register.find(row.name)
        is_last = row.attempts >= (declared.retries if declared else register.RETRIES)
        log.warning("Job %s %s: %s; %s.", row.name, row.id, why, "given up" if is_last else "tried again")
        if is_last:
            queue.fail(row.id)
        else:
            queue.try_again(row.id, now)
        JobRun.objects.create(**_lost_run(row, now, why, is_last=is_last))
        if is_last:
            events.publish(JobGaveUp(row.name, row.id, row.organisation_id, row.attempts + 1, why))
    return len(rows)


def _lost_run(row: queue.QueuedJob, now: datetime, why: str, *, is_last: bool) -> dict[str, Any]:
    return {
        "job": row.name,
        "queue_job_id": row.id,
        "attempt": row.attempts + 1,
        "for_organisation": row.organisation_id,
        "outcome": JobRun.Outcome.GAVE_UP if is_last else JobRun.Outcome.LOST,
        "started_at": now,
        "ended_at": now,
        "error": why,
    }
