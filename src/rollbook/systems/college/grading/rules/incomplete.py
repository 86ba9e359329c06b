"""How long an incomplete stays open (R45, R46)."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: On which days before the deadline the student is warned.
WARNING_DAYS = (30, 7)
#: A head registrar may give this many more days at a time, and so many times (3.6).
LONGEST_EXTENSION_DAYS = 90
MOST_EXTENSIONS = 2


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave of absence, both days included. One without a last day is still running."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which an incomplete can still be resolved, and the days of leave it was moved by."""

    #: None while an open-ended leave holds the clock.
    day: date | None
    paused_days: int

    def has_passed(self, today: date) -> bool:
        """The deadline day itself still counts."""
        return self.day is not None and today > self.day


def months_later(day: date, months: int) -> date:
    """The same day so many calendar months later; the last of a shorter month stands for days it lacks."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def deadline_of(start: date, months: int, *, extension_days: int = 0, leaves: Iterable[Leave] = ()) -> Deadline:
    """The least day d that equals the base day, the extensions and the days of leave in (start, d] together.

    A day within two leaves counts once. A leave that begins after the deadline reopens nothing. Walking the leaves in
    their order finds the least such day: a leave that has begun by then always counts to its end, since each of its
    days moves the deadline by one.
    """
    day = months_later(start, months) + timedelta(days=extension_days)
    paused = 0
    counted_through = start
    for leave in sorted(leaves, key=lambda leave: leave.first):
        first = max(leave.first, counted_through + timedelta(days=1))
        if leave.last is not None and leave.last < first:
            continue
        if first > day:
            break
        if leave.last is None:
            return Deadline(None, paused)
        days = (leave.last - first).days + 1
        day += timedelta(days=days)
        paused += days
        counted_through = leave.last
    return Deadline(day, paused)


def warning_due(deadline: date | None, today: date, *, warned: Iterable[int] = ()) -> int | None:
    """Which warning is due today: 30 or 7 days before, each once. A missed day is caught up until the deadline.

    Where both are due (a short extension, a missed month), only the nearer one is given.
    """
    if deadline is None or today > deadline:
        return None
    left = (deadline - today).days
    due = [days for days in WARNING_DAYS if left <= days]
    nearest = min(due, default=None)
    return None if nearest is None or nearest in set(warned) else nearest
