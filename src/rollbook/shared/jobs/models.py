"""When jobs are due, how each run went, and which workers live.

These are tables of the installation: the scheduler and the rescue look across organisations, outside
any tenant scope. They hold ids, moments and counts, nothing of a person; `for_organisation` says whom a
row works for. What a job reads and writes stays behind the row policies.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock, ids


class Schedule(models.Model):
    """When a scheduled job runs next for one organisation, or for the installation."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    job = models.CharField(max_length=100)
    for_organisation = models.UUIDField(null=True, blank=True)
    cron = models.CharField(max_length=100)
    timezone = models.CharField(max_length=64)
    next_due_at = models.DateTimeField()
    last_due_at = models.DateTimeField(null=True, blank=True, help_text="The planned moment of the last run.")
    last_queued_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="jobs_schedule_once", fields=["job", "for_organisation"], nulls_distinct=False
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(name="jobs_schedule_due", fields=["next_due_at"])]

    def __str__(self) -> str:
        return f"{self.job} at {self.next_due_at:%Y-%m-%d %H:%M} UTC"


class JobRun(models.Model):
    """One attempt at one job, kept for 90 days. A success is written in the job's own transaction."""

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded", _("Succeeded")
        CONTINUES = "continues", _("Continues in a later job")
        FAILED = "failed", _("Failed, will be tried again")
        LOST = "lost", _("Worker was lost, will be tried again")
        GAVE_UP = "gave_up", _("Gave up")
        RETRIED = "retried", _("Retried by hand")
        DISCARDED = "discarded", _("Discarded by hand")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    job = models.CharField(max_length=100)
    queue_job_id = models.BigIntegerField(help_text="Its number in the queue.")
    attempt = models.PositiveIntegerField(default=1)
    for_organisation = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    worker = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(default=0)
    units_done = models.PositiveIntegerField(default=0)
    units_failed = models.PositiveIntegerField(default=0)
    failed_ids = models.JSONField(default=list, blank=True, help_text="Ids of the first rows that failed.")
    error = models.CharField(max_length=300, blank=True, help_text="Kind and place of the error, never its message.")
    decided_by = models.UUIDField(null=True, blank=True, help_text="Who retried or discarded it.")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The lock on doing a job's effect twice: a rescued job meets this row and stops.
            models.UniqueConstraint(
                name="jobs_jobrun_done_once", fields=["queue_job_id"], condition=models.Q(outcome="succeeded")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="jobs_jobrun_recent", fields=["-ended_at"]),
            models.Index(name="jobs_jobrun_by_job", fields=["job", "-ended_at"]),
            models.Index(name="jobs_jobrun_organisation", fields=["for_organisation", "-ended_at"]),
            models.Index(name="jobs_jobrun_queue_job", fields=["queue_job_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.job} #{self.queue_job_id}: {self.outcome}"


class WorkerBeat(models.Model):
    """A worker process that says every few seconds that it lives."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=50)
    settings_fingerprint = models.CharField(max_length=64, blank=True)
    queues = models.JSONField(default=list)
    concurrency = models.PositiveIntegerField(default=1)
    queue_worker_id = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    scheduler_beat_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(name="jobs_workerbeat_recent", fields=["-beat_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.host}, process {self.pid})"
