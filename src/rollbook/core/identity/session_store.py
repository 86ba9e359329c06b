"""The session engine: one row per browser, found by the digest of its key.

Django's own engine keeps the key itself, so whoever reads the table could use every session in it. Ours
keeps a digest, knows the user (sessions can be listed and ended from afar) and ends a session that was
left alone. Set as SESSION_ENGINE.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.identity import keys, rules
from rollbook.core.identity.models import Session

#: Where the session keeps the organisation whose hat the user wears.
ORGANISATION_SESSION_KEY = "organisation_id"
IDLE_SESSION_KEY = "idle_minutes"
IMPERSONATION_SESSION_KEY = "impersonation_id"
SUPPORT_SESSION_KEY = "support_access_id"
CLIENT_SESSION_KEY = "client"


class SessionStore(SessionBase):
    """A session of the table `identity_session`."""

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(digest=keys.digest_of(session_key)).exists()

    def load(self) -> dict[str, Any]:
        now = clock.now()
        row = (
            Session.objects.filter(digest=keys.digest_of(self.session_key or ""), expires_at__gt=now)
            .values_list("data", "last_seen_at", "idle_minutes")
            .first()
        )
        if row is None or rules.is_idle(row[1], row[2], now):
            self._session_key = None
            return {}
        return self.decode(row[0])

    def fill(self, data: str) -> None:
        """Take over what the door has read already, so that no second statement asks for it."""
        self._session_cache = self.decode(data)
        self.accessed = True

    def create(self) -> None:
        self._session_key = keys.new_session_key(self._chosen_organisation())
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # not in the stubs
        values = self._columns(data)
        if must_create:
            try:
                with transaction.atomic():
                    Session.objects.create(digest=keys.digest_of(self.session_key), **values)
            except IntegrityError as error:
                raise CreateError from error
        elif not Session.objects.filter(digest=keys.digest_of(self.session_key)).update(**values):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(digest=keys.digest_of(key)).delete()

    def get_expiry_age(self, **options: Any) -> int:
        return super().get_expiry_age(**({"modification": clock.now()} | options))

    def get_expiry_date(self, **options: Any) -> datetime:
        return super().get_expiry_date(**({"modification": clock.now()} | options))

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lt=clock.now()).delete()

    def _chosen_organisation(self) -> UUID | None:
        chosen = self._get_session(no_load=True).get(ORGANISATION_SESSION_KEY)  # type: ignore[attr-defined] # as above
        return UUID(chosen) if chosen else None

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        client = data.get(CLIENT_SESSION_KEY, {})
        user_id = data.get(SESSION_KEY)
        return {
            "data": self.encode(data),
            "expires_at": self.get_expiry_date(),
            "user_id": UUID(user_id) if user_id else None,
            "idle_minutes": data.get(IDLE_SESSION_KEY),
            "ip": client.get("ip") or None,
            "user_agent": client.get("user_agent", ""),
        }
