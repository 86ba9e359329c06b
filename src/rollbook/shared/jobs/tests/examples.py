"""Jobs that tests declare, and organisations they work for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rollbook.core import clock
from rollbook.shared.jobs import register
from rollbook.shared.jobs.register import Job


@contextmanager
def declared(function: Any, **facts: Any) -> Iterator[Job]:
    """A job that exists while the test runs."""
    job = register.job(**facts)(function)
    try:
        yield job
    finally:
        register.forget(job.name)


def attempt(job: Job, number: int, *, before: int = 0) -> None:
    """Make one attempt at a queued job, as a worker would."""
    from rollbook.shared.jobs import queue, running

    row = next(row for row in queue.select("j.id = %(id)s", {"id": number}) if row.id == number)
    running.run(job, queue_job_id=number, attempts_so_far=before, stored=row.arguments, worker="test")


def moment(text: str) -> Any:
    """An aware moment."""
    from datetime import datetime

    return datetime.fromisoformat(text)


__all__ = ["attempt", "clock", "declared", "moment"]
