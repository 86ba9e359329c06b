"""A week drawn as a table: days across, hours down. Pure; what overlaps shares a cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import gcd
from typing import Any

from rollbook.systems.college.scheduling.rules import time_text

_HOUR = 60
_FINEST = 5
#: Monday to Friday stand even when they are empty.
_ALWAYS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a day: classes over some rows, or nothing in one row."""

    rows: int
    entries: tuple[Any, ...] = ()
    #: Where it stands in the week.
    weekday: int = 0
    minute: int = 0


@dataclass(slots=True)
class Row:
    """One step of time. Only full hours carry their name."""

    label: str
    span: int
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """The days that are shown and the rows of time."""

    weekdays: tuple[int, ...]
    rows: list[Row]
    #: Minutes of one row, for its height.
    step: int


def week_grid(entries: Sequence[Any]) -> WeekGrid | None:
    """The week of some meetings; nothing when none of them has a time."""
    timed = [entry for entry in entries if entry.weekday is not None]
    if not timed:
        return None
    step = _step(timed)
    first = min(entry.start_min for entry in timed) // _HOUR * _HOUR
    last = -(-max(entry.end_min for entry in timed) // _HOUR) * _HOUR
    weekdays = tuple(day for day in range(1, 8) if day in _ALWAYS or any(entry.weekday == day for entry in timed))
    columns = [_column([entry for entry in timed if entry.weekday == day], first, last, step) for day in weekdays]
    rows = []
    for index, minute in enumerate(range(first, last, step)):
        is_hour = minute % _HOUR == 0
        row = Row(time_text(minute) if is_hour else "", _HOUR // step if is_hour else 0)
        row.cells = [
            replace(column[index], weekday=day, minute=minute)
            for day, column in zip(weekdays, columns, strict=True)
            if column[index] is not None
        ]
        rows.append(row)
    return WeekGrid(weekdays, rows, step)


def _step(entries: Sequence[Any]) -> int:
    step = 30
    for entry in entries:
        step = gcd(step, gcd(entry.start_min, entry.end_min))
    return max(step, _FINEST)


def _column(entries: Sequence[Any], first: int, last: int, step: int) -> list[Any]:
    """For each row of a day: what begins there, an empty cell, or None where something goes on."""
    column: list[Any] = [Cell(1) for _ in range(first, last, step)]
    for cluster in _clusters(entries):
        begin = (min(entry.start_min for entry in cluster) - first) // step
        end = -(-(max(entry.end_min for entry in cluster) - first) // step)
        standing = column[begin]
        if standing is None:
            # A minute that is no multiple of the step: it shares the row of what ends in it.
            begin = next(index for index in range(begin, -1, -1) if column[index] is not None)
            standing = column[begin]
        together = (*standing.entries, *cluster)
        column[begin] = Cell(max(end - begin, standing.rows), together)
        for index in range(begin + 1, begin + column[begin].rows):
            column[index] = None
    return column


def _clusters(entries: Sequence[Any]) -> list[list[Any]]:
    """Meetings that overlap, directly or by way of others, together."""
    found: list[list[Any]] = []
    reach = -1
    for entry in sorted(entries, key=lambda one: (one.start_min, one.end_min, one.class_name)):
        if found and entry.start_min < reach:
            found[-1].append(entry)
        else:
            found.append([entry])
        reach = max(reach, entry.end_min)
    return found
