"""Actors and records for tests of rooms that write to the trail."""

import threading
import time
from typing import Any
from uuid import UUID

from rollbook.core import ids
from rollbook.core.audit.models import Seal
from rollbook.core.audit.services import seal_entries, verify
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation


def an_actor(organisation: Organisation, *permissions: str, user_id: UUID | None = None, **known: Any) -> Actor:
    """Somebody who is signed in and holds exactly these permissions."""
    circumstances: dict[str, Any] = {
        "request_id": "req-1",
        "ip": "203.0.113.7",
        "user_agent": "Firefox",
        "permissions": frozenset(permissions),
    }
    return Actor(organisation_id=organisation.id, user_id=user_id or ids.new_id(), **circumstances | known)


def a_payment() -> tuple[str, UUID]:
    """A target that is not there: the trail refers to records by name and id only."""
    return ("billing.payment", ids.new_id())


def seal_all(organisation: Organisation, *, within_seconds: int = 30) -> list[Seal]:
    """Seal until nothing waits. Anybody's open transaction in the same cluster holds sealing back a moment."""
    seals: list[Seal] = []
    ends = time.monotonic() + within_seconds
    while True:
        seals += seal_entries(organisation.id)
        if not verify(organisation.id).waiting:
            return seals
        if time.monotonic() > ends:
            raise TimeoutError(f"Entries still waited to be sealed after {within_seconds} seconds.")
        threading.Event().wait(0.02)
