"""Refusals of the inbox."""

from rollbook.core.errors import Refusal


class BadSignature(Refusal):
    """The signature does not fit; the event was stored and nothing else was done."""

    code = "BAD_SIGNATURE"
    status = 401
