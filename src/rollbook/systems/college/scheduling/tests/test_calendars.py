"""A timetable as RFC 5545 writes it, and as a week is drawn. No database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from rollbook.systems.college.scheduling.calendars import WeeklyClass, calendar_text, first_day, time_zone
from rollbook.systems.college.scheduling.weekgrid import week_grid

MONDAY = WeeklyClass(
    UUID(int=5), "IT101 A", "R101; North, Hall", "Programming\nPaz Aquino", 1, 480, 570, date(2031, 8, 1),
    date(2031, 12, 31), 3, datetime(2031, 7, 1, 4, tzinfo=UTC), (date(2031, 8, 25),),
)  # fmt: skip


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_a_class_is_a_weekly_event_from_its_first_day_to_the_end_of_its_last():
    lines = unfolded(calendar_text("Classes", "Asia/Manila", [MONDAY]))

    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rollbook//College schedule//EN"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    assert event == [
        "BEGIN:VEVENT",
        "UID:00000000-0000-0000-0000-000000000005@rollbook",
        "DTSTAMP:20310701T040000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Asia/Manila:20310804T080000",
        "DTEND;TZID=Asia/Manila:20310804T093000",
        # 31 December to its last second in Manila, said in UTC.
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20311231T155959Z",
        "EXDATE;TZID=Asia/Manila:20310825T080000",
        "SUMMARY:IT101 A",
        "LOCATION:R101\\; North\\, Hall",
        "DESCRIPTION:Programming\\nPaz Aquino",
    ]


def test_a_class_to_midnight_ends_on_the_next_day():
    late = WeeklyClass(
        UUID(int=1), "IT101 A", "", "", 1, 1320, 1440, date(2031, 8, 4), date(2031, 8, 4), 1,
        datetime(2031, 7, 1, tzinfo=UTC),
    )  # fmt: skip

    lines = unfolded(calendar_text("Classes", "Asia/Manila", [late]))

    assert "DTEND;TZID=Asia/Manila:20310805T000000" in lines
    assert not [line for line in lines if line.startswith(("LOCATION", "DESCRIPTION", "EXDATE"))]


def test_a_class_that_never_falls_into_its_days_is_left_out():
    never = WeeklyClass(
        UUID(int=1), "IT101 A", "", "", 1, 480, 570, date(2031, 8, 5), date(2031, 8, 8), 1,
        datetime(2031, 7, 1, tzinfo=UTC),
    )  # fmt: skip

    assert first_day(never) == date(2031, 8, 11)
    assert "BEGIN:VEVENT" not in calendar_text("Classes", "Asia/Manila", [never])


def test_lines_are_folded_at_75_octets_and_no_letter_is_cut():
    long = calendar_text("Ñandú " * 40, "Asia/Manila", [])

    assert max(len(line.encode()) for line in long.split("\r\n")) <= 75
    assert "X-WR-CALNAME:" + "Ñandú " * 40 in unfolded(long)


def test_a_zone_without_summer_time_has_one_offset():
    assert time_zone("Asia/Manila", date(2031, 8, 1), date(2031, 12, 31))[2:-1] == [
        "BEGIN:STANDARD", "DTSTART:20310731T080000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "TZNAME:PST",
        "END:STANDARD",
    ]  # fmt: skip


def test_a_zone_with_summer_time_names_each_change_to_the_minute():
    lines = time_zone("America/New_York", date(2031, 8, 1), date(2032, 5, 31))

    starts = [line for line in lines if line.startswith("DTSTART")]
    assert starts[1:] == ["DTSTART:20311102T020000", "DTSTART:20320314T020000"]
    assert [line for line in lines if line.startswith("TZOFFSETTO")] == [
        "TZOFFSETTO:-0400", "TZOFFSETTO:-0500", "TZOFFSETTO:-0400",
    ]  # fmt: skip


@pytest.mark.parametrize("zone_name", ["Europe/Berlin", "Africa/Nairobi", "Asia/Kathmandu", "America/St_Johns"])
def test_every_day_of_a_term_has_the_offset_that_the_definition_gives_it(zone_name):
    first, last = date(2031, 2, 1), date(2031, 11, 30)
    lines = time_zone(zone_name, first, last)
    changes = []
    for index, line in enumerate(lines):
        if line.startswith("DTSTART"):
            offset = lines[index + 2].split(":", 1)[1]
            minutes = (int(offset[1:3]) * 60 + int(offset[3:])) * (-1 if offset[0] == "-" else 1)
            changes.append((datetime.strptime(line[8:], "%Y%m%dT%H%M%S"), timedelta(minutes=minutes)))  # noqa: DTZ007

    day = first
    while day <= last:
        noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 — the wall clock
        said = max((change for change in changes if change[0] <= noon), key=lambda change: change[0])[1]
        assert said == noon.replace(tzinfo=ZoneInfo(zone_name)).utcoffset(), day
        day += timedelta(days=1)


@dataclass(frozen=True)
class Hour:
    """A meeting for the drawing."""

    class_name: str
    weekday: int | None
    start_min: int | None
    end_min: int | None


def test_a_week_is_drawn_from_its_first_hour_to_its_last_with_a_row_for_each_step():
    grid = week_grid([Hour("A", 1, 480, 570), Hour("B", 3, 600, 660), Hour("C", None, None, None)])

    assert (grid.weekdays, grid.step, len(grid.rows)) == ((1, 2, 3, 4, 5), 30, 6)
    assert [(row.label, row.span) for row in grid.rows] == [
        ("08:00", 2), ("", 0), ("09:00", 2), ("", 0), ("10:00", 2), ("", 0),
    ]  # fmt: skip
    assert [len(row.cells) for row in grid.rows] == [5, 4, 4, 5, 5, 4]
    assert [entry.class_name for entry in grid.rows[0].cells[0].entries] == ["A"]
    assert grid.rows[0].cells[0].rows == 3


def test_what_overlaps_shares_a_cell_and_touching_classes_do_not():
    grid = week_grid([Hour("A", 1, 480, 540), Hour("B", 1, 510, 600), Hour("C", 1, 600, 660)])
    taken = [cell for row in grid.rows for cell in row.cells if cell.entries]

    assert [[entry.class_name for entry in cell.entries] for cell in taken] == [["A", "B"], ["C"]]
    assert [cell.rows for cell in taken] == [4, 2]


@pytest.mark.parametrize("ends", [(543, 544), (550, 551), (541, 541)])
def test_odd_minutes_keep_every_column_whole(ends):
    grid = week_grid([Hour("A", 1, 480, ends[0]), Hour("B", 1, ends[1], ends[1] + 90)])

    # Every row has as many columns as days, those that a class above reaches into counted in.
    filled = [0] * len(grid.rows)
    for index, row in enumerate(grid.rows):
        for cell in row.cells:
            for below in range(index, index + cell.rows):
                filled[below] += 1
    assert set(filled) == {len(grid.weekdays)}


def test_a_week_of_nothing_is_no_week():
    assert week_grid([]) is None
    assert week_grid([Hour("A", None, None, None)]) is None
