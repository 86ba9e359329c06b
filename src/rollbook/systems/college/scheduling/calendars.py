"""A timetable as RFC 5545 writes it, for the calendars of telephones. Pure: the same classes give the same text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST_LINE = 75
_UTC = "%Y%m%dT%H%M%SZ"
_LOCAL = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class WeeklyClass:
    """One weekly hour of a class, with the days on which it does not meet."""

    meeting_id: UUID
    title: str
    place: str
    note: str
    weekday: int
    start_min: int
    end_min: int
    from_date: date
    to_date: date
    version: int
    changed_at: datetime
    cancelled: Sequence[date] = field(default_factory=tuple)


def calendar_text(name: str, zone_name: str, classes: Iterable[WeeklyClass]) -> str:
    """A whole calendar: the time zone, then one weekly event for each class."""
    events = [each for each in classes if first_day(each) <= each.to_date]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rollbook//College schedule//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}", f"X-WR-TIMEZONE:{zone_name}",
    ]  # fmt: skip
    if events:
        first = min(each.from_date for each in events)
        last = max(each.to_date for each in events)
        lines += time_zone(zone_name, first, last)
    for each in events:
        lines += _event(each, zone_name)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def first_day(weekly: WeeklyClass) -> date:
    """The first day on or after the beginning on which the class meets."""
    return weekly.from_date + timedelta(days=(weekly.weekday - weekly.from_date.isoweekday()) % 7)


def _event(weekly: WeeklyClass, zone_name: str) -> list[str]:
    zone = ZoneInfo(zone_name)
    day = first_day(weekly)
    # The last day counts to its end, wherever in UTC that falls.
    until = datetime.combine(weekly.to_date + timedelta(days=1), time.min, tzinfo=zone) - timedelta(seconds=1)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{weekly.meeting_id}@rollbook",
        f"DTSTAMP:{weekly.changed_at.astimezone(UTC).strftime(_UTC)}",
        f"SEQUENCE:{weekly.version}",
        f"DTSTART;TZID={zone_name}:{_at(day, weekly.start_min)}",
        f"DTEND;TZID={zone_name}:{_at(day, weekly.end_min)}",
        f"RRULE:FREQ=WEEKLY;BYDAY={_DAYS[weekly.weekday - 1]};UNTIL={until.astimezone(UTC).strftime(_UTC)}",
        *(f"EXDATE;TZID={zone_name}:{_at(off, weekly.start_min)}" for off in sorted(weekly.cancelled)),
        f"SUMMARY:{_text(weekly.title)}",
    ]
    lines += [f"LOCATION:{_text(weekly.place)}"] if weekly.place else []
    lines += [f"DESCRIPTION:{_text(weekly.note)}"] if weekly.note else []
    return [*lines, "END:VEVENT"]


def _at(day: date, minute: int) -> str:
    return (datetime.combine(day, time.min) + timedelta(minutes=minute)).strftime(_LOCAL)


def time_zone(zone_name: str, first: date, last: date) -> list[str]:
    """The definition of a time zone over some days: its offset at the beginning, and every change until the end."""
    zone = ZoneInfo(zone_name)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone_name}"]
    start = datetime.combine(first - timedelta(days=1), time.min, tzinfo=UTC)
    lines += _observance(zone, start, before=start)
    moment, end = start, datetime.combine(last + timedelta(days=2), time.min, tzinfo=UTC)
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(zone, following) != _offset(zone, moment):
            change = _change_between(zone, moment, following)
            lines += _observance(zone, change, before=moment)
        moment = following
    return [*lines, "END:VTIMEZONE"]


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first minute at which the offset is another one."""
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=int((high - low).total_seconds() // 120))
        if _offset(zone, middle) == _offset(zone, low):
            low = middle
        else:
            high = middle
    return high


def _observance(zone: ZoneInfo, moment: datetime, *, before: datetime) -> list[str]:
    kind = "DAYLIGHT" if moment.astimezone(zone).dst() else "STANDARD"
    old, new = _offset(zone, before), _offset(zone, moment)
    # The wall clock's reading just before it was set.
    local = (moment + old).replace(tzinfo=None)
    return [
        f"BEGIN:{kind}", f"DTSTART:{local.strftime(_LOCAL)}", f"TZOFFSETFROM:{_offset_text(old)}",
        f"TZOFFSETTO:{_offset_text(new)}", f"TZNAME:{_text(moment.astimezone(zone).tzname() or 'LMT')}", f"END:{kind}",
    ]  # fmt: skip


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _text(text: str) -> str:
    """Text as a property's value: what would end it is escaped."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 octets, none of which cuts a letter in two."""
    pieces: list[str] = []
    piece, room = "", _LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(piece)
            piece, room = " ", _LONGEST_LINE - 1
        piece += letter
        room -= size
    return [*pieces, piece]
