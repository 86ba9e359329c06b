"""When meetings conflict, how hours are read, how many blocks are needed. No database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.scheduling.generating import blocks_needed, letters, plan_blocks, sizes
from rollbook.systems.college.scheduling.reading import read_day, read_span
from rollbook.systems.college.scheduling.rules import (
    SPLIT_AT_MIDNIGHT,
    Slot,
    Taught,
    conflicts_between,
    half_days_of,
    hours_text,
    in_conflict,
    is_available,
    is_picking_open,
    load_of,
    picking_closes,
    read_time,
    wrong_hours,
)

JUNE, JULY, AUGUST, OCTOBER = date(2031, 6, 1), date(2031, 7, 31), date(2031, 8, 1), date(2031, 10, 31)


def slot(weekday=1, start="08:00", end="09:30", first=JUNE, last=OCTOBER):
    return Slot(weekday, read_time(start), read_time(end), first, last)


@pytest.mark.example("college", 21)
@pytest.mark.rule("R14")
@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (slot(1, "09:30", "11:00"), False),
        (slot(1, "09:29", "10:30"), True),
        (slot(2), False),
    ],
)
def test_meetings_conflict_on_one_day_when_hours_overlap_and_touching_ends_do_not(other, expected):
    assert in_conflict(slot(), other) is expected
    assert in_conflict(other, slot()) is expected


@pytest.mark.example("college", 21)
@pytest.mark.rule("R14")
def test_the_same_hours_in_different_months_do_not_conflict_and_both_end_days_count():
    early, late = slot(first=JUNE, last=JULY), slot(first=AUGUST, last=OCTOBER)

    assert not in_conflict(early, late)
    assert in_conflict(early, slot(first=JULY, last=OCTOBER))


@pytest.mark.rule("R14")
def test_a_meeting_without_a_time_never_conflicts():
    assert not in_conflict(None, slot())
    assert not in_conflict(None, None)
    assert conflicts_between([None, slot()], [slot(2), None]) == []


days = st.dates(date(2031, 1, 1), date(2031, 3, 31))
minutes = st.integers(0, 1440)


@st.composite
def slots(draw):
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    first, last = sorted(draw(st.lists(days, min_size=2, max_size=2)))
    return Slot(draw(st.integers(1, 7)), start, end, first, last)


def met_by_the_oracle(one, other):
    """Told by what exists, not by comparing ends: the minutes of the week, and the days of the calendar, as sets."""

    def minutes_of_the_week(each):
        begin = (each.weekday - 1) * 1440
        return {begin + minute for minute in range(each.start_min, each.end_min)}

    def calendar(each):
        return {each.from_date + timedelta(days=n) for n in range((each.to_date - each.from_date).days + 1)}

    return bool(minutes_of_the_week(one) & minutes_of_the_week(other)) and bool(calendar(one) & calendar(other))


@pytest.mark.rule("R14")
@given(slots(), slots())
def test_the_rule_agrees_with_an_oracle_that_counts_minutes_and_days(one, other):
    assert in_conflict(one, other) is met_by_the_oracle(one, other)
    assert in_conflict(one, other) is in_conflict(other, one)
    assert in_conflict(one, one)


@given(st.lists(slots(), max_size=5), st.lists(slots(), max_size=5))
def test_every_conflicting_pair_is_found_once(ones, others):
    expected = [(one, other) for one in ones for other in others if met_by_the_oracle(one, other)]

    assert conflicts_between(ones, others) == expected


@pytest.mark.parametrize(
    ("weekday", "start", "end", "field"),
    [
        (1, 22 * 60, 60, "end_min"),
        (1, 600, 600, "end_min"),
        (1, 600, 1441, "end_min"),
        (1, 1440, 1440, "start_min"),
        (1, -1, 60, "start_min"),
        (0, 60, 120, "weekday"),
        (8, 60, 120, "weekday"),
        (None, 60, 120, "weekday"),
        (1, None, 120, "start_min"),
        (1, 60, None, "end_min"),
    ],
)
def test_hours_that_cannot_be_are_named_by_field(weekday, start, end, field):
    assert list(wrong_hours(weekday, start, end)) == [field]


def test_a_class_over_midnight_is_to_be_split_there():
    assert wrong_hours(1, 22 * 60, 60) == {"end_min": SPLIT_AT_MIDNIGHT}
    assert "split at midnight" in SPLIT_AT_MIDNIGHT
    assert wrong_hours(1, 22 * 60, 1440) == {}
    assert wrong_hours(2, 0, 60) == {}
    assert wrong_hours(None, None, None) == {}


@pytest.mark.parametrize(
    ("text", "minute"),
    [("8:30", 510), ("08:30", 510), ("0830", 510), ("830", 510), ("8.30", 510), ("24:00", 1440), ("8", 480)],
)
def test_times_are_read_as_people_write_them(text, minute):
    assert read_time(text) == minute


@pytest.mark.parametrize("text", ["", "8:60", "24:01", "25:00", "-1:00", "8:3", "noon", "８:30x", "12:30pm"])
def test_what_is_no_time_is_none(text):
    assert read_time(text) is None


@pytest.mark.parametrize(
    ("text", "day"), [("Monday", 1), ("mon", 1), ("Tu", 2), ("TH", 4), ("h", 4), ("7", 7), ("", None), ("TBA", None)]
)
def test_days_are_read_as_registrars_write_them(text, day):
    assert read_day(text) == day


def test_what_is_no_day_is_refused():
    for text in ("Someday", "0", "8"):
        with pytest.raises(Exception, match="Write a day"):
            read_day(text)
    with pytest.raises(Exception, match="Write the time"):
        read_span("08:00", "9h")
    assert read_span("tba", "") == (None, None)


def test_hours_are_shown_with_both_ends():
    assert hours_text(510, 1440) == "08:30–24:00"
    assert hours_text(None, None) == ""


def test_availability_asks_for_every_half_of_a_day_that_is_touched():
    assert half_days_of(1, 480, 720) == ["1-AM"]
    assert half_days_of(1, 720, 780) == ["1-PM"]
    assert half_days_of(1, 660, 780) == ["1-AM", "1-PM"]
    assert not is_available(["1-AM"], slot(1, "11:00", "13:00"))
    assert is_available(["1-AM", "1-PM"], slot(1, "11:00", "13:00"))


@pytest.mark.rule("R17")
def test_picking_lasts_the_hours_of_the_setting_and_ends_before_its_last_instant():
    opens = datetime(2031, 7, 1, 4, tzinfo=UTC)
    closes = picking_closes(opens, 72)

    assert closes == datetime(2031, 7, 4, 4, tzinfo=UTC)
    assert is_picking_open(opens, opens, closes)
    assert is_picking_open(closes - timedelta(microseconds=1), opens, closes)
    assert not is_picking_open(closes, opens, closes)
    assert not is_picking_open(opens - timedelta(microseconds=1), opens, closes)


@pytest.mark.parametrize(
    ("students", "blocks"),
    [(0, 0), (1, 1), (35, 1), (40, 1), (41, 2), (70, 2), (75, 2), (80, 2), (81, 3), (105, 3), (120, 3), (121, 4)],
)
def test_blocks_come_near_thirty_five_and_never_above_forty(students, blocks):
    assert blocks_needed(students, 35, 40) == blocks


@given(st.integers(1, 5_000), st.integers(1, 60), st.integers(0, 40))
def test_no_number_of_blocks_comes_nearer_to_the_target_with_nobody_above_the_maximum(students, target, more):
    maximum = target + more
    chosen = blocks_needed(students, target, maximum)

    allowed = [number for number in range(1, students + 1) if students <= number * maximum]
    nearest = min(abs(Decimal(students) / number - target) for number in allowed)
    assert abs(Decimal(students) / chosen - target) == nearest
    assert max(sizes(students, chosen)) <= maximum
    assert sum(sizes(students, chosen)) == students


def test_blocks_are_named_in_order_and_meet_in_turn_in_the_morning_and_afternoon():
    planned = plan_blocks("BSIT", 1, 110, target=35, maximum=40, standing=["bsit-1a"])

    assert [(block.code, block.session, block.students) for block in planned] == [
        ("BSIT-1B", "PM", 37),
        ("BSIT-1C", "AM", 36),
    ]
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_laboratory_units_belong_to_whoever_teaches_the_laboratory_else_to_the_owner():
    lecture, lab = Decimal(3), Decimal(1)
    alone = Taught("ana", "A", "LEC", True, lecture, lab)
    shared = [Taught("ana", "B", "LEC", True, lecture, lab), Taught("ben", "B", "LAB", False, lecture, lab)]
    unnamed = [Taught("ana", "C", "LEC", True, lecture, lab), Taught(None, "C", "LAB", False, lecture, lab)]

    assert load_of([alone]) == {"ana": Decimal(4)}
    assert load_of(shared) == {"ana": Decimal(3), "ben": Decimal(1)}
    assert load_of(unnamed) == {"ana": Decimal(4)}
