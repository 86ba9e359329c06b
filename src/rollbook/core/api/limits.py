"""How often somebody may ask, per class of route, over all web processes.

A process takes permits from the shared table in small leases (a twentieth of the limit) and spends them in
memory, so most requests cost no statement. The limit is never exceeded; a caller whose requests are spread
over W processes may be refused up to (W - 1) leases early. See docs/decisions/rate-limits.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from rollbook.core import clock
from rollbook.core.errors import TooManyRequests
from rollbook.core.identity import counting
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.door import client_of
from rollbook.core.permissions.actor import Actor

#: Routes without sign-in, per address.
ANONYMOUS = Limit("anonymous", times=100, span=timedelta(hours=1))
#: Everything that asks for sign-in, per person or token.
SIGNED_IN = Limit("signed-in", times=1000, span=timedelta(hours=1))
#: Payments and enrolment: counted apart, so that a queue at a counter is never stopped by other work.
MONEY = Limit("money", times=60, span=timedelta(minutes=1))

_LEASES_PER_LIMIT = 20
_MOST_SUBJECTS = 20_000
_SWEEP_EVERY = 500


@dataclass(slots=True)
class _Lease:
    """Permits of one subject that this process may still spend."""

    left: int
    ends_at: datetime


_lock = Lock()
#: Held while a lease is fetched, so that requests which find none at the same moment share the one that is coming.
#: A subject's lock is one of these; two subjects that share one wait for each other for a statement, no more.
_fetching = [Lock() for _ in range(64)]
_process_leases: dict[str, _Lease] = {}
_process_fetches = count()


def spend(limit: Limit, subject: str) -> bool:
    """Spend one permit from memory, and refuse when the limit is reached. False: none is held here, fetch one."""
    key = counting.key(limit, subject)
    now = clock.now()
    with _lock:
        lease = _process_leases.get(key)
        if lease is None or lease.ends_at <= now or lease.left == 0:
            return False
        if lease.left < 0:
            raise TooManyRequests(retry_after=counting.seconds_until(lease.ends_at))
        lease.left -= 1
        return True


def fetch(limit: Limit, subject: str) -> None:
    """Spend one permit of a lease that all processes can see; refuse when there is none left.

    Not inside a transaction: a refusal would give the permits back. Whoever waited while another request of this
    process fetched a lease spends a permit of that one.
    """
    key = counting.key(limit, subject)
    with _fetching[hash(key) % len(_fetching)]:
        if spend(limit, subject):
            return
        ends_at = _fetch_a_lease(limit, subject)
    _sweep_now_and_then()
    if ends_at is not None:
        raise TooManyRequests(retry_after=counting.seconds_until(ends_at))


def _fetch_a_lease(limit: Limit, subject: str) -> datetime | None:
    """Take a lease and spend one permit of it. When none is left, say when there will be some again."""
    effective = replace(limit, times=limit.times * settings.RATE_LIMIT_FACTOR)
    wanted = max(1, effective.times // _LEASES_PER_LIMIT)
    used, ends_at = counting.count(effective, subject, wanted)
    granted = wanted - max(0, used - effective.times)
    with _lock:
        _forget_old_leases()
        # One below zero means: nothing more before the span ends, without asking again.
        _process_leases[counting.key(limit, subject)] = _Lease(max(granted - 1, -1), ends_at)
    return None if granted > 0 else ends_at


def check(limit: Limit, subject: str) -> None:
    """Spend one permit, fetching a lease if need be. For code that is in no transaction."""
    if not spend(limit, subject):
        fetch(limit, subject)


def check_visitor(request: HttpRequest, limit: Limit = ANONYMOUS) -> None:
    """Spend one permit of the address that asks; for public pages and endpoints."""
    check(limit, f"ip:{client_of(request).ip}")


def subject_of(actor: Actor) -> str:
    """Whose permits a request spends: the token's, or the person's who really acts."""
    return f"token:{actor.token_id}" if actor.token_id else f"user:{actor.impersonator_id or actor.user_id}"


def forget_leases() -> None:
    """Give up what this process holds; for tests and for a change of settings."""
    with _lock:
        _process_leases.clear()


def _forget_old_leases() -> None:
    if len(_process_leases) < _MOST_SUBJECTS:
        return
    now = clock.now()
    for key in [key for key, lease in _process_leases.items() if lease.ends_at <= now]:
        del _process_leases[key]
    if len(_process_leases) >= _MOST_SUBJECTS:
        _process_leases.clear()


def _sweep_now_and_then() -> None:
    if next(_process_fetches) % _SWEEP_EVERY == _SWEEP_EVERY - 1:
        counting.sweep()
