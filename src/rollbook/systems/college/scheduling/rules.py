"""When two meetings conflict, how hours are read and written, when picking is open. No database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MINUTES_OF_A_DAY = 1440
NOON = 720
SPLIT_AT_MIDNIGHT = gettext_lazy(
    "A meeting begins and ends on one day: split at midnight, "
    "such as 22:00 to 24:00 and 00:00 to 01:00 on the next day."
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly hour over a range of days: [start, end) in minutes, both days included."""

    weekday: int
    start_min: int
    end_min: int
    from_date: date
    to_date: date


def in_conflict(one: Slot | None, other: Slot | None) -> bool:
    """Tell whether two meetings conflict (R14). One without a time never does; touching ends do not either."""
    if one is None or other is None or one.weekday != other.weekday:
        return False
    hours_meet = one.start_min < other.end_min and other.start_min < one.end_min
    return hours_meet and one.from_date <= other.to_date and other.from_date <= one.to_date


def conflicts_between(ones: Iterable[Slot | None], others: Sequence[Slot | None]) -> list[tuple[Slot, Slot]]:
    """Every pair of slots, one of each side, that conflict."""
    return [
        (one, other)
        for one in ones
        for other in others
        if one is not None and other is not None and in_conflict(one, other)
    ]


def wrong_hours(weekday: int | None, start_min: int | None, end_min: int | None) -> dict[str, str]:
    """What is wrong with the hours of a meeting, by field. Neither day nor time is right too: yet to be said."""
    given = [value is not None for value in (weekday, start_min, end_min)]
    if not any(given):
        return {}
    if weekday is None or start_min is None or end_min is None:
        missing = ("weekday", "start_min", "end_min")[given.index(False)]
        return {missing: _("Say the day, the start and the end, or none of them.")}
    if not 1 <= weekday <= 7:
        return {"weekday": _("Choose a day from Monday (1) to Sunday (7).")}
    if not 0 <= start_min < MINUTES_OF_A_DAY:
        return {"start_min": _("Enter a start from 00:00 to 23:59.")}
    if not 0 <= end_min <= MINUTES_OF_A_DAY or end_min <= start_min:
        return {"end_min": str(SPLIT_AT_MIDNIGHT)}
    return {}


def read_time(text: str) -> int | None:
    """The minute of the day that was typed, such as 8:30, 08:30, 0830 or 24:00; None when it is none."""
    digits = text.strip().replace(".", ":")
    hours, colon, minutes = digits.partition(":")
    if not colon and len(digits) in (3, 4):
        hours, minutes = digits[:-2], digits[-2:]
    minutes = minutes or "00"
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit() and len(minutes) == 2):
        return None
    minute = int(hours) * 60 + int(minutes)
    return minute if int(minutes) < 60 and minute <= MINUTES_OF_A_DAY else None


def time_text(minute: int) -> str:
    """A minute of the day as people write it: 510 is 08:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hours_text(start_min: int | None, end_min: int | None) -> str:
    """From when to when: 08:00–09:30."""
    if start_min is None or end_min is None:
        return ""
    return f"{time_text(start_min)}–{time_text(end_min)}"


def half_days_of(weekday: int, start_min: int, end_min: int) -> list[str]:
    """The halves of days that a meeting touches, as availability names them."""
    halves = (["AM"] if start_min < NOON else []) + (["PM"] if end_min > NOON else [])
    return [f"{weekday}-{half}" for half in halves]


def is_available(availability: Iterable[str], slot: Slot) -> bool:
    """Tell whether somebody can teach in all of a meeting."""
    return set(half_days_of(slot.weekday, slot.start_min, slot.end_min)) <= set(availability)


def picking_closes(opens_at: datetime, hours: int) -> datetime:
    """When picking ends that opens now and lasts so many hours (R17)."""
    return opens_at + timedelta(hours=hours)


def is_picking_open(moment: datetime, opens_at: datetime, closes_at: datetime) -> bool:
    """Tell whether classes are picked at a moment: the opening counts, the closing instant does not."""
    return opens_at <= moment < closes_at


@dataclass(frozen=True, slots=True)
class Taught:
    """One assignment with what its subject counts: who teaches which part of which section."""

    professor: object
    section: object
    component: str
    is_owner: bool
    lecture_units: Decimal
    lab_units: Decimal


def load_of(taught: Sequence[Taught]) -> dict[object, Decimal]:
    """The units that each professor teaches. Laboratory units nobody is assigned to belong to who owns the grades."""
    with_lab = {each.section for each in taught if each.component == "LAB" and each.professor is not None}
    units: dict[object, Decimal] = {}
    for each in taught:
        if each.professor is None:
            continue
        own = each.lab_units if each.component == "LAB" else each.lecture_units
        if each.component == "LEC" and each.is_owner and each.section not in with_lab:
            own += each.lab_units
        units[each.professor] = units.get(each.professor, Decimal(0)) + own
    return units
