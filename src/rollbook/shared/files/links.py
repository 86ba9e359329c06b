"""Links to one file, good for minutes. We sign them and we check them; the file store is never asked.

A link names organisation, file, who asked for it, until when and what for. Whatever is wrong with one, the answer is
the same as for a file that does not exist.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

Purpose = Literal["download", "view"]

LONGEST = timedelta(minutes=15)
_PURPOSES: tuple[Purpose, ...] = ("download", "view")
_NOBODY = UUID(int=0)
_BODY = struct.Struct(">B16s16s16sIB")
_VERSION = 1
_SIGNATURE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says."""

    organisation_id: UUID
    file_id: UUID
    user_id: UUID | None
    expires_at: datetime
    purpose: Purpose


def sign(claim: Claim, *, now: datetime) -> str:
    """Make the secret part of a link. It is good for at most 15 minutes."""
    if claim.expires_at > now + LONGEST:
        raise ValueError("A link is good for at most 15 minutes.")
    body = _BODY.pack(
        _VERSION,
        claim.organisation_id.bytes,
        claim.file_id.bytes,
        (claim.user_id or _NOBODY).bytes,
        int(claim.expires_at.timestamp()),
        _PURPOSES.index(claim.purpose),
    )
    return base64.urlsafe_b64encode(body + _signature(body)).decode().rstrip("=")


def read(token: str, *, now: datetime) -> Claim | None:
    """What a link says, if we signed it and it is still good."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _BODY.size + _SIGNATURE_BYTES:
        return None
    body, signature = raw[: _BODY.size], raw[_BODY.size :]
    if not constant_time_compare(signature, _signature(body)):
        return None
    version, organisation, file, user, expires, purpose = _BODY.unpack(body)
    expires_at = datetime.fromtimestamp(expires, UTC)
    if version != _VERSION or purpose >= len(_PURPOSES) or expires_at <= now:
        return None
    user_id = UUID(bytes=user)
    return Claim(
        UUID(bytes=organisation),
        UUID(bytes=file),
        None if user_id == _NOBODY else user_id,
        expires_at,
        _PURPOSES[purpose],
    )


def _signature(body: bytes) -> bytes:
    return salted_hmac("rollbook.files.link", body, algorithm="sha256").digest()
