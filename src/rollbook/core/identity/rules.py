"""Decisions at the door that need no database and no clock."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta

ACTIVATION_LASTS = timedelta(hours=72)
RESET_LASTS = timedelta(hours=1)
IMPERSONATION_LASTS = timedelta(minutes=30)
SUPPORT_LASTS_AT_MOST = timedelta(minutes=60)
#: Sensitive acts ask again who one is when the last proof is older.
PROOF_LASTS = timedelta(minutes=10)
#: A session and a token note that they were used at most so often.
NOTED_EVERY = timedelta(seconds=60)
TOKEN_LASTS_AT_MOST = timedelta(days=366)

STAFF_SESSION_LASTS = timedelta(hours=12)
OTHER_SESSION_LASTS = timedelta(days=14)
STAFF_IDLE_MINUTES = 30

REASON_LENGTH = (10, 500)
_SPACE = re.compile(r"\s+")


def clean_name(typed: str) -> str:
    """The sign-in name as it is kept: one spelling, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def clean_reason(typed: str) -> str:
    """A reason in one line."""
    return _SPACE.sub(" ", typed).strip()


def is_a_reason(reason: str) -> bool:
    """Whether somebody who reads it later can understand: 10 to 500 characters."""
    shortest, longest = REASON_LENGTH
    return shortest <= len(reason) <= longest


def session_lasts(*, is_staff: bool) -> timedelta:
    """How long a session lasts at most, however busy it is."""
    return STAFF_SESSION_LASTS if is_staff else OTHER_SESSION_LASTS


def idle_minutes(*, is_staff: bool, shortened_to: int) -> int | None:
    """After how long without a request a session ends: never for students and families, soon for staff."""
    return min(STAFF_IDLE_MINUTES, shortened_to) if is_staff else None


def is_idle(last_seen_at: datetime, minutes: int | None, now: datetime) -> bool:
    """Whether a session was left alone for too long."""
    return minutes is not None and now - last_seen_at > timedelta(minutes=minutes)


def is_fresh_proof(proved_at: datetime | None, now: datetime, within: timedelta = PROOF_LASTS) -> bool:
    """Whether somebody proved who they are recently enough for a sensitive act."""
    return proved_at is not None and now - proved_at <= within


def resembles_name(password: str, login_name: str | None) -> bool:
    """Whether a password is the student or employee number, or little more than it."""
    return bool(login_name) and login_name is not None and len(login_name) >= 4 and login_name in password.lower()


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_DEVICES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_in_words(user_agent: str) -> str:
    """What a person calls the browser that says this of itself: "Firefox on Android"."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    device = next((name for sign, name in _DEVICES if sign in user_agent), "")
    if browser and device:
        return f"{browser} on {device}"
    return browser or device or user_agent[:40] or "—"


def roles_taken(before: Collection[str], after: Collection[str]) -> list[str]:
    """Roles that are given, in a stable order."""
    return sorted(set(after) - set(before))
