import pytest
from django.db import connection

from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs import queue, rescue, selectors
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.tests.examples import declared
from rollbook.shared.jobs.tests.test_running import open_campus


def a_worker(silent_seconds: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_register_worker_v1()")
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s) WHERE id = %s",
            [silent_seconds, worker],
        )
        return worker


def being_done(number: int, worker: int | None, *, attempts: int = 0, since_seconds: float = 100) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker, attempts, number],
        )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(secs => %s) WHERE job_id = %s",
            [since_seconds, number],
        )


def status(number: int) -> tuple[str, int]:
    (row,) = queue.select("j.id = %(id)s", {"id": number})
    return row.status, row.attempts


@pytest.fixture
def number(organisation: Organisation):
    with declared(open_campus, name="test.open_campus") as job:
        yield job.defer(organisation_id=organisation.pk)


def test_the_job_of_a_silent_worker_is_set_waiting_again(number: int) -> None:
    being_done(number, a_worker(silent_seconds=31))

    assert rescue.rescue_lost_jobs(silent_seconds=30) == 1
    assert status(number) == ("todo", 1)
    assert JobRun.objects.get(queue_job_id=number).outcome == "lost"


def test_the_job_of_a_worker_that_is_gone_is_set_waiting_again(number: int) -> None:
    being_done(number, None)

    assert rescue.rescue_lost_jobs(silent_seconds=30) == 1
    assert status(number) == ("todo", 1)


def test_the_job_of_a_living_worker_is_left_alone(number: int) -> None:
    being_done(number, a_worker(silent_seconds=5))

    assert rescue.rescue_lost_jobs(silent_seconds=30) == 0
    assert status(number) == ("doing", 0)


def test_a_job_that_kills_every_worker_becomes_a_dead_letter(number: int) -> None:
    being_done(number, None, attempts=3)

    assert rescue.rescue_lost_jobs(silent_seconds=30) == 1
    assert status(number)[0] == "failed"
    assert JobRun.objects.get(queue_job_id=number).outcome == "gave_up"


def test_a_job_its_own_worker_knows_nothing_of_is_set_waiting_again(number: int) -> None:
    worker = a_worker(silent_seconds=0)
    being_done(number, worker)

    assert rescue.rescue_abandoned_jobs(worker, lambda: [number]) == 0
    assert rescue.rescue_abandoned_jobs(worker, list) == 1
    assert status(number) == ("todo", 1)


def test_a_job_that_was_just_fetched_is_not_taken_for_abandoned(number: int) -> None:
    worker = a_worker(silent_seconds=0)
    being_done(number, worker, since_seconds=1)

    assert rescue.rescue_abandoned_jobs(worker, list) == 0


def test_the_queue_says_how_many_wait_for_rescue(number: int) -> None:
    being_done(number, None)

    state = selectors.queue_state()
    assert (state.doing, state.unrescued, state.waiting) == (1, 1, 0)
