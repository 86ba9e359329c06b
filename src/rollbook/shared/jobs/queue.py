"""The queue itself: procrastinate's tables, reached through Django's connection and so in its transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

_manager = JobManager(DjangoConnector(alias="default"))


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A row of the queue."""

    id: int
    name: str
    queue: str
    status: str
    attempts: int
    arguments: dict[str, Any]
    scheduled_at: datetime | None
    lock: str | None

    @property
    def organisation_id(self) -> UUID | None:
        """Whom the job works for; None for a job of the installation."""
        value = self.arguments.get("organisation_id")
        return UUID(value) if value else None


COLUMNS = "j.id, j.task_name, j.queue_name, j.status::text, j.attempts, j.args, j.scheduled_at, j.lock"


class AlreadyWaitingError(Exception):
    """A job with the same key is waiting in the queue already."""


def put(
    name: str,
    stored: Mapping[str, Any],
    *,
    queue: str,
    lock: str | None = None,
    run_at: datetime | None = None,
    waiting_once: str | None = None,
) -> int:
    """Insert one job in the present transaction and return its number."""
    deferrer = configure_task(
        name=name,
        job_manager=_manager,
        queue=queue,
        lock=lock,
        queueing_lock=waiting_once,
        schedule_at=run_at,
    )
    if waiting_once is None:
        return deferrer.defer(**stored)
    try:
        # A savepoint: the unique violation of an already waiting job must not spoil the caller's transaction.
        with transaction.atomic():
            return deferrer.defer(**stored)
    except exceptions.AlreadyEnqueued as error:
        raise AlreadyWaitingError(waiting_once) from error


def select(condition: str, parameters: Mapping[str, Any], *, order: str = "j.id") -> list[QueuedJob]:
    """Rows of the queue; `condition` is SQL over `procrastinate_jobs j`, its values are in `parameters`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM procrastinate_jobs j WHERE {condition} ORDER BY {order}",  # noqa: S608 - our own names, never text of others
            parameters,
        )
        return [row_of(row) for row in cursor.fetchall()]


def row_of(row: tuple[Any, ...]) -> QueuedJob:
    """Shape one selected row."""
    arguments = row[5] if isinstance(row[5], dict) else json.loads(row[5])
    return QueuedJob(row[0], row[1], row[2], row[3], row[4], arguments, row[6], row[7])


def lock_dead_letter(number: int) -> QueuedJob | None:
    """The failed job of that number, locked against a second hand; None if it is not (or no longer) one."""
    rows = select("j.id = %(number)s AND j.status = 'failed'", {"number": number}, order="j.id FOR UPDATE")
    return rows[0] if rows else None


def try_again(number: int, at: datetime, *, fresh_attempts: bool = False) -> None:
    """Set a failed or lost job waiting again; with `fresh_attempts` it has all its tries anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [number, at])
        if fresh_attempts:
            cursor.execute("UPDATE procrastinate_jobs SET attempts = 0 WHERE id = %s", [number])


def start(number: int) -> None:
    """Mark a waiting job as being done, as a worker that fetches it does."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s AND status = 'todo'", [number])


def succeed(number: int) -> None:
    """Take a job that was done out of the queue; the run log keeps what happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", [number])


def fail(number: int) -> None:
    """Move a lost job to the dead letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [number])


def remove(number: int) -> None:
    """Take a dead letter out of the queue for good."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", [number])


LOST = """
SELECT {columns} FROM procrastinate_jobs j
  LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
 WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(silent_for)s))
 ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
"""


def lock_lost_jobs(silent_for: timedelta) -> list[QueuedJob]:
    """Jobs that are `doing` in a worker that has been silent, or is gone. Locked; another rescuer skips them."""
    with connection.cursor() as cursor:
        cursor.execute(LOST.format(columns=COLUMNS), {"silent_for": silent_for.total_seconds()})
        return [row_of(row) for row in cursor.fetchall()]


ABANDONED = """
SELECT {columns} FROM procrastinate_jobs j
 WHERE j.status = 'doing' AND j.worker_id = %(worker)s AND NOT (j.id = ANY (%(running)s))
   AND (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started')
       < now() - make_interval(secs => %(longer_than)s)
 ORDER BY j.id FOR UPDATE OF j SKIP LOCKED
"""


def lock_abandoned_jobs(worker: int, running: list[int], longer_than: timedelta) -> list[QueuedJob]:
    """Jobs that the queue believes a living worker does, while the worker itself knows nothing of them.

    This happens when the database went away in the moment a job ended, so its end could not be written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ABANDONED.format(columns=COLUMNS),
            {"worker": worker, "running": running, "longer_than": longer_than.total_seconds()},
        )
        return [row_of(row) for row in cursor.fetchall()]
