"""Real worker processes on a real database: what is killed comes back, once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import queue, register, selectors
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.tests import worker_process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

MODULE = "rollbook.shared.jobs.tests.worker_process"


@pytest.fixture(autouse=True)
def drill_jobs() -> Iterator[None]:
    worker_process.declare()
    yield
    for name in ("drill.open_campus", "drill.chain"):
        register.forget(name)


@contextmanager
def a_worker() -> Iterator["subprocess.Popen[bytes]"]:
    facts = connection.settings_dict
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, facts["NAME"], facts["HOST"], str(facts["PORT"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "rollbook.site.settings"},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def wait_until(true: Callable[[], bool], seconds: float = 40) -> float:
    """Wait for something and return how long it took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        time.sleep(0.1)
    return time.monotonic() - started


def campuses(organisation: Organisation) -> int:
    with tenant_scope(organisation.pk):
        return Campus.objects.count()


def is_being_done(number: int) -> bool:
    return [row.status for row in queue.select("j.id = %(id)s", {"id": number})] == ["doing"]


@pytest.mark.example("launch", 26)
def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once_within_a_minute(organisation: Organisation) -> None:
    slow = register.jobs()["drill.open_campus"]
    number = slow.defer(organisation_id=organisation.pk, seconds=2)
    others = [slow.defer(organisation_id=organisation.pk, seconds=0) for _ in range(20)]
    with a_worker() as first:
        wait_until(lambda: is_being_done(number))
        time.sleep(0.5)
        first.kill()
        first.wait(10)
        assert JobRun.objects.filter(queue_job_id=number).count() == 0

        with a_worker() as second:
            took = wait_until(lambda: JobRun.objects.filter(job="drill.open_campus", outcome="succeeded").count() == 21)
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0

    assert took < 60
    assert campuses(organisation) == 1 + len(others)
    assert [run.outcome for run in JobRun.objects.filter(queue_job_id=number).order_by("attempt")] == [
        "lost", "succeeded",
    ]  # fmt: skip
    assert queue.select("j.task_name LIKE 'drill.%%'", {"": ""}) == []
    assert selectors.live_workers(within_seconds=2) == []


def test_a_job_that_runs_too_long_is_cut_off_and_leaves_nothing(organisation: Organisation) -> None:
    number = register.jobs()["drill.open_campus"].defer(organisation_id=organisation.pk, seconds=9)
    with a_worker() as process:
        wait_until(lambda: JobRun.objects.filter(queue_job_id=number).exists())
        process.terminate()
        process.wait(20)

    assert JobRun.objects.get(queue_job_id=number).outcome == "failed"
    assert campuses(organisation) == 0


def test_a_job_put_in_by_a_job_that_fails_goes_with_it(organisation: Organisation) -> None:
    number = register.jobs()["drill.chain"].defer(organisation_id=organisation.pk)
    with a_worker() as process:
        wait_until(lambda: JobRun.objects.filter(queue_job_id=number).exists())
        process.terminate()
        process.wait(20)

    assert [row.name for row in queue.select("j.task_name LIKE 'drill.%%'", {"": ""})] == ["drill.chain"]
    assert campuses(organisation) == 0


def test_a_worker_says_that_it_lives_and_queues_what_is_planned(organisation: Organisation) -> None:
    with a_worker() as process:
        wait_until(lambda: any(beat.scheduler_beat_at for beat in selectors.live_workers()))
        (beat,) = selectors.live_workers()
        assert (beat.pid, beat.concurrency) == (process.pid, 4)
        process.terminate()
        assert process.wait(20) == 0

    assert selectors.live_workers() == []
    assert selectors.last_beat_at() is not None
