"""The installation that is measured: a scratch one with its own database, web server and worker, as in production.

Two cores are shared by database, web server, worker and clients, and so they are for the hand-written SQL.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.site.configuration import Configuration, configuration
from rollbook.site.rehearsal.counter import CSRF, College, open_college
from rollbook.site.rehearsal.scratch import SCRATCH

STUDENTS = 400
CASHIERS = 32


@dataclass(frozen=True, slots=True)
class Installation:
    """What a workload needs to know of it."""

    configuration: Configuration
    college: College

    @property
    def port(self) -> int:
        return self.configuration.port

    def place(self) -> dict[str, Any]:
        """The way into the database as the ordinary role."""
        from rollbook.site.runtime import connections

        return connections.app_connection(self.configuration).parameters()

    def owner(self) -> dict[str, Any]:
        """The way in as the owner of the tables."""
        from rollbook.site.runtime import connections

        return connections.owner_connection(self.configuration).parameters()

    def administrator(self) -> dict[str, Any]:
        """The way in as the server's superuser."""
        from rollbook.site.runtime.postgres import EmbeddedPostgres

        return EmbeddedPostgres(self.configuration).administrator().parameters()

    def head(self, method: str, path: str, cashier: int) -> str:
        """The head of a request of one cashier, as a browser would send it."""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.college.cookies[cashier]}\r\n"
            f"X-CSRFToken: {CSRF}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        )

    def processor_seconds(self) -> dict[str, float]:
        """Processor time that the web server and the database have used so far."""
        from rollbook.site.runtime import processes
        from rollbook.site.runtime.postgres import EmbeddedPostgres

        web = processes.recorded(self.configuration.home, "web")
        database = EmbeddedPostgres(self.configuration).process_id()
        return {"web": _used_by(web.pid if web else 0), "database": _used_by(database or 0)}


def prepare() -> Configuration:
    """The scratch installation's database, migrated, and Django set up for it; nothing serves yet."""
    import django

    from rollbook.site.runtime import memory, starting

    config = configuration()
    if not config.home.name.startswith(SCRATCH):
        raise SystemExit("This fills a database: run it as `python -m benchmarks …`, which makes one of its own.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    starting.prepare(config)
    django.setup()
    memory.settle()
    return config


@contextmanager
def running() -> Iterator[Installation]:
    """Set up and start everything; whoever started the scratch installation stops it."""
    from rollbook.site.runtime import starting

    config = prepare()
    college = open_college(STUDENTS, CASHIERS)
    starting.start_and_wait(config)
    yield Installation(config, college)


def _used_by(leader: int) -> float:
    """Seconds of a process and all below it, those that ended included."""
    ticks = 0
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        number = int(entry.parent.name)
        children.setdefault(int(fields[1]), []).append(number)
        used[number] = sum(map(int, fields[11:15]))
    waiting = [leader]
    while waiting:
        number = waiting.pop()
        ticks += used.get(number, 0)
        waiting += children.get(number, [])
    return ticks / os.sysconf("SC_CLK_TCK")
