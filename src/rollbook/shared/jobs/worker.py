"""The worker process: does jobs, keeps the schedules, rescues the work of dead workers, says that it lives.

`run_worker()` returns when the process is asked to stop (SIGTERM, SIGINT); a database that goes away and
comes back is waited for.
"""

import asyncio
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from procrastinate import exceptions
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.job_context import JobContext
from procrastinate.jobs import DeleteJobCondition
from procrastinate.jobs import Job as QueueRow
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker

from rollbook.core import clock
from rollbook.shared.jobs import register, rules, running, stopping
from rollbook.shared.jobs.keeper import Keeper, RunningJobs, WorkerOptions
from rollbook.shared.jobs.register import Job

log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1
#: How far jobs step back when people are at work on the same machine; the worker's own signs of life do not.
NICENESS = 10


class BackOff(BaseRetryStrategy):
    """Try again after one, two, four minutes and a little more; then never."""

    def __init__(self, retries: int) -> None:
        self.retries = retries

    def get_retry_decision(self, *, exception: BaseException, job: QueueRow) -> RetryDecision | None:
        if job.attempts >= self.retries:
            return None
        spread = random.random()  # noqa: S311 - spreads retries, hides nothing
        return RetryDecision(retry_at=clock.now() + rules.back_off(job.attempts, spread))


def _step_back() -> None:
    """Let people go first also where the kernel shares the processor by session, which no thread changes."""
    group = Path("/proc/self/autogroup")
    if group.exists() and os.getsid(0) == os.getpid():
        group.write_text(str(NICENESS), encoding="ascii")


def run_worker(options: WorkerOptions | None = None) -> None:
    """Do jobs until the process is asked to stop."""
    options = options or WorkerOptions()
    stopping.withdraw()
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.ask())
    keeper = Keeper(options, RunningJobs())
    keeper.start()
    log.info("The worker %s is at work.", keeper.name)
    _step_back()
    try:
        while not stopping.is_asked():
            _work(options, keeper)
    finally:
        keeper.stop()
        log.info("The worker %s has stopped.", keeper.name)


def _work(options: WorkerOptions, keeper: Keeper) -> None:
    """Work until asked to stop, or until the database goes away; then wait a moment."""
    try:
        asyncio.run(_work_async(options, keeper))
    except (exceptions.ProcrastinateException, psycopg.Error, OSError) as error:
        log.warning("The worker lost its database (%s); it tries again.", type(error).__name__)
    finally:
        keeper.queue_worker_id = None
    if not stopping.is_asked():
        time.sleep(RECONNECT_SECONDS)


async def _work_async(options: WorkerOptions, keeper: Keeper) -> None:
    # An app of its own: the connector that listens is not the one that rooms defer through, so a job put
    # into the queue by a job still commits with its cause.
    app = DjangoApp(connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3, timeout=10))
    for job in register.jobs().values():
        declare = app.task(name=job.name, pass_context=True, retry=BackOff(job.retries))
        declare(_entry_of(job, keeper))
    # One thread for each job at work; with fewer, a job could be fetched and then wait unseen.
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(options.concurrency + 2, initializer=os.nice, initargs=(NICENESS,))
    )
    async with app.open_async():
        worker = Worker(
            app=app,
            name=keeper.name,
            concurrency=options.concurrency,
            queues=options.queues or None,
            fetch_job_polling_interval=options.poll_seconds,
            shutdown_graceful_timeout=options.drain_seconds,
            update_heartbeat_interval=options.heartbeat_seconds,
            stalled_worker_timeout=options.silent_seconds,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            install_signal_handlers=False,
            task_middleware=app.worker_defaults.get("task_middleware"),
        )
        watch = asyncio.create_task(_watch(worker, keeper))
        try:
            await worker.run()  # type: ignore[no-untyped-call]  # procrastinate leaves it untyped
        finally:
            watch.cancel()


async def _watch(worker: Worker, keeper: Keeper) -> None:
    """Pass on that the process was asked to stop, and which row of the queue's workers this one is."""
    while True:
        keeper.queue_worker_id = worker.worker_id
        if stopping.is_asked():
            worker.stop()  # type: ignore[no-untyped-call]  # procrastinate leaves it untyped
        await asyncio.sleep(0.2)


def _entry_of(job: Job, keeper: Keeper) -> Callable[..., None]:
    """What procrastinate calls, in a thread, for one row of the queue."""

    def entry(context: JobContext, **stored: Any) -> None:
        number = context.job.id or 0
        with keeper.running.job(number):
            running.run(
                job,
                queue_job_id=number,
                attempts_so_far=context.job.attempts,
                stored=stored,
                worker=keeper.name,
            )

    return entry
