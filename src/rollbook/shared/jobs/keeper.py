"""The keeper of a worker process: a thread that beats, rescues, schedules, and ends what runs too long."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from rollbook.core import clock
from rollbook.shared.jobs import rescue, scheduling
from rollbook.shared.jobs.models import WorkerBeat
from rollbook.shared.jobs.process import settings_fingerprint, version

log = logging.getLogger(__name__)

#: How often the schedules are compared with what is declared and with the organisations' time zones.
SYNCHRONISE_SECONDS = 60.0
#: A job that goes on without its database connection for this long takes the process with it.
GRACE_SECONDS = 60.0
#: How long the queue may take to note that a job ended.
ENDING_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """How a worker works. The defaults bring a killed worker's job back within a minute."""

    concurrency: int = 4
    queues: tuple[str, ...] = ()
    name: str = ""
    poll_seconds: float = 3.0
    heartbeat_seconds: float = 5.0
    #: A worker silent for this long is held for dead and its jobs are done by others.
    silent_seconds: float = 30.0
    keeper_seconds: float = 5.0
    drain_seconds: float = 25.0
    #: A job that runs longer loses its database connection, and with it its transaction.
    hard_limit_seconds: float = 900.0


@dataclass(slots=True)
class _Running:
    started: float
    backend: int
    is_cut_off: bool = False


@dataclass(slots=True)
class RunningJobs:
    """What this process does at the moment: the numbers of its jobs and their database connections."""

    _jobs: dict[int, _Running] = field(default_factory=dict)
    _ended: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def job(self, number: int) -> Iterator[None]:
        """Keep a job among the running ones while it runs."""
        connection.ensure_connection()
        running = _Running(time.monotonic(), connection.connection.info.backend_pid)
        with self._lock:
            self._jobs[number] = running
        try:
            yield
        finally:
            with self._lock:
                del self._jobs[number]
                self._ended[number] = time.monotonic()

    def numbers(self) -> list[int]:
        """The numbers of the jobs that run, or ended so lately that the queue may not know it yet."""
        lately = time.monotonic() - ENDING_SECONDS
        with self._lock:
            self._ended = {number: ended for number, ended in self._ended.items() if ended > lately}
            return [*self._jobs, *self._ended]

    def longer_than(self, seconds: float) -> list[tuple[int, _Running]]:
        """The jobs that have run for longer."""
        before = time.monotonic() - seconds
        with self._lock:
            return [(number, running) for number, running in self._jobs.items() if running.started < before]


class Keeper:
    """Does its chores every few seconds; a chore that fails is logged and tried again at the next turn."""

    def __init__(self, options: WorkerOptions, running: RunningJobs) -> None:
        self.options = options
        self.running = running
        self.name = options.name or f"{socket.gethostname()}:{os.getpid()}"
        self.queue_worker_id: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._beat: WorkerBeat | None = None
        self._synchronised = float("-inf")

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End, and say that this worker has stopped."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _keep(self) -> None:
        chores: tuple[Callable[[], object], ...] = (
            self._say_alive,
            self._end_what_runs_too_long,
            self._rescue,
            self._schedule,
        )
        try:
            while not self._stop.is_set():
                for chore in chores:
                    self._do(chore)
                self._stop.wait(self.options.keeper_seconds)
            self._do(self._say_stopped)
        finally:
            connection.close()

    def _do(self, chore: Callable[[], object]) -> None:
        try:
            chore()
        except Exception as error:  # noqa: BLE001 - the next turn tries again; a dead keeper would help nobody
            log.error("The worker's keeper failed at %s: %s", chore.__name__, type(error).__name__)
            connection.close()

    def _say_alive(self) -> None:
        now = clock.now()
        if self._beat is None:
            self._beat = WorkerBeat.objects.create(
                name=self.name,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=version(),
                settings_fingerprint=settings_fingerprint(),
                queues=list(self.options.queues),
                concurrency=self.options.concurrency,
                started_at=now,
                beat_at=now,
            )
        self._beat.beat_at = now
        self._beat.queue_worker_id = self.queue_worker_id
        self._beat.save(force_update=True, update_fields=["beat_at", "queue_worker_id"])

    def _say_stopped(self) -> None:
        if self._beat is not None:
            self._beat.stopped_at = clock.now()
            self._beat.save(force_update=True, update_fields=["stopped_at"])

    def _rescue(self) -> None:
        rescue.rescue_lost_jobs(silent_seconds=self.options.silent_seconds)
        if self.queue_worker_id is not None:
            rescue.rescue_abandoned_jobs(
                self.queue_worker_id, self.running.numbers, fetching_seconds=self.options.silent_seconds
            )

    def _schedule(self) -> None:
        if time.monotonic() - self._synchronised > SYNCHRONISE_SECONDS:
            scheduling.synchronise()
            self._synchronised = time.monotonic()
        scheduling.queue_due()
        if self._beat is not None:
            self._beat.scheduler_beat_at = clock.now()
            self._beat.save(force_update=True, update_fields=["scheduler_beat_at"])

    def _end_what_runs_too_long(self) -> None:
        limit = self.options.hard_limit_seconds
        if self.running.longer_than(limit + GRACE_SECONDS):
            log.critical("A job goes on without its database connection; the process ends, the job is tried again.")
            os._exit(70)
        for number, running in self.running.longer_than(limit):
            if not running.is_cut_off:
                running.is_cut_off = True
                log.error("Job %s ran longer than %s s; its transaction is taken back.", number, limit)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(%s)", [running.backend])
