"""Whether this installation is ready for people: database, migrations, worker, disk, each with a sentence.

The database is asked over a connection of its own with a short patience, so the answer comes quickly and is true
also when every connection of the pool is busy or gone.
"""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

KEPT_SECONDS = 2.0
PATIENCE_SECONDS = 2
#: Workers say every five seconds that they live.
WORKER_SILENT_SECONDS = 30.0

Cursor = psycopg.Cursor[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the installation."""

    name: str
    is_well: bool
    sentence: str
    facts: dict[str, float | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readiness:
    """All parts together."""

    is_ready: bool
    parts: tuple[Part, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer of /health/ready."""
        return {
            "status": "ready" if self.is_ready else "not ready",
            "parts": {
                part.name: {key: value for key, value in asdict(part).items() if key != "name"} for part in self.parts
            },
        }


def look() -> Readiness:
    """Look at every part now."""
    parts = (*_database_parts(), disk_part(Path(settings.HOME), settings.DISK_MINIMUM_MB))
    return Readiness(all(part.is_well for part in parts), parts)


def _database_parts() -> tuple[Part, ...]:
    try:
        started = time.perf_counter()
        with _own_connection() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            database = Part("database", True, "The database answers.", {"milliseconds": milliseconds})
            return (
                database,
                _carefully("migrations", migrations_part, cursor),
                _carefully("worker", worker_part, cursor),
            )
    except psycopg.Error:
        unknown = "Unknown while the database does not answer."
        return (
            Part("database", False, "The database does not answer."),
            Part("migrations", False, unknown),
            Part("worker", False, unknown),
        )


def _own_connection() -> psycopg.Connection[tuple[Any, ...]]:
    facts = connections["default"].settings_dict
    wanted = {
        "dbname": facts["NAME"],
        "user": facts["USER"],
        "password": facts["PASSWORD"],
        "host": facts["HOST"],
        "port": facts["PORT"],
    }
    options = {key: value for key, value in facts["OPTIONS"].items() if key != "pool"}
    return psycopg.connect(**{**options, **wanted, "connect_timeout": PATIENCE_SECONDS}, autocommit=True)


def _carefully(name: str, look_at: Callable[[Cursor], Part], cursor: Cursor) -> Part:
    try:
        return look_at(cursor)
    except psycopg.Error as error:
        return Part(name, False, f"The database refused to tell ({type(error).__name__}).")


def migrations_part(cursor: Cursor) -> Part:
    """Whether the tables are those that this version expects."""
    cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
    row = cursor.fetchone()
    if not (row and row[0]):
        return Part("migrations", False, "No table was ever made here.", {"pending": len(_known_migrations())})
    cursor.execute("SELECT app, name FROM django_migrations")
    pending = len(_known_migrations() - {(app, name) for app, name in cursor.fetchall()})
    sentence = "Every migration is applied." if not pending else f"{pending} migrations wait to be applied."
    return Part("migrations", not pending, sentence, {"pending": pending})


_migrations: set[tuple[str, str]] = set()


def _known_migrations() -> set[tuple[str, str]]:
    # The files of a running process do not change.
    if not _migrations:
        _migrations.update(MigrationLoader(None).graph.nodes)
    return _migrations


def worker_part(cursor: Cursor) -> Part:
    """Whether a worker has said lately that it lives."""
    cursor.execute(
        "SELECT extract(epoch FROM clock_timestamp() - max(beat_at)) FROM jobs_workerbeat WHERE stopped_at IS NULL"
    )
    row = cursor.fetchone()
    if row is None or row[0] is None:
        return Part("worker", False, "No worker runs.")
    seconds = round(float(row[0]), 1)
    is_well = seconds < WORKER_SILENT_SECONDS
    sentence = "A worker is at work." if is_well else f"No worker has been heard of for {seconds:.0f} seconds."
    return Part("worker", is_well, sentence, {"silent_seconds": seconds})


def disk_part(folder: Path, minimum_mb: int) -> Part:
    """Whether there is room to write."""
    free_mb = shutil.disk_usage(folder).free // (1024 * 1024)
    is_well = free_mb >= minimum_mb
    sentence = "There is room on the disk." if is_well else f"Only {free_mb} MB are free; {minimum_mb} MB are needed."
    return Part("disk", is_well, sentence, {"free_mb": free_mb})


class Kept:
    """Keeps an answer for a moment, so that impatient probes do not become load."""

    def __init__(self, ask: Callable[[], Readiness], seconds: float = KEPT_SECONDS) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._answer: tuple[float, Readiness] | None = None

    def get(self) -> Readiness:
        """The answer, at most a moment old."""
        with self._lock:
            if self._answer is None or time.monotonic() - self._answer[0] > self._seconds:
                self._answer = (time.monotonic(), self._ask())
            return self._answer[1]


readiness = Kept(look)
