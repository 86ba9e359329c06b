"""Does background work get done? The job items of the launch checklist."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from rollbook.core import clock
from rollbook.core.db.catalogue import select, value
from rollbook.core.readiness import (
    Context,
    Outcome,
    Severity,
    failed,
    none_found,
    passed,
    register_item,
    warned,
)
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import register, selectors
from rollbook.shared.jobs.jobs import PROBE
from rollbook.shared.jobs.models import JobRun, Schedule
from rollbook.shared.jobs.register import Job

START_WORKER = "Start a worker: `rollbook up`, or `rollbook worker` on its own host, and read its log."
LETTERS = "Run `rollbook jobs list`, repair the cause, then `rollbook jobs retry --all` or discard with a reason."
PROBE_AGE = timedelta(seconds=150)
ON_TIME = timedelta(seconds=60)
#: A run that has not ended this long after it was queued is stuck: the hard limit is 15 minutes.
STUCK = timedelta(minutes=20)


@register_item(
    id="PLT-JOB-01",
    stages=("PRE", "DAY", "H", "ON"),
    severity=Severity.BLOCKER,
    interval=timedelta(minutes=5),
    title="Queue runs: a job that is queued is done",
    how="A probe is queued each minute and must be done within 10 seconds; the oldest due job is younger than "
    "5 minutes; at least two jobs can run at once.",
    remedy=START_WORKER,
    evidence=("workers", "places", "waiting", "oldest_due_seconds", "probe_seconds", "lost_jobs"),
)
def queue_runs(context: Context) -> Outcome:
    workers = selectors.live_workers(context.now)
    state = selectors.queue_state(context.now)
    places = sum(worker.concurrency for worker in workers)
    seconds = _probe_seconds(context.now)
    facts: dict[str, Any] = {
        "workers": len(workers),
        "places": places,
        "waiting": state.waiting,
        "oldest_due_seconds": int(state.oldest_due_seconds),
        "probe_seconds": seconds,
        "lost_jobs": state.unrescued,
    }
    if places < 2:
        return failed(f"{len(workers)} workers are alive.", value=places, limit="≥ 2", unit="places", **facts)
    if seconds is None:
        return failed("The probe has not run.", value=0, limit="= 1", unit="probes in 150 s", **facts)
    if seconds >= 10:
        return failed("A queued job waits too long.", value=seconds, limit="< 10", unit="s", **facts)
    if state.oldest_due_seconds >= 300:
        oldest = int(state.oldest_due_seconds)
        return failed("Jobs pile up.", value=oldest, limit="< 300", unit="s", **facts)
    if len(workers) < 2:
        return warned(
            "Jobs are done, by a single worker process.", value=1, limit="≥ 2", unit="workers",
            remedy="Run a second worker, so that one that is lost does not stop the queue until it is back.", **facts,
        )  # fmt: skip
    return passed("The last probe was done in time.", value=seconds, limit="< 10", unit="s", **facts)


def _probe_seconds(now: datetime) -> Decimal | None:
    """How long the last probe took from being queued to being done; or waits, if it is not done."""
    schedule = Schedule.objects.filter(job=PROBE).first()
    if schedule is None or schedule.last_queued_at is None or now - schedule.last_queued_at > PROBE_AGE:
        return None
    done = (
        JobRun.objects.filter(job=PROBE, outcome=JobRun.Outcome.SUCCEEDED, ended_at__gte=schedule.last_queued_at)
        .order_by("ended_at")
        .values_list("ended_at", flat=True)
        .first()
    )
    seconds = ((done or now) - schedule.last_queued_at).total_seconds()
    return Decimal(str(round(seconds, 3)))


LATE = """
SELECT s.job, s.for_organisation, s.next_due_at, s.last_due_at, s.last_queued_at,
       (SELECT max(r.ended_at) FROM jobs_jobrun r
         WHERE r.job = s.job AND r.for_organisation IS NOT DISTINCT FROM s.for_organisation
           AND r.ended_at >= s.last_queued_at)
  FROM jobs_schedule s ORDER BY s.job
"""


@register_item(
    id="PLT-JOB-02",
    stages=("PRE", "DAY", "ON"),
    severity=Severity.BLOCKER,
    title="Every schedule fires on time",
    how="For each scheduled job of each organisation: nothing is overdue, the last run was queued within 60 seconds "
    "of its plan, and it ended.",
    remedy=START_WORKER,
    evidence=("scheduler_beats",),
)
def schedules_fire(context: Context) -> Outcome:
    found: list[str] = []
    rows = select(LATE)
    for job, organisation, next_due, last_due, last_queued, ended in rows:
        name = f"{job} of {organisation or 'the installation'}"
        if context.now - next_due > ON_TIME:
            found.append(f"{name} is overdue since {next_due:%Y-%m-%d %H:%M}")
        elif last_queued and last_due and last_queued - last_due > ON_TIME:
            found.append(f"{name} began {(last_queued - last_due).total_seconds():.0f} s late")
        elif last_queued and ended is None and context.now - last_queued > STUCK:
            found.append(f"{name} began at {last_queued:%Y-%m-%d %H:%M} and did not end")
    beats = sum(
        worker.scheduler_beat_at is not None and context.now - worker.scheduler_beat_at < ON_TIME
        for worker in selectors.live_workers(context.now)
    )
    if not beats:
        found.append("no scheduler has beaten for 60 s")
    return none_found(found, examined=len(rows), what="schedules that do not fire on time", scheduler_beats=beats)


@register_item(
    id="PLT-JOB-03",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="All declared jobs are registered and idempotent",
    how="Declared schedules are held against those that stand, for every organisation; jobs in the queue must be "
    "known. Off production each scheduled job runs twice in a marked organisation: the second run changes nothing.",
    remedy="Start the worker of this version (`rollbook up`); a job that changes rows twice asks first whether its "
    "work is done.",
    evidence=("jobs", "schedules", "run_twice"),
)
def jobs_are_registered(context: Context) -> Outcome:
    declared = register.jobs()
    found = _missing_schedules(declared)
    unknown = select("SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')")
    found += [f"{name} waits in the queue but is not declared" for (name,) in unknown if name not in declared]
    run_twice: list[str] = []
    if not context.is_production:
        for job in declared.values():
            if job.schedule and job.per_organisation:
                run_twice.append(job.name)
                found += _changes_twice(job)
    return none_found(
        found, examined=len(declared), what="jobs missing or not idempotent", jobs=sorted(declared),
        schedules=Schedule.objects.count(), run_twice=run_twice,
    )  # fmt: skip


def _missing_schedules(declared: dict[str, Job]) -> list[str]:
    organisations = dict(Organisation.objects.filter(is_active=True).values_list("pk", "timezone"))
    standing = {(row.job, row.for_organisation): (row.cron, row.timezone) for row in Schedule.objects.all()}
    found = [f"{name} has a schedule but is not declared" for name, _ in standing if name not in declared]
    for job in declared.values():
        if job.schedule is None:
            continue
        whom: dict[Any, str] = organisations if job.per_organisation else {None: "UTC"}
        for organisation, timezone in whom.items():
            if standing.get((job.name, organisation)) != (job.schedule, timezone):
                found.append(f"{job.name} of {organisation or 'the installation'} has no schedule as declared")
    return found


WRITTEN = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_xact_user_tables"


def _changes_twice(job: Job) -> list[str]:
    """Run a job twice in an organisation that exists in this transaction only."""
    mark = uuid.uuid4().hex[:12]
    organisation = Organisation.objects.create(
        slug=f"marker-{mark}", name="Marker", system="college", currency="XTS", timezone="UTC"
    )
    values: dict[str, Any] = {"organisation_id": organisation.pk}
    if "local_date" in job.parameters:
        values["local_date"] = clock.now().date()
    try:
        with transaction.atomic():
            _run_once(job, values)
            before = value(WRITTEN)
            _run_once(job, values)
            changed = value(WRITTEN) - before
    except Exception as error:  # noqa: BLE001 - any way of failing is what is being looked for
        return [f"{job.name} fails in a new organisation ({type(error).__name__})"]
    return [f"{job.name} changes {changed} rows when run again"] if changed else []


def _run_once(job: Job, values: dict[str, Any]) -> None:
    if job.commits_per_unit:
        job.function(**values)
        return
    with tenant_scope(values["organisation_id"]):
        job.function(**values)


@register_item(
    id="PLT-JOB-05",
    stages=("H", "D1", "W1", "ON"),
    severity=Severity.BLOCKER,
    title="No failed jobs pile up",
    how="The runs of the last 24 hours and the dead letters are counted: fewer than 1 % fail, and no dead letter is "
    "older than 24 hours.",
    remedy=LETTERS,
    evidence=("runs", "failures", "dead_letters", "oldest_dead_letter_hours", "by_job"),
)
def failures_do_not_pile_up(context: Context) -> Outcome:
    runs = JobRun.objects.filter(ended_at__gt=context.now - timedelta(hours=24))
    bad = (JobRun.Outcome.FAILED, JobRun.Outcome.LOST, JobRun.Outcome.GAVE_UP)
    counted = (JobRun.Outcome.SUCCEEDED, JobRun.Outcome.CONTINUES, *bad)
    total = runs.filter(outcome__in=counted).count()
    failures = list(runs.filter(outcome__in=bad).values_list("job", flat=True))
    state = selectors.queue_state(context.now)
    hours = int(state.oldest_dead_letter_seconds // 3600)
    facts: dict[str, Any] = {
        "runs": total,
        "failures": len(failures),
        "dead_letters": state.dead_letters,
        "oldest_dead_letter_hours": hours,
        "by_job": sorted(set(failures)),
    }
    if hours >= 24:
        return failed(
            f"{state.dead_letters} dead letters wait for a decision.", value=hours, limit="< 24", unit="hours", **facts
        )
    if not total:
        return failed("No job has run for 24 hours.", value=0, limit="> 0", unit="runs", remedy=START_WORKER, **facts)
    share = Decimal(100 * len(failures)) / total
    if share >= 1:
        return failed("Too many runs fail.", value=share, limit="< 1", unit="%", **facts)
    if state.dead_letters:
        return warned(
            f"{state.dead_letters} dead letters, younger than a day.", value=hours, limit="< 24", unit="hours", **facts
        )
    return passed(f"{len(failures)} of {total} runs failed.", value=share, limit="< 1", unit="%", **facts)


SLOW = """
SELECT job, count(*),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms::numeric / greatest(units_done + units_failed, 1))::numeric(12,1)
  FROM jobs_jobrun WHERE ended_at > %s AND outcome IN ('succeeded', 'continues') GROUP BY job ORDER BY 3 DESC
"""


@register_item(
    id="PLT-JOB-06",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="A unit of work is short",
    how="For each kind of job, the 95th percentile of the time per unit over the last 7 days is computed from the run log.",
    remedy="Let the named job work through its rows with `batches.work_through`, one commit for each.",
    evidence=("jobs",),
)
def units_are_short(context: Context) -> Outcome:
    rows = select(SLOW, [context.now - timedelta(days=7)])
    found = [f"{job} ({milliseconds} ms)" for job, _, milliseconds in rows if milliseconds >= 1000]
    return none_found(
        found, examined=sum(count for _, count, _ in rows), what="jobs whose units take a second or more",
        jobs={job: f"{milliseconds} ms" for job, _, milliseconds in rows},
    )  # fmt: skip
