"""Secrets of providers, encrypted with a key that is not in the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def seal(secret: str) -> str:
    """A secret as it is stored."""
    return _cipher().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """A stored secret in the clear, for the moment of a call."""
    return _cipher().decrypt(sealed.encode()).decode()


def _cipher() -> MultiFernet:
    """The present signing key encrypts; earlier ones still decrypt."""
    return MultiFernet([_fernet(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _fernet(key: str | bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"provider-secret:" + force_bytes(key)).digest()))
