"""What many tests of grades stand on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rollbook.core import events


@pytest.fixture
def in_grading_weeks(frozen_clock: Callable[[datetime], None]) -> None:
    """The afternoon of 31 August 2026 in Manila."""
    frozen_clock(datetime(2026, 8, 31, 6, 0, tzinfo=UTC))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[type], list[Any]]:
    """Everything that was published, by its kind."""
    heard: list[Any] = []
    publish = events.publish

    def listen(event: object) -> None:
        heard.append(event)
        publish(event)

    for module in ("finalising", "expiring", "changes", "incompletes", "results"):
        monkeypatch.setattr(f"rollbook.systems.college.grading.services.{module}.publish", listen)
    return lambda kind: [event for event in heard if isinstance(event, kind)]


@pytest.fixture
def statements_of() -> Callable[[Callable[[], Any]], int]:
    """How many statements an act sends."""

    def count(act: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            act()
        return len(captured)

    return count
