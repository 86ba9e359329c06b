"""Counting how often somebody tries, over all processes of the installation.

One upsert per count, in a transaction of its own: a count that a refusal rolls back counts nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from rollbook.core import clock
from rollbook.core.errors import TooManyRequests

_COUNT = """
INSERT INTO identity_ratewindow AS w (key, used, ends_at) VALUES (%(key)s, %(n)s, %(ends_at)s)
ON CONFLICT (key) DO UPDATE
   SET used = CASE WHEN w.ends_at <= %(now)s THEN excluded.used ELSE w.used + excluded.used END,
       ends_at = CASE WHEN w.ends_at <= %(now)s THEN excluded.ends_at ELSE w.ends_at END
RETURNING used, ends_at
"""
_ONCE = """
INSERT INTO identity_ratewindow AS w (key, used, ends_at) VALUES (%(key)s, 1, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at WHERE w.ends_at <= %(now)s
RETURNING used
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each span, which begins with the first try."""

    name: str
    times: int
    span: timedelta


def count(limit: Limit, subject: str, times: int = 1) -> tuple[int, datetime]:
    """Count tries of a subject; return how many there were in this span, and when it ends."""
    now = clock.now()
    values: dict[str, Any] = {
        "key": key(limit, subject),
        "n": times,
        "now": now,
        "ends_at": now + limit.span,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        used, ends_at = cursor.fetchone()
    return used, ends_at


def strike(limit: Limit, subject: str) -> None:
    """Count one try, and refuse when there were too many."""
    used, ends_at = count(limit, subject)
    if used > limit.times:
        raise TooManyRequests(retry_after=seconds_until(ends_at))


def refuse_if_spent(limit: Limit, subject: str) -> None:
    """Refuse when the tries of this span are used up; count nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT used, ends_at FROM identity_ratewindow WHERE key = %s AND ends_at > %s",
            [key(limit, subject), clock.now()],
        )
        row = cursor.fetchone()
    if row and row[0] >= limit.times:
        raise TooManyRequests(retry_after=seconds_until(row[1]))


def forgive(limit: Limit, subject: str) -> None:
    """Forget the tries of a subject, after one succeeded."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_ratewindow WHERE key = %s", [key(limit, subject)])


def is_first(name: str, subject: str, lasts: timedelta) -> bool:
    """Whether this happens for the first time within a span: a second factor's code is good for one use."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_ONCE, {"key": f"{name}:{subject}", "now": now, "ends_at": now + lasts})
        return cursor.fetchone() is not None


def sweep() -> int:
    """Remove spans that are over; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_ratewindow WHERE ends_at <= %s", [clock.now()])
        return int(cursor.rowcount)


def seconds_until(moment: datetime) -> int:
    """Whole seconds from now, at least one."""
    return max(1, round((moment - clock.now()).total_seconds()))


def key(limit: Limit, subject: str) -> str:
    """Under what the tries of a subject are counted."""
    return f"{limit.name}:{subject}"
