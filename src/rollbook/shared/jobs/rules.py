"""Pure rules: when a schedule is due in a local time zone, and how long a failed job waits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

#: A failed job is tried again after 60, 120, 240 … seconds, plus up to a quarter of it.
BACK_OFF_SECONDS = 60
JITTER_SHARE = 0.25
MINUTE = timedelta(minutes=1)


def is_cron(expression: str) -> bool:
    """Tell whether an expression is five well-formed cron fields."""
    return len(expression.split()) == 5 and croniter.is_valid(expression)


def next_due(expression: str, timezone: str, after: datetime) -> datetime:
    """The first moment after `after` at which a schedule runs, by the calendar of a time zone.

    A local time that does not exist (clocks go forward) runs at the next valid minute; one that occurs
    twice (clocks go back) runs once, at its first occurrence. A schedule that runs in every hour follows
    the hours as they pass instead, so nothing pauses while clocks go back.
    """
    zone = ZoneInfo(timezone)
    if expression.split()[1] == "*":
        return _next_by_elapsed_time(expression, zone, after)
    local = after.astimezone(zone).replace(tzinfo=None)
    # One hour back: while clocks go back, local time runs twice and `local` may already be past its first pass.
    iterator = croniter(expression, local - timedelta(hours=2))
    while True:
        moment = _instant(iterator.get_next(datetime), zone)
        if moment > after:
            return moment


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which local clocks show this time; where it does not exist, the next one that does."""
    while True:
        moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += MINUTE


def _next_by_elapsed_time(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    moment = after.astimezone(UTC).replace(second=0, microsecond=0)
    # Within one hour the offset of the zone may change, so each pass asks again; a day and a month are
    # skipped at once, so this ends after a few passes.
    while True:
        local = moment.astimezone(zone).replace(tzinfo=None)
        step: timedelta = croniter(expression, local).get_next(datetime) - local
        candidate = moment + step
        if candidate.astimezone(zone).utcoffset() == moment.astimezone(zone).utcoffset():
            return candidate
        moment = _end_of_offset(moment, candidate, zone)
        if croniter.match(expression, moment.astimezone(zone).replace(tzinfo=None)):
            return moment


def _end_of_offset(earlier: datetime, later: datetime, zone: ZoneInfo) -> datetime:
    """The first minute after `earlier` at which the zone has another offset than at `earlier`."""
    offset = earlier.astimezone(zone).utcoffset()
    low, high = earlier, later
    while high - low > MINUTE:
        middle = low + MINUTE * (int((high - low) / MINUTE) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def back_off(attempts_so_far: int, chance: float) -> timedelta:
    """How long a job waits before it is tried again; `chance` (0 to 1) spreads jobs that failed together."""
    seconds = BACK_OFF_SECONDS * 2 ** max(attempts_so_far, 0)
    return timedelta(seconds=seconds * (1 + JITTER_SHARE * chance))
