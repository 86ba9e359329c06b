"""The queue's own housekeeping, for the whole installation."""

from datetime import timedelta

from django.db import connection

from rollbook.core import clock
from rollbook.shared.jobs.models import JobRun, WorkerBeat
from rollbook.shared.jobs.register import job

#: How long the run log is kept, and how long that of the minute-by-minute probe.
KEPT_DAYS = 90
PROBES_KEPT_DAYS = 2
BEATS_KEPT_DAYS = 7
PROBE = "jobs.probe"


@job(name=PROBE, schedule="* * * * *", per_organisation=False, retries=0)
def probe() -> None:
    """Prove each minute that what is planned is queued and what is queued is done: its run is the proof."""


@job(name="jobs.clean_up", schedule="10 4 * * *", per_organisation=False)
def clean_up() -> None:
    """Forget run logs after 90 days, and the beats of workers that are long gone."""
    now = clock.now()
    JobRun.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    JobRun.objects.filter(job=PROBE, ended_at__lt=now - timedelta(days=PROBES_KEPT_DAYS)).delete()
    WorkerBeat.objects.filter(beat_at__lt=now - timedelta(days=BEATS_KEPT_DAYS)).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_prune_stalled_workers_v1(%s)", [3600])
