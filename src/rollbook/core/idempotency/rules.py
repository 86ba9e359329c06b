"""Keys and fingerprints."""

import hashlib
import json
import re
from typing import Any

from pydantic import BaseModel

from rollbook.core.audit.rules import plain
from rollbook.core.idempotency.errors import IdempotencyKeyInvalid

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z", re.IGNORECASE)
_ULID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}\Z", re.IGNORECASE)


def checked_key(key: str) -> str:
    """A key in its one spelling; anything but a UUID or a ULID is refused."""
    key = key.strip()
    if _UUID.match(key):
        return key.replace("-", "").lower()
    if _ULID.match(key):
        return key.upper()
    raise IdempotencyKeyInvalid


def canonical_json(body: Any) -> str:
    """One spelling for equal bodies: sorted names, no spaces."""
    if isinstance(body, BaseModel):
        body = body.model_dump(mode="json")
    return json.dumps(body, default=plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(body: Any) -> str:
    """SHA-256 of a request's body; raw bytes count as they are."""
    raw = body if isinstance(body, bytes) else canonical_json(body).encode()
    return hashlib.sha256(raw).hexdigest()


def lock_number(*parts: str) -> int:
    """A number for PostgreSQL's advisory locks (signed, 64 bits)."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
