"""The only place that reads the clock. An act asks once and passes the moment on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return _frozen.get() or datetime.now(UTC)


def local_date(moment: datetime, timezone: str) -> date:
    """Return the calendar day it is at `moment` in an IANA time zone such as Asia/Manila."""
    return moment.astimezone(ZoneInfo(timezone)).date()


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment; for tests and rehearsals only."""
    if moment.tzinfo is None:
        raise ValueError("A frozen moment needs a time zone.")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
