"""Deadlines of incompletes, against an oracle that counts day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core import clock
from rollbook.systems.college.grading.rules.incomplete import Deadline, Leave, deadline_of, months_later, warning_due

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def a_year_of_days(start: date, months: int) -> date:
    """The oracle of calendar months: write the day down, and step back while the calendar does not know it."""
    month_index = start.month - 1 + months
    year, month, day = start.year + month_index // 12, month_index % 12 + 1, start.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def the_least_fixpoint(start: date, months: int, extension_days: int, leaves: list[Leave]) -> date:
    """The oracle of R45: a set of days of leave, and the first day that satisfies the sentence of the rule."""
    away = {
        leave.first + timedelta(days=offset)
        for leave in leaves
        if leave.last is not None
        for offset in range((leave.last - leave.first).days + 1)
    }
    base = a_year_of_days(start, months) + timedelta(days=extension_days)
    day = base
    while day != base + timedelta(days=sum(1 for each in away if start < each <= day)):
        day += timedelta(days=1)
    return day


@st.composite
def leaves_around(draw: st.DrawFn) -> tuple[date, list[Leave]]:
    start = draw(DAYS)
    found = []
    for _ in range(draw(st.integers(0, 5))):
        first = start + timedelta(days=draw(st.integers(-60, 500)))
        found.append(Leave(first, first + timedelta(days=draw(st.integers(0, 120)))))
    return start, found


@pytest.mark.rule("R45")
@pytest.mark.example("college", 31)
def test_six_months_for_a_major_twelve_for_a_minor_clamped_to_the_month():
    assert deadline_of(date(2026, 8, 31), 6) == Deadline(date(2027, 2, 28), 0)
    assert deadline_of(date(2028, 2, 29), 12).day == date(2029, 2, 28)
    assert deadline_of(date(2027, 8, 31), 6).day == date(2028, 2, 29)


@pytest.mark.rule("R45")
@pytest.mark.example("college", 32)
def test_days_of_leave_move_the_deadline():
    start = date(2026, 12, 20)

    def major(*leaves: Leave) -> Deadline:
        return deadline_of(start, 6, leaves=leaves)

    assert major() == Deadline(date(2027, 6, 20), 0)
    assert major(Leave(date(2027, 1, 11), date(2027, 5, 31))) == Deadline(date(2027, 11, 8), 141)
    assert major(Leave(date(2027, 6, 1), date(2027, 10, 31))) == Deadline(date(2027, 11, 20), 153)
    overlapping = (Leave(date(2027, 1, 1), date(2027, 2, 28)), Leave(date(2027, 2, 15), date(2027, 3, 31)))
    assert major(*overlapping) == Deadline(date(2027, 9, 18), 90)
    assert major(Leave(date(2027, 6, 21), date(2027, 12, 31))) == Deadline(date(2027, 6, 20), 0)
    minor = deadline_of(start, 12, leaves=[Leave(date(2026, 11, 1), date(2027, 1, 10))])
    assert minor == Deadline(date(2028, 1, 10), 21)
    assert major(Leave(date(2027, 2, 1), None)).day is None


@pytest.mark.rule("R45")
@given(leaves_around(), st.sampled_from([1, 6, 12, 18]), st.integers(0, 180))
def test_the_deadline_is_the_least_day_that_satisfies_the_rule(around, months, extension_days):
    start, leaves = around

    found = deadline_of(start, months, extension_days=extension_days, leaves=leaves)

    assert found.day == the_least_fixpoint(start, months, extension_days, leaves)
    assert found.day == months_later(start, months) + timedelta(days=extension_days + found.paused_days)


@pytest.mark.rule("R45")
@given(leaves_around(), st.integers(-60, 500))
def test_an_open_leave_holds_the_clock_only_when_it_begins_by_the_deadline(around, offset):
    start, leaves = around
    without = the_least_fixpoint(start, 6, 0, leaves)
    running = Leave(start + timedelta(days=offset), None)

    found = deadline_of(start, 6, leaves=[*leaves, running])

    assert found.day == (None if running.first <= without else without)


@given(DAYS, st.integers(0, 60))
def test_months_later_agrees_with_stepping_back_from_impossible_days(day, months):
    assert months_later(day, months) == a_year_of_days(day, months)


@given(leaves_around(), st.randoms())
def test_the_order_in_which_leaves_are_told_does_not_matter(around, random):
    start, leaves = around
    shuffled = list(leaves)
    random.shuffle(shuffled)

    assert deadline_of(start, 6, leaves=shuffled) == deadline_of(start, 6, leaves=leaves)


@pytest.mark.rule("R46")
@pytest.mark.example("college", 31)
def test_the_deadline_day_itself_still_counts_until_midnight_of_the_college():
    deadline = deadline_of(date(2026, 8, 31), 6)

    last_second = clock.local_date(datetime(2027, 2, 28, 15, 59, 59, tzinfo=UTC), "Asia/Manila")
    midnight = clock.local_date(datetime(2027, 2, 28, 16, 0, 0, tzinfo=UTC), "Asia/Manila")

    assert not deadline.has_passed(last_second)
    assert deadline.has_passed(midnight)


@given(DAYS)
def test_without_a_deadline_nothing_passes(today):
    assert not Deadline(None, 0).has_passed(today)
    assert warning_due(None, today) is None


def test_warnings_are_due_at_thirty_and_seven_days_once_each():
    deadline = date(2027, 6, 20)

    assert warning_due(deadline, date(2027, 5, 20)) is None
    assert warning_due(deadline, date(2027, 5, 21)) == 30
    assert warning_due(deadline, date(2027, 5, 25), warned=[30]) is None
    assert warning_due(deadline, date(2027, 6, 13), warned=[30]) == 7
    assert warning_due(deadline, date(2027, 6, 14), warned=[30, 7]) is None
    assert warning_due(deadline, date(2027, 6, 20)) == 7
    assert warning_due(deadline, date(2027, 6, 21)) is None


@given(DAYS, st.sampled_from([(), (30,), (30, 7)]), st.integers(0, 60))
def test_a_warning_is_never_given_twice(deadline, warned, days_before):
    due = warning_due(deadline, deadline - timedelta(days=days_before), warned=warned)

    assert due is None or due not in warned
