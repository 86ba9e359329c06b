"""Identifiers: UUID version 7, made by us, so that rows sort by the moment they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): 48 bits of milliseconds, then randomness."""
    return uuid7()
