"""The demonstration's days, counted from the day it is loaded: this term began five weeks ago."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Manila")


@dataclass(frozen=True, slots=True)
class TermDays:
    """One term of the demonstration."""

    code: str
    academic_year: str
    kind: str
    starts_on: date
    ends_on: date
    first_due_on: date


def terms(today: date) -> tuple[TermDays, TermDays]:
    """The term before, and the one that is running."""
    begins = today - timedelta(days=35)
    before_begins, before_ends = begins - timedelta(days=170), begins - timedelta(days=14)
    year = before_begins.year
    years = f"{year}-{year + 1}"
    return (
        TermDays(f"{year}-1", years, "FIRST", before_begins, before_ends, before_begins + timedelta(days=7)),
        TermDays(f"{year}-2", years, "SECOND", begins, begins + timedelta(days=150), begins + timedelta(days=7)),
    )


def working_days(today: date, count: int) -> list[date]:
    """The last `count` weekdays before today, oldest first."""
    day = today
    days: list[date] = []
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local moment of a day."""
    return datetime.combine(day, time(hour, minute), ZONE)
