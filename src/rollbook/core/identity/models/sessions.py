"""What happens at the door of the installation: sessions, and the record of who came and who was turned away.

Platform tables: a user may wear the hats of several organisations in one session.
"""

from typing import ClassVar

from django.db import models

from rollbook.core import clock, ids
from rollbook.core.identity import rules
from rollbook.core.identity.models.users import User


class Session(models.Model):
    """One browser that is signed in, or about to. A row that leaks opens nothing: it has the key's digest."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key in the cookie.")
    data = models.TextField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    idle_minutes = models.PositiveSmallIntegerField(null=True, help_text="Ends after so long without a request.")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"session {self.id}"

    @property
    def browser(self) -> str:
        """What its owner calls the browser."""
        return rules.browser_in_words(self.user_agent)


class LoginEvent(models.Model):
    """Something that happened at the door. Append-only; what a stranger typed is kept as a keyed digest."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGNED_OUT = "signed_out", "Signed out"
        PASSWORD_REFUSED = "password_refused", "Wrong name or password"
        LOCKED_OUT = "locked_out", "Locked out for a while"
        FACTOR_REFUSED = "factor_refused", "Wrong code of the second factor"
        FACTOR_ADDED = "factor_added", "Second factor set up"
        FACTOR_REMOVED = "factor_removed", "Second factor removed"
        PASSWORD_LINK_ASKED = "password_link_asked", "Asked for a new password"
        PASSWORD_SET = "password_set", "Password set by link"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        SESSION_ENDED = "session_ended", "Session ended from afar"

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=30, choices=Kind.choices)
    happened_at = models.DateTimeField(default=clock.now)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    name_digest = models.CharField(max_length=64, blank=True, help_text="Keyed digest of the name that was typed.")
    session_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_loginevent_of_user", fields=["user", "-happened_at"]),
            models.Index(name="identity_loginevent_by_time", fields=["happened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.happened_at:%Y-%m-%d %H:%M}"
