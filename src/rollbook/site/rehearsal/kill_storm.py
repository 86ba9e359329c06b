"""The drill `kill-storm`: processes are killed with -9 in turn while cashiers take payments and retry.

Passed when no acknowledged payment is lost, none is doubled, the books are right, and every part is back within
the limit. Run as a module inside a scratch installation: see `scratch.run_in_scratch`.
"""

import http.client
import itertools
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rollbook.site.configuration import configuration
from rollbook.site.rehearsal.counter import Browser, College, open_college

CLIENTS = 8
RECOVERY_LIMIT_SECONDS = 5.0
GIVE_UP_SECONDS = 60.0
AMOUNT = "5.00"


@dataclass(slots=True)
class Tally:
    """What the cashiers were told."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    #: Key → the payment that was acknowledged for it.
    acknowledged: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    unexpected: list[str] = field(default_factory=list)
    last_at: float = 0.0

    def note(self, key: str, body: bytes) -> None:
        payment = str(json.loads(body)["id"])
        with self.guard:
            self.acknowledged[key] = payment
            self.last_at = time.monotonic()


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill and how long it took until payments went through again."""

    part: str
    recovery_seconds: float


def cashier(port: int, college: College, number: int, tally: Tally, stop: threading.Event) -> None:
    """Take payments until told to stop; one that is not acknowledged is tried again with its key."""
    browser = Browser(port, college.cookies[number])
    payers = itertools.cycle(college.payers[number::CLIENTS])
    while not stop.is_set():
        payer, key = next(payers), str(uuid4())
        while True:
            try:
                status, body = browser.pay(payer, AMOUNT, key)
            except (OSError, http.client.HTTPException):
                status, body = 0, b""
            if status in (200, 201):
                tally.note(key, body)
                break
            with tally.guard:
                tally.retries += 1
                if status not in (0, 409, 429, 500, 502, 503):
                    tally.unexpected.append(f"{status}: {body[:200]!r}")
            time.sleep(0.05)


def victims() -> list[tuple[str, Callable[[], int | None]]]:
    """The parts in the order in which they are killed, and how to find each."""
    from rollbook.site.runtime import processes
    from rollbook.site.runtime.postgres import EmbeddedPostgres

    config = configuration()

    def recorded(name: str) -> Callable[[], int | None]:
        def find() -> int | None:
            found = processes.recorded(config.home, name)
            return found.pid if found else None

        return find

    return [
        ("web", recorded("web")),
        ("worker", recorded("worker")),
        ("backend", _a_backend),
        ("database", lambda: EmbeddedPostgres(config).process_id()),
    ]


def _a_backend() -> int | None:
    """A server process of the database that works for the web server just now."""
    import psycopg

    from rollbook.site.runtime import connections

    place = connections.app_connection(configuration())
    with psycopg.connect(**place.parameters()) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'rollbook_app' AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
            " ORDER BY state = 'active' DESC, state_change DESC LIMIT 1"
        ).fetchone()
    return row[0] if row else None


def storm(kills: int) -> int:
    """Run the drill and print its table; answers the exit code."""
    import django

    from rollbook.site.runtime import starting

    config = configuration()
    starting.prepare(config)
    django.setup()
    college = open_college(400, CLIENTS)
    starting.start_and_wait(config)
    tally, stop = Tally(), threading.Event()
    threads = [
        threading.Thread(target=cashier, args=(config.port, college, number, tally, stop)) for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    done: list[Kill] = []
    try:
        _wait(lambda: len(tally.acknowledged) > CLIENTS, "the first payments")
        for part, find in itertools.islice(itertools.cycle(victims()), kills):
            time.sleep(1.0)
            done.append(_kill(part, find, tally))
    finally:
        time.sleep(1.0)
        stop.set()
        for thread in threads:
            thread.join(timeout=GIVE_UP_SECONDS)
    return report(college, tally, done)


def _kill(part: str, find: Callable[[], int | None], tally: Tally) -> Kill:
    # A part may just be starting again, because the database went away under it.
    _wait(lambda: _found(find) is not None, f"{part} to kill")
    pid = find()
    if pid is None:
        raise RuntimeError(f"{part} ended by itself while it was to be killed.")
    os.kill(pid, signal.SIGKILL)
    started = time.monotonic()

    def is_back() -> bool:
        return tally.last_at > started and (part == "backend" or _found(find) not in (None, pid))

    _wait(is_back, f"{part} after it was killed")
    return Kill(part, time.monotonic() - started)


def _found(find: Callable[[], int | None]) -> int | None:
    try:
        return find()
    except OSError:
        return None


def _wait(condition: Callable[[], bool], what: str) -> None:
    give_up_at = time.monotonic() + GIVE_UP_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"Waited {GIVE_UP_SECONDS:.0f} seconds for {what} in vain.")
        time.sleep(0.02)


def report(college: College, tally: Tally, done: list[Kill]) -> int:
    """Compare what was acknowledged with what is recorded, print the table, answer the exit code."""
    from django.db import connections

    from rollbook.core.idempotency.models import StoredAnswer
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.billing.models import Payment
    from rollbook.shared.billing.selectors import prove_books

    # Our own connections died with the database server.
    connections.close_all()
    with tenant_scope(college.organisation_id):
        recorded = {str(found) for found in Payment.objects.values_list("id", flat=True)}
        keys = dict(StoredAnswer.objects.values_list("key", "body"))
        books = prove_books()
    by_key: dict[str, Any] = {key: json.loads(body)["id"] for key, body in keys.items()}
    lost = [key for key, payment in tally.acknowledged.items() if payment not in recorded]
    doubled = len(recorded) - len(by_key)
    slow = [kill for kill in done if kill.recovery_seconds >= RECOVERY_LIMIT_SECONDS]
    print("| part killed | times | slowest recovery | median |")
    print("|---|---|---|---|")
    for part in dict.fromkeys(kill.part for kill in done):
        seconds = sorted(kill.recovery_seconds for kill in done if kill.part == part)
        print(f"| {part} | {len(seconds)} | {seconds[-1]:.2f} s | {seconds[len(seconds) // 2]:.2f} s |")
    is_right = books.is_right
    print()
    print(
        f"{len(done)} kills; {len(tally.acknowledged)} payments acknowledged, {tally.retries} retries:"
        f" lost {len(lost)}, doubled {doubled}, books {'right' if is_right else 'off'},"
        f" slower than {RECOVERY_LIMIT_SECONDS:.0f} s: {len(slow)}, unexpected answers: {len(tally.unexpected)}"
    )
    for answer in tally.unexpected[:5]:
        print(f"  {answer}")
    return 0 if not (lost or doubled or slow or tally.unexpected) and is_right else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    sys.exit(storm(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
