"""Each item about background work is made to fail by breaking what it looks at."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from rollbook.core import clock
from rollbook.core.readiness import Outcome, State
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tests.attacks import outcome_of
from rollbook.shared.jobs import launch, queue, scheduling
from rollbook.shared.jobs.jobs import PROBE
from rollbook.shared.jobs.models import JobRun, Schedule, WorkerBeat
from rollbook.shared.jobs.tests.examples import declared
from rollbook.shared.jobs.tests.test_rescue import being_done
from rollbook.shared.jobs.tests.test_running import open_campus

pytestmark = pytest.mark.django_db


def a_worker(*, concurrency: int = 4, silent_seconds: float = 0) -> WorkerBeat:
    now = clock.now()
    heard = now - timedelta(seconds=silent_seconds)
    return WorkerBeat.objects.create(
        name="w", host="h", pid=1, version="1", concurrency=concurrency, started_at=now, beat_at=heard,
        scheduler_beat_at=heard,
    )  # fmt: skip


def a_run(name: str, outcome: str = "succeeded", *, seconds_ago: float = 0, **facts: Any) -> JobRun:
    ended = clock.now() - timedelta(seconds=seconds_ago)
    number = JobRun.objects.count() + 1
    return JobRun.objects.create(
        job=name, queue_job_id=number, outcome=outcome, started_at=ended, ended_at=ended, **facts
    )


def a_probe(*, queued_seconds_ago: float, done_seconds_ago: float | None) -> None:
    scheduling.synchronise()
    now = clock.now()
    Schedule.objects.filter(job=PROBE).update(
        last_queued_at=now - timedelta(seconds=queued_seconds_ago),
        last_due_at=now - timedelta(seconds=queued_seconds_ago),
    )
    if done_seconds_ago is not None:
        a_run(PROBE, seconds_ago=done_seconds_ago)


def assert_fails(outcome: Outcome, *words: str, value: Any = None, limit: str = "= 0") -> None:
    assert (outcome.state, outcome.limit) == (State.FAIL, limit), outcome
    assert value is None or outcome.value == value, outcome
    for word in words:
        assert word in outcome.summary + str(outcome.evidence), outcome


# --- The queue runs ---


def test_two_workers_and_a_probe_in_time_pass() -> None:
    a_worker()
    a_worker()
    a_probe(queued_seconds_ago=30, done_seconds_ago=28)

    outcome = outcome_of(launch.queue_runs)

    assert outcome.state is State.PASS
    assert Decimal("1.9") < outcome.value < Decimal("2.5")


def test_a_single_worker_is_a_warning() -> None:
    a_worker()
    a_probe(queued_seconds_ago=30, done_seconds_ago=28)

    assert outcome_of(launch.queue_runs).state is State.WARN


def test_a_dead_worker_is_found() -> None:
    a_worker(silent_seconds=60)
    a_probe(queued_seconds_ago=30, done_seconds_ago=28)

    assert_fails(outcome_of(launch.queue_runs), "0 workers are alive", value=0, limit="≥ 2")


def test_a_probe_that_never_ran_is_found() -> None:
    a_worker()

    assert_fails(outcome_of(launch.queue_runs), "The probe has not run", limit="= 1")


def test_a_job_that_waits_too_long_is_found() -> None:
    a_worker()
    a_probe(queued_seconds_ago=30, done_seconds_ago=None)

    assert_fails(outcome_of(launch.queue_runs), "A queued job waits too long", limit="< 10")


def test_jobs_that_pile_up_are_found(organisation: Organisation) -> None:
    a_worker()
    a_probe(queued_seconds_ago=30, done_seconds_ago=28)
    with declared(open_campus, name="test.open_campus") as job:
        job.defer(organisation_id=organisation.pk, run_at=clock.now() - timedelta(minutes=6))

    assert_fails(outcome_of(launch.queue_runs), "Jobs pile up", limit="< 300")


# --- Schedules ---


@pytest.fixture
def on_time() -> Iterator[None]:
    a_worker()
    scheduling.synchronise()
    return


def test_schedules_in_time_pass(on_time: None) -> None:
    assert outcome_of(launch.schedules_fire).state is State.PASS


def test_an_overdue_schedule_is_found(on_time: None) -> None:
    Schedule.objects.filter(job="jobs.clean_up").update(next_due_at=clock.now() - timedelta(minutes=2))

    assert_fails(outcome_of(launch.schedules_fire), "jobs.clean_up of the installation is overdue", value=1)


def test_a_run_that_began_late_is_found(on_time: None) -> None:
    now = clock.now()
    Schedule.objects.filter(job="jobs.clean_up").update(last_due_at=now - timedelta(seconds=90), last_queued_at=now)

    assert_fails(outcome_of(launch.schedules_fire), "jobs.clean_up of the installation began 90 s late", value=1)


def test_a_run_that_did_not_end_is_found(on_time: None) -> None:
    began = clock.now() - timedelta(minutes=30)
    Schedule.objects.filter(job="jobs.clean_up").update(last_due_at=began, last_queued_at=began)

    assert_fails(outcome_of(launch.schedules_fire), "and did not end", value=1)


def test_a_scheduler_that_stands_still_is_found() -> None:
    scheduling.synchronise()

    assert_fails(outcome_of(launch.schedules_fire), "no scheduler has beaten for 60 s", value=1)


def test_without_any_schedule_nothing_passes() -> None:
    assert_fails(outcome_of(launch.schedules_fire), value=0, limit="> 0")


# --- Registered and idempotent ---


def test_declared_jobs_with_their_schedules_pass(organisation: Organisation) -> None:
    scheduling.synchronise()

    outcome = outcome_of(launch.jobs_are_registered)

    assert outcome.state is State.PASS, outcome
    assert "jobs.probe" in outcome.evidence["jobs"]


def test_a_missing_schedule_is_found(organisation: Organisation) -> None:
    scheduling.synchronise()
    Schedule.objects.filter(job="jobs.clean_up").delete()

    assert_fails(
        outcome_of(launch.jobs_are_registered), "jobs.clean_up of the installation has no schedule as declared", value=1
    )


def test_a_job_in_the_queue_that_nobody_declares_is_found(organisation: Organisation) -> None:
    scheduling.synchronise()
    with declared(open_campus, name="test.gone") as job:
        job.defer(organisation_id=organisation.pk)

    assert_fails(outcome_of(launch.jobs_are_registered), "test.gone waits in the queue but is not declared", value=1)


def test_a_job_that_changes_rows_each_time_is_found(organisation: Organisation) -> None:
    with declared(open_campus, name="test.opens", schedule="0 2 * * *"):
        scheduling.synchronise()
        outcome = outcome_of(launch.jobs_are_registered)
        on_production = outcome_of(launch.jobs_are_registered, environment="production")

    assert_fails(outcome, "test.opens changes 1 rows when run again", value=1)
    assert on_production.state is State.PASS
    assert not Organisation.objects.filter(slug__startswith="marker-").exists()


def test_a_job_that_asks_first_is_idempotent(organisation: Organisation) -> None:
    def opens_once(*, organisation_id: UUID) -> None:
        if not Campus.objects.exists():
            open_campus(organisation_id=organisation_id)

    with declared(opens_once, name="test.opens_once", schedule="0 2 * * *"):
        scheduling.synchronise()
        outcome = outcome_of(launch.jobs_are_registered)

    assert outcome.state is State.PASS
    assert "test.opens_once" in outcome.evidence["run_twice"]


def test_a_job_that_breaks_in_a_new_organisation_is_found(organisation: Organisation) -> None:
    def breaks(*, organisation_id: UUID) -> None:
        raise LookupError

    with declared(breaks, name="test.breaks", schedule="0 2 * * *"):
        scheduling.synchronise()
        outcome = outcome_of(launch.jobs_are_registered)

    assert_fails(outcome, "test.breaks fails in a new organisation (LookupError)", value=1)


# --- Failures ---


def test_few_failures_pass() -> None:
    for _ in range(199):
        a_run("test.fine")
    a_run("test.bad", "failed")

    outcome = outcome_of(launch.failures_do_not_pile_up)

    assert (outcome.state, outcome.value) == (State.PASS, Decimal("0.5"))


def test_one_in_a_hundred_is_too_many() -> None:
    for _ in range(99):
        a_run("test.fine")
    a_run("test.bad", "gave_up")

    assert_fails(outcome_of(launch.failures_do_not_pile_up), "test.bad", value=1, limit="< 1")


def test_no_run_at_all_is_not_a_pass() -> None:
    assert_fails(outcome_of(launch.failures_do_not_pile_up), value=0, limit="> 0")


@pytest.mark.parametrize(("hours", "state"), [(1, State.WARN), (25, State.FAIL)])
def test_a_dead_letter_warns_at_once_and_fails_after_a_day(
    organisation: Organisation, hours: int, state: State
) -> None:
    from django.db import connection

    a_run("test.fine")
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)
    being_done(number, None, attempts=3)
    queue.fail(number)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - make_interval(hours => %s)", [hours])

    outcome = outcome_of(launch.failures_do_not_pile_up)

    assert (outcome.state, outcome.value, outcome.limit) == (state, hours, "< 24")
    assert outcome.evidence["dead_letters"] == 1


# --- Short units ---


def test_a_long_job_of_many_short_units_passes() -> None:
    a_run("test.batch", duration_ms=60_000, units_done=100)

    assert outcome_of(launch.units_are_short).state is State.PASS


def test_a_unit_of_a_second_is_found() -> None:
    a_run("test.slow", duration_ms=1000)

    assert_fails(outcome_of(launch.units_are_short), "test.slow (1000.0 ms)", value=1)


def test_without_runs_nothing_is_short() -> None:
    assert_fails(outcome_of(launch.units_are_short), value=0, limit="> 0")
