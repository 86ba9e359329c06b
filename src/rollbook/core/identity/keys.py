"""Secrets that open doors: how they are made, what is kept of them, and what can be read from them.

Only digests are stored. A session key and an API token carry the organisation in the clear, so that the
tenant scope is known before the first look-up.
"""

import hashlib
import hmac
import re
import secrets
from uuid import UUID

from django.conf import settings

_TOKEN = re.compile(r"rollbook_([0-9a-f]{32})_([0-9a-f]{64})\Z")
_SESSION_ORGANISATION = re.compile(r"[A-Za-z0-9_-]{43}\.([0-9a-f]{32})\Z")


def new_secret() -> str:
    """256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits. (Passwords are people's choice and get argon2 instead.)"""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed_digest(text: str) -> str:
    """A digest that only this installation can make: for names that strangers type, which can be guessed."""
    return hmac.new(settings.SECRET_KEY.encode(), b"typed-name:" + text.encode(), hashlib.sha256).hexdigest()


def new_token(organisation_id: UUID) -> str:
    """A fresh API token of an organisation."""
    return f"rollbook_{organisation_id.hex}_{secrets.token_hex(32)}"


def organisation_of_token(token: str) -> UUID | None:
    """The organisation that an API token names, or None when it is not one of ours."""
    found = _TOKEN.match(token)
    return UUID(found.group(1)) if found else None


def new_session_key(organisation_id: UUID | None) -> str:
    """A fresh session key; once an organisation is chosen, the key names it."""
    return f"{new_secret()}.{organisation_id.hex}" if organisation_id else new_secret()


def organisation_of_session_key(key: str | None) -> UUID | None:
    """The organisation that a session key names, if it names one."""
    found = _SESSION_ORGANISATION.match(key or "")
    return UUID(found.group(1)) if found else None
