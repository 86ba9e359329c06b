"""The columns of a timetable file, and how days and hours are written in it."""

from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid
from rollbook.systems.college.scheduling.rules import read_time

#: What a timetable file may say of each weekly hour. `section` is also the block's code where one has it.
COLUMNS = (
    "subject", "section", "component", "day", "start", "end", "room", "professor", "capacity", "waitlist_capacity",
    "from", "to",
)  # fmt: skip
NEEDED = ("subject", "section", "day", "start", "end")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: What registrars write besides whole words and their beginnings.
_SHORT = {"m": 1, "t": 2, "w": 3, "th": 4, "h": 4, "f": 5, "s": 6}


def read_day(text: str) -> int | None:
    """The weekday that was written: Monday, Mon, M or 1; nothing where it is to be announced."""
    word = text.strip().lower().rstrip(".")
    if word in {"", "tba"}:
        return None
    if word.isdigit() and 1 <= int(word) <= 7:
        return int(word)
    if word in _SHORT:
        return _SHORT[word]
    found = [number for number, name in enumerate(_DAYS, start=1) if len(word) >= 2 and name.startswith(word)]
    if len(found) != 1:
        raise Invalid.field("day", _("Write a day such as Monday, Mon or 1, or TBA."))
    return found[0]


def read_span(start: str, end: str) -> tuple[int | None, int | None]:
    """From when to when; nothing where it is to be announced."""
    return _time("start", start), _time("end", end)


def _time(column: str, text: str) -> int | None:
    if text.strip().lower() in {"", "tba"}:
        return None
    minute = read_time(text)
    if minute is None:
        raise Invalid.field(column, _("Write the time as 08:30, up to 24:00, or TBA."))
    return minute
