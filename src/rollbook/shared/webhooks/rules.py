"""Endpoint keys, and when an event that waits is tried again. Pure."""

import re
from datetime import datetime, timedelta
from uuid import UUID

_KEY = re.compile(r"([0-9a-f]{32})_[A-Za-z0-9_-]{16,40}\Z")
#: What waits for something else is tried again for this long.
WAITS_FOR = timedelta(hours=24)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


def new_endpoint_key(organisation_id: UUID, secret: str) -> str:
    """The last part of an address for events: it names the organisation and cannot be guessed."""
    return f"{organisation_id.hex}_{secret}"


def organisation_of_key(endpoint_key: str) -> UUID | None:
    """The organisation that an endpoint key names; None when it is no key of ours."""
    found = _KEY.match(endpoint_key)
    return UUID(found.group(1)) if found else None


def next_try(tries: int, now: datetime) -> datetime:
    """After a minute, two, four … an hour."""
    doubled: int = 2 ** min(max(tries - 1, 0), 10)
    return now + min(LONGEST_PAUSE, FIRST_PAUSE * doubled)
