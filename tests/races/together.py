"""Many acts at the same moment, each in its own thread and transaction."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Outcome:
    """What the acts answered, and what went wrong."""

    answers: list[Any] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)


def together(acts: Sequence[Callable[[], Any]], *, workers: int = 16) -> Outcome:
    """Run acts over `workers` threads that start together; each thread has its own connection."""
    outcome, guard = Outcome(), threading.Lock()
    waiting = list(acts)[::-1]
    start = threading.Barrier(min(workers, len(acts)))

    def work() -> None:
        try:
            with suppress(threading.BrokenBarrierError):
                start.wait(timeout=30)
            while True:
                with guard:
                    if not waiting:
                        return
                    act = waiting.pop()
                _note(act, outcome, guard)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(start.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _note(act: Callable[[], Any], outcome: Outcome, guard: threading.Lock) -> None:
    try:
        answer = act()
    except Exception as failure:  # noqa: BLE001 — a race shows what went wrong, whatever it was
        with guard:
            outcome.failures.append(failure)
    else:
        with guard:
            outcome.answers.append(answer)
