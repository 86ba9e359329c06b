"""The scheduler: which job is due for whom, in each organisation's local time, missed runs caught up once.

Every worker runs it; the locked row of a schedule lets exactly one of them act. The run is put into the
queue in the transaction that moves the schedule on, so it is neither lost nor doubled.
"""

import logging
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from rollbook.core import clock, ids
from rollbook.shared.jobs import register, rules
from rollbook.shared.jobs.models import Schedule
from rollbook.shared.jobs.queue import AlreadyWaitingError
from rollbook.shared.jobs.register import Job

log = logging.getLogger(__name__)

INSTALLATION_TIMEZONE = "UTC"
DUE_AT_ONCE = 200

# Schedules that should stand but do not, or stand with another zone or expression.
WANTED = """
SELECT job.name, o.id, coalesce(o.timezone, %(installation)s)
  FROM unnest(%(names)s::text[], %(crons)s::text[], %(per)s::boolean[]) AS job (name, cron, per_organisation)
  LEFT JOIN tenancy_organisation o ON job.per_organisation AND o.is_active
  LEFT JOIN jobs_schedule s ON s.job = job.name AND s.for_organisation IS NOT DISTINCT FROM o.id
 WHERE (o.id IS NOT NULL OR NOT job.per_organisation)
   AND (s.id IS NULL OR s.cron <> job.cron OR s.timezone <> coalesce(o.timezone, %(installation)s))
"""

# Schedules of jobs that are no longer declared, and of organisations that closed.
OBSOLETE = """
DELETE FROM jobs_schedule s
 WHERE NOT EXISTS (
    SELECT 1 FROM unnest(%(names)s::text[], %(per)s::boolean[]) AS job (name, per_organisation)
      LEFT JOIN tenancy_organisation o ON o.id = s.for_organisation AND o.is_active
     WHERE job.name = s.job AND job.per_organisation = (s.for_organisation IS NOT NULL)
       AND (s.for_organisation IS NULL OR o.id IS NOT NULL))
"""


def synchronise(now: datetime | None = None) -> int:
    """Let the schedules follow the declared jobs and the organisations' time zones; return how many changed.

    A new schedule is first due at its next time, a moved one likewise: nothing is caught up that was not
    planned. A schedule that stands unchanged is left alone, also when it is overdue.
    """
    now = now or clock.now()
    scheduled = [job for job in register.jobs().values() if job.schedule]
    parameters: dict[str, Any] = {
        "names": [job.name for job in scheduled],
        "crons": [job.schedule for job in scheduled],
        "per": [job.per_organisation for job in scheduled],
        "installation": INSTALLATION_TIMEZONE,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(OBSOLETE, parameters)
            changed = cursor.rowcount
            cursor.execute(WANTED, parameters)
            wanted = cursor.fetchall()
        for name, organisation_id, timezone in wanted:
            _set(name, organisation_id, timezone, now)
    return int(changed) + len(wanted)


def _set(name: str, organisation_id: UUID | None, timezone: str, now: datetime) -> None:
    cron = str(register.jobs()[name].schedule)
    try:
        next_due_at = rules.next_due(cron, timezone, now)
    except (KeyError, ValueError, OSError):
        # An unknown time zone of one organisation must not stop the schedules of the others.
        log.error("Schedule %s of organisation %s: the time zone %s is unknown.", name, organisation_id, timezone)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO jobs_schedule (id, job, for_organisation, cron, timezone, next_due_at, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (job, for_organisation) DO UPDATE
               SET cron = EXCLUDED.cron, timezone = EXCLUDED.timezone, next_due_at = EXCLUDED.next_due_at""",
            [ids.new_id(), name, organisation_id, cron, timezone, next_due_at, now],
        )


def queue_due(now: datetime | None = None) -> list[str]:
    """Put every due run into the queue, once however long it was missed; return the names of the jobs."""
    now = now or clock.now()
    queued: list[str] = []
    with transaction.atomic():
        due = Schedule.objects.select_for_update(skip_locked=True).filter(next_due_at__lte=now)
        for schedule in due.order_by("next_due_at")[:DUE_AT_ONCE]:
            job = register.find(schedule.job)
            if job is None or job.schedule is None:
                continue  # declared by a newer version: its own workers queue it
            if _queue_one(job, schedule):
                queued.append(job.name)
            schedule.last_due_at = schedule.next_due_at
            schedule.last_queued_at = now
            schedule.next_due_at = rules.next_due(schedule.cron, schedule.timezone, now)
            schedule.save(update_fields=["last_due_at", "last_queued_at", "next_due_at"])
    return queued


def _queue_one(job: Job, schedule: Schedule) -> bool:
    values: dict[str, Any] = {}
    if schedule.for_organisation:
        values["organisation_id"] = schedule.for_organisation
    if "local_date" in job.parameters:
        values["local_date"] = _local_date(schedule)
    try:
        job.put(values, waiting_once=f"{job.name}:{schedule.for_organisation or 'installation'}")
    except AlreadyWaitingError:
        log.warning("Job %s of %s still waits since its last time.", job.name, schedule.for_organisation)
        return False
    return True


def _local_date(schedule: Schedule) -> date:
    return clock.local_date(schedule.next_due_at, schedule.timezone)
