"""Many requests of one subject at the moment at which no permit is held. The control lets each fetch its own lease."""

import threading
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest

from rollbook.core.api import limits
from rollbook.core.errors import TooManyRequests
from rollbook.core.identity import counting
from rollbook.core.identity.counting import Limit
from tests.races.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

SIXTY = Limit("sixty", times=60, span=timedelta(minutes=10))
AT_ONCE = 32


def _refused(monkeypatch: pytest.MonkeyPatch, settings: Any, *, fetch_together: bool) -> int:
    """How many of 32 requests at once are refused, of 60 that are allowed."""
    settings.RATE_LIMIT_FACTOR = 1
    limits.forget_leases()
    count, all_fetch = counting.count, threading.Barrier(AT_ONCE)

    def counted(limit: Limit, subject: str, times: int = 1) -> tuple[int, datetime]:
        if fetch_together:
            all_fetch.wait(30)
        return count(limit, subject, times)

    monkeypatch.setattr(counting, "count", counted)
    outcome = together([lambda: limits.check(SIXTY, "user:1")] * AT_ONCE, workers=AT_ONCE)
    limits.forget_leases()
    assert [failure for failure in outcome.failures if not isinstance(failure, TooManyRequests)] == []
    return len(outcome.failures)


def test_requests_at_the_same_moment_share_a_lease(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    assert _refused(monkeypatch, settings, fetch_together=False) == 0


def test_without_waiting_for_it_permits_lie_idle_and_some_are_refused(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(limits, "_fetching", [nullcontext()] * AT_ONCE)

    # Each takes a lease of three and spends one: twenty leases are all there are.
    assert _refused(monkeypatch, settings, fetch_together=True) == AT_ONCE - 20
