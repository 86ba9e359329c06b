"""What may be seen of background work: an organisation sees its own, staff of the installation see all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from rollbook.core import clock
from rollbook.core.identity.models import User
from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs import queue
from rollbook.shared.jobs.errors import NotADeadLetter
from rollbook.shared.jobs.models import JobRun, Schedule, WorkerBeat
from rollbook.shared.jobs.permissions import VIEW_JOBS

#: A worker that has not said so for this long does not count as alive.
ALIVE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue in six numbers."""

    waiting: int
    doing: int
    dead_letters: int
    oldest_due_seconds: float
    oldest_dead_letter_seconds: float
    unrescued: int


def is_staff(actor: Actor) -> bool:
    """Tell whether the actor belongs to the staff of the installation and may look across organisations."""
    if actor.user_id is None or actor.impersonator_id is not None:
        return False
    return User.objects.filter(id=actor.user_id, is_active=True, is_platform_staff=True).exists()


def runs(actor: Actor) -> QuerySet[JobRun]:
    """The run log, newest first."""
    actor.require(VIEW_JOBS)
    rows = JobRun.objects.order_by("-ended_at", "-id")
    return rows if is_staff(actor) else rows.filter(for_organisation=actor.organisation_id)


def schedules(actor: Actor) -> QuerySet[Schedule]:
    """What is planned, soonest first."""
    actor.require(VIEW_JOBS)
    rows = Schedule.objects.order_by("next_due_at", "job")
    return rows if is_staff(actor) else rows.filter(for_organisation=actor.organisation_id)


def dead_letters(actor: Actor) -> list[queue.QueuedJob]:
    """Jobs that failed in all their attempts and wait for a decision."""
    actor.require(VIEW_JOBS)
    return failed_jobs(None if is_staff(actor) else actor.organisation_id)


def dead_letter(actor: Actor, number: int) -> queue.QueuedJob:
    """One dead letter that the actor may see."""
    found = next((letter for letter in dead_letters(actor) if letter.id == number), None)
    if found is None:
        raise NotADeadLetter(number=number)
    return found


def failed_jobs(organisation_id: UUID | None = None) -> list[queue.QueuedJob]:
    """Dead letters of one organisation, or all of them; for the command line and the scheduler."""
    condition, parameters = _of(organisation_id)
    return queue.select(f"j.status = 'failed' AND {condition}", parameters, order="j.id LIMIT 500")


def unfinished_jobs(actor: Actor) -> list[queue.QueuedJob]:
    """What waits or is being done."""
    actor.require(VIEW_JOBS)
    condition, parameters = _of(None if is_staff(actor) else actor.organisation_id)
    return queue.select(
        f"j.status IN ('todo', 'doing') AND {condition}", parameters, order="j.status DESC, j.id LIMIT 500"
    )


def last_errors(numbers: Sequence[int]) -> dict[int, JobRun]:
    """The last recorded failure of each of these jobs."""
    failed = JobRun.objects.filter(queue_job_id__in=list(numbers)).exclude(outcome=JobRun.Outcome.RETRIED)
    return {run.queue_job_id: run for run in failed.order_by("ended_at")}


def live_workers(now: datetime | None = None, *, within_seconds: float = ALIVE_SECONDS) -> list[WorkerBeat]:
    """Workers that have said lately that they live."""
    since = (now or clock.now()) - timedelta(seconds=within_seconds)
    return list(WorkerBeat.objects.filter(beat_at__gt=since, stopped_at=None).order_by("started_at"))


def last_beat_at() -> datetime | None:
    """When a worker was last heard of; None if never. For the readiness probe."""
    beat: datetime | None = WorkerBeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    return beat


STATE = """
SELECT count(*) FILTER (WHERE j.status = 'todo'),
       count(*) FILTER (WHERE j.status = 'doing'),
       count(*) FILTER (WHERE j.status = 'failed'),
       coalesce(extract(epoch FROM %(now)s - min(coalesce(j.scheduled_at, e.deferred))
                FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, e.deferred) <= %(now)s)), 0),
       coalesce(extract(epoch FROM %(now)s - min(e.failed) FILTER (WHERE j.status = 'failed')), 0),
       count(*) FILTER (WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < %(lost)s))
  FROM procrastinate_jobs j
  LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
  LEFT JOIN LATERAL (SELECT max(at) FILTER (WHERE type = 'deferred') AS deferred, max(at) FILTER (WHERE type = 'failed') AS failed
                       FROM procrastinate_events WHERE job_id = j.id) e ON true
 WHERE j.status IN ('todo', 'doing', 'failed')
"""


def queue_state(now: datetime | None = None) -> QueueState:
    """How the queue stands, over all organisations."""
    now = now or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"now": now, "lost": now - timedelta(seconds=60)})
        row: tuple[Any, ...] = cursor.fetchone()
    return QueueState(row[0], row[1], row[2], round(float(row[3]), 3), round(float(row[4]), 3), row[5])


def _of(organisation_id: UUID | None) -> tuple[str, dict[str, Any]]:
    if organisation_id is None:
        return "true", {}
    return "j.args->>'organisation_id' = %(organisation)s", {"organisation": str(organisation_id)}
