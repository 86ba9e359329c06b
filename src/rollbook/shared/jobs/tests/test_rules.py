import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.shared.jobs import rules
from rollbook.shared.jobs.tests.examples import moment

BERLIN = "Europe/Berlin"


@pytest.mark.example("launch", 30)
def test_a_local_time_that_does_not_exist_runs_at_the_next_valid_minute_once() -> None:
    evening = moment("2027-03-27T12:00:00+00:00")

    first = rules.next_due("0 2 * * *", BERLIN, evening)
    second = rules.next_due("0 2 * * *", BERLIN, first)

    assert first == moment("2027-03-28T01:00:00+00:00")  # 03:00 in Berlin
    assert second == moment("2027-03-29T00:00:00+00:00")


def test_a_time_in_the_middle_of_the_missing_hour_also_runs_at_its_end() -> None:
    assert rules.next_due("30 2 * * *", BERLIN, moment("2027-03-27T12:00:00+00:00")) == moment(
        "2027-03-28T01:00:00+00:00"
    )


@pytest.mark.example("launch", 30)
def test_a_local_time_that_occurs_twice_runs_once_at_its_first_occurrence() -> None:
    first = rules.next_due("0 2 * * *", BERLIN, moment("2026-10-24T12:00:00+00:00"))
    second = rules.next_due("0 2 * * *", BERLIN, first)

    assert first == moment("2026-10-25T00:00:00+00:00")
    assert second == moment("2026-10-26T01:00:00+00:00")


def test_between_the_two_occurrences_nothing_is_due_again() -> None:
    between = moment("2026-10-25T00:30:00+00:00")

    assert rules.next_due("0 2 * * *", BERLIN, between) == moment("2026-10-26T01:00:00+00:00")
    assert rules.next_due("15 2 * * *", BERLIN, between) == moment("2026-10-26T01:15:00+00:00")


def test_a_schedule_of_every_hour_does_not_pause_while_clocks_go_back() -> None:
    due = [moment("2026-10-24T23:45:00+00:00")]
    for _ in range(4):
        due.append(rules.next_due("*/30 * * * *", BERLIN, due[-1]))

    assert [later - earlier for earlier, later in itertools.pairwise(due[1:])] == [timedelta(minutes=30)] * 3


def test_manila_keeps_one_time_all_year() -> None:
    assert rules.next_due("30 0 * * *", "Asia/Manila", moment("2031-07-01T00:00:00+00:00")) == moment(
        "2031-07-01T16:30:00+00:00"
    )


def test_a_monthly_schedule_finds_its_day() -> None:
    assert rules.next_due("0 8 25 * *", "Asia/Manila", moment("2031-07-26T00:00:00+00:00")) == moment(
        "2031-08-25T00:00:00+00:00"
    )


def test_a_zone_that_shifts_by_half_an_hour_is_right() -> None:
    # Lord Howe Island: 02:00 becomes 02:30 on 4 October 2026.
    assert rules.next_due("10 2 * * *", "Australia/Lord_Howe", moment("2026-10-03T12:00:00+00:00")) == moment(
        "2026-10-03T15:30:00+00:00"
    )


@given(
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    start=st.datetimes(min_value=moment("2026-01-01"), max_value=moment("2028-01-01")),
    zone=st.sampled_from([BERLIN, "Asia/Manila", "America/New_York", "Australia/Lord_Howe", "Africa/Lagos"]),
)
def test_a_daily_schedule_runs_once_on_every_local_day(hour: int, minute: int, start: object, zone: str) -> None:
    from zoneinfo import ZoneInfo

    due = start.replace(tzinfo=ZoneInfo("UTC"))
    days = []
    for _ in range(3):
        due = rules.next_due(f"{minute} {hour} * * *", zone, due)
        days.append(due.astimezone(ZoneInfo(zone)).date())

    assert [later - earlier for earlier, later in itertools.pairwise(days)] == [timedelta(days=1)] * 2


@pytest.mark.parametrize("expression", ["", "* * * *", "61 * * * *", "every day", "0 2 * * * *"])
def test_what_is_not_five_cron_fields_is_not_a_schedule(expression: str) -> None:
    assert not rules.is_cron(expression)


def test_a_failed_job_waits_one_two_four_minutes_and_a_little_more() -> None:
    assert [rules.back_off(attempts, 0.0).total_seconds() for attempts in range(3)] == [60, 120, 240]
    assert rules.back_off(0, 1.0).total_seconds() == 75
