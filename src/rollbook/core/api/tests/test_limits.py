"""How often somebody may ask, over all processes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock
from rollbook.core.api import limits
from rollbook.core.errors import TooManyRequests
from rollbook.core.identity import counting
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.identity.models import RateWindow
from rollbook.core.tenancy.models import Organisation

pytestmark = pytest.mark.django_db
SIXTY = Limit("sixty", times=60, span=timedelta(minutes=1))


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> Iterator[None]:
    settings.RATE_LIMIT_FACTOR = 1
    limits.forget_leases()
    yield
    limits.forget_leases()


def ask(times: int, subject: str = "user:1", limit: Limit = SIXTY) -> int:
    """How many of so many requests are let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.check(limit, subject)
            passed += 1
        except TooManyRequests:
            continue
    return passed


def test_exactly_as_many_as_the_limit_pass() -> None:
    assert ask(200) == 60


def test_the_refusal_says_how_long_to_wait(frozen_clock: Callable[[datetime | str], None]) -> None:
    begun = clock.now()
    ask(60)

    frozen_clock(begun + timedelta(seconds=20))
    with pytest.raises(TooManyRequests) as refusal:
        limits.check(SIXTY, "user:1")
    assert refusal.value.facts == {"retry_after": 40}


def test_the_next_span_begins_afresh(frozen_clock: Callable[[datetime | str], None]) -> None:
    begun = clock.now()
    assert ask(70) == 60

    frozen_clock(begun + timedelta(seconds=60))
    assert ask(70) == 60


def test_each_has_their_own() -> None:
    assert ask(70, "user:1") == 60
    assert ask(70, "user:2") == 60


def test_processes_share_one_limit() -> None:
    passed = 0
    for _ in range(40):
        passed += ask(2)
        # Another process begins with nothing in memory.
        limits.forget_leases()

    assert passed <= 60


def test_a_caller_spread_over_two_processes_loses_at_most_one_lease() -> None:
    memories: list[dict[str, Any]] = [{}, {}]
    passed = 0
    for turn in range(200):
        limits._process_leases.clear()
        limits._process_leases.update(memories[turn % 2])
        passed += ask(1)
        memories[turn % 2] = dict(limits._process_leases)

    assert 60 - 60 // 20 <= passed <= 60


def test_most_requests_cost_no_statement() -> None:
    with CaptureQueriesContext(connection) as statements:
        assert ask(60) == 60

    assert len([sent for sent in statements if "INSERT INTO identity_ratewindow" in sent["sql"]]) == 20


def test_a_refused_flood_costs_no_statement() -> None:
    ask(61)

    with CaptureQueriesContext(connection) as statements:
        assert ask(500) == 0
    assert len(statements) == 0


def test_the_factor_of_the_installation_raises_every_limit(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 3

    assert ask(200) == 180


def test_visitors_are_counted_by_address() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    for _ in range(100):
        limits.check_visitor(request)

    with pytest.raises(TooManyRequests):
        limits.check_visitor(request)
    limits.check_visitor(RequestFactory().get("/", REMOTE_ADDR="203.0.113.8"))


def test_an_endpoint_answers_429_with_retry_after_and_does_nothing(client: Client, organisation: Organisation) -> None:
    member = a_member(organisation)
    sign_in(client, member)
    RateWindow.objects.create(
        key=f"signed-in:user:{member.user_id}", used=1000, ends_at=clock.now() + timedelta(minutes=30)
    )

    response = client.get("/api/v1/identity/me")

    assert response.status_code == 429
    assert 1790 <= int(response["Retry-After"]) <= 1800
    assert response.json()["code"] == "TOO_MANY_REQUESTS"


def test_counts_survive_the_refusal_of_the_request_they_counted(client: Client, organisation: Organisation) -> None:
    member = a_member(organisation)
    sign_in(client, member)

    assert client.get("/api/v1/identity/members").status_code == 403
    assert RateWindow.objects.get(key=f"signed-in:user:{member.user_id}").used == 50


def test_what_is_over_is_swept_away() -> None:
    RateWindow.objects.create(key="old", used=1, ends_at=clock.now() - timedelta(seconds=1))
    RateWindow.objects.create(key="new", used=1, ends_at=clock.now() + timedelta(seconds=60))

    assert counting.sweep() == 1
    assert RateWindow.objects.get().key == "new"


def test_something_happens_for_the_first_time_once(frozen_clock: Callable[[datetime | str], None]) -> None:
    begun = clock.now()

    assert counting.is_first("code", "1", timedelta(seconds=90))
    assert not counting.is_first("code", "1", timedelta(seconds=90))
    assert counting.is_first("code", "2", timedelta(seconds=90))
    frozen_clock(begun + timedelta(seconds=90))
    assert counting.is_first("code", "1", timedelta(seconds=90))


def test_the_counters_are_not_written_to_the_log_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'identity_ratewindow'")
        assert cursor.fetchone() == ("u",)
