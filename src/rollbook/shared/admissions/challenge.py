"""Telling people from robots without asking anybody else: a stamp that is a few seconds old and good for one use.

A page carries the stamp in its first form, a program asks for one. A robot that posts blindly has none, one that
fetches and posts at once is too fast, one that fills every field falls into the one that people do not see.
"""

from datetime import timedelta

from django.core import signing

from rollbook.core import clock, ids
from rollbook.core.identity import counting
from rollbook.shared.admissions.errors import ChallengeFailed

#: Nobody reads the page and begins faster than this.
LEAST = timedelta(seconds=2)
MOST = timedelta(hours=12)
#: The name of the field that only robots fill.
TRAP = "website"
_SALT = "rollbook.admissions.challenge"


def new_stamp() -> str:
    """A stamp of this moment."""
    return signing.dumps([ids.new_id().hex, clock.now().timestamp()], salt=_SALT)


def check(stamp: str, *, trap: str = "") -> None:
    """Refuse a stamp that is missing, not ours, too young, too old or used before. Counted outside transactions."""
    if trap:
        raise ChallengeFailed
    try:
        nonce, made_at = signing.loads(stamp, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise ChallengeFailed from error
    age = timedelta(seconds=clock.now().timestamp() - made_at)
    if not LEAST <= age <= MOST or not counting.is_first("application-stamp", nonce, MOST):
        raise ChallengeFailed
