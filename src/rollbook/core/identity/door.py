"""The door: from a request to an actor inside the tenant scope of its organisation.

A session key and an API token name their organisation, so the scope is open before anything is looked up,
and one statement then answers who it is, whether they may come in, and what they may do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from rollbook.core import clock
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.errors import SignInNeeded
from rollbook.core.identity import errors, keys, recognition, rules
from rollbook.core.identity.models import User
from rollbook.core.identity.permissions import IMPERSONATE
from rollbook.core.identity.recognition import Member, SessionFound
from rollbook.core.identity.session_store import (
    IMPERSONATION_SESSION_KEY,
    ORGANISATION_SESSION_KEY,
    SUPPORT_SESSION_KEY,
    SessionStore,
)
from rollbook.core.permissions import register, roles
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

__all__ = ["ORGANISATION_SESSION_KEY", "Client", "actor_scope", "client_of", "proved_at"]

# Skip a row that another request of the same session or token is noting this very moment.
_NOTE_SEEN = """
UPDATE identity_session SET last_seen_at = %s
 WHERE id = (SELECT id FROM identity_session WHERE id = %s FOR UPDATE SKIP LOCKED)
"""
_NOTE_USE = """
UPDATE identity_tokenuse SET last_used_at = %(now)s, last_used_ip = %(ip)s
 WHERE organisation_id = %(organisation)s
   AND id = (SELECT id FROM identity_tokenuse
              WHERE organisation_id = %(organisation)s AND token_id = %(token)s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Client:
    """The programme at the other end."""

    ip: str
    user_agent: str


def client_of(request: HttpRequest) -> Client:
    """Where a request comes from. The middleware has made REMOTE_ADDR the visitor's own address."""
    return Client(ip=request.META.get("REMOTE_ADDR", ""), user_agent=request.headers.get("User-Agent", "")[:200])


@contextmanager
def actor_scope(request: HttpRequest, *, bearer: bool = False, as_oneself: bool = False) -> Iterator[Actor]:
    """Open the tenant scope of the one who asks and yield the actor; refuse strangers.

    `bearer` admits API tokens too. `as_oneself` looks behind an impersonation, for the pages about it.
    """
    token = _bearer_token(request) if bearer else None
    if token is not None:
        organisation_id = keys.organisation_of_token(token)
        if organisation_id is None:
            raise errors.TokenRefused
        with tenant_scope(organisation_id):
            yield _by_token(request, organisation_id, token)
        return
    organisation_id = _organisation_of_session(request)
    try:
        with tenant_scope(organisation_id):
            yield _by_session(request, organisation_id, as_oneself)
    except errors.SessionOver:
        request.session.flush()
        raise


def _bearer_token(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _organisation_of_session(request: HttpRequest) -> UUID:
    session: Any = getattr(request, "session", None)
    if session is None:
        raise SignInNeeded
    named = keys.organisation_of_session_key(session.session_key)
    if named is not None and not hasattr(session, "_session_cache"):
        return named
    if SESSION_KEY not in session:
        raise SignInNeeded
    if ORGANISATION_SESSION_KEY not in session:
        raise errors.OrganisationNeeded
    return UUID(session[ORGANISATION_SESSION_KEY])


def _by_session(request: HttpRequest, organisation_id: UUID, as_oneself: bool) -> Actor:
    store: Any = request.session
    now = clock.now()
    found = recognition.session(organisation_id, keys.digest_of(store.session_key or ""), now)
    if found is None or rules.is_idle(found.last_seen_at, found.idle_minutes, now):
        raise errors.SessionOver
    if isinstance(store, SessionStore) and not hasattr(store, "_session_cache"):
        store.fill(found.data)
    _check_session(store, found, organisation_id)
    if now - found.last_seen_at > rules.NOTED_EVERY:
        _execute(_NOTE_SEEN, [now, found.session_id])
    return _actor_of_session(request, found, organisation_id, now, as_oneself)


def _check_session(store: Any, found: SessionFound, organisation_id: UUID) -> None:
    if store.get(ORGANISATION_SESSION_KEY) != str(organisation_id) or not found.user_is_active:
        raise errors.SessionOver
    # Changing the password ends every session that was opened with the old one.
    session_hash = User(id=found.member.user_id, password=found.password).get_session_auth_hash()
    if not constant_time_compare(store.get(HASH_SESSION_KEY, ""), session_hash):
        raise errors.SessionOver


def _actor_of_session(
    request: HttpRequest, found: SessionFound, organisation_id: UUID, now: datetime, as_oneself: bool
) -> Actor:
    store = request.session
    support = store.get(SUPPORT_SESSION_KEY) if found.is_platform_staff else None
    if not found.member.is_active and not support:
        raise errors.OrganisationNeeded
    needs_factor = found.needs_second_factor or bool(support)
    if needs_factor and not found.has_second_factor and settings.REQUIRE_SECOND_FACTOR:
        raise errors.SecondFactorNeeded
    own = replace(
        _actor(request, organisation_id, found.member),
        session_id=found.session_id,
        proved_at=proved_at(store),
    )
    if as_oneself:
        return replace(own, support_access_id=UUID(support) if support else None)
    if support:
        return _as_support(own, UUID(support), now)
    impersonation = store.get(IMPERSONATION_SESSION_KEY)
    if impersonation:
        return _as_member(own, UUID(impersonation), now)
    return own


def _as_member(own: Actor, impersonation_id: UUID, now: datetime) -> Actor:
    found = recognition.impersonated(own.organisation_id, impersonation_id, own.membership_id, now)
    if found is None or not own.may(IMPERSONATE) or not found[0].is_active:
        raise errors.StandInOver
    member, until = found
    return replace(
        own,
        user_id=member.user_id,
        membership_id=member.membership_id,
        person_id=member.person_id,
        name=member.name,
        roles=member.roles,
        permissions=member.permissions,
        # Restricted records stay closed to who could not open them as themselves.
        grants=member.grants & own.grants,
        impersonator_id=own.user_id,
        impersonator_name=own.name,
        stands_in_until=until,
        proved_at=None,
    )


def _as_support(own: Actor, access_id: UUID, now: datetime) -> Actor:
    found = recognition.supported(own.organisation_id, access_id, own.user_id, roles.AUDITOR, now)
    if found is None:
        raise errors.StandInOver
    until, permissions = found
    return replace(
        own,
        membership_id=None,
        roles=frozenset({"support"}),
        # Never more than an auditor reads, whatever the organisation gave its own auditors.
        permissions=permissions & register.permissions_of(roles.AUDITOR),
        grants=frozenset(),
        support_access_id=access_id,
        stands_in_until=until,
    )


def _by_token(request: HttpRequest, organisation_id: UUID, token: str) -> Actor:
    now = clock.now()
    found = recognition.token(organisation_id, keys.digest_of(token))
    if found is None or found.revoked_at or found.expires_at <= now or not found.member.is_active:
        raise errors.TokenRefused
    actor = _actor(request, organisation_id, found.member)
    if found.last_used_at is None or now - found.last_used_at > rules.NOTED_EVERY:
        noted = {"now": now, "ip": actor.ip or None, "organisation": organisation_id, "token": found.token_id}
        _execute(_NOTE_USE, noted)
    return replace(
        actor,
        kind="token",
        token_id=found.token_id,
        permissions=actor.permissions & found.scopes,
        # Restricted records are opened by people, with a purpose.
        grants=frozenset(),
    )


def _actor(request: HttpRequest, organisation_id: UUID, member: Member) -> Actor:
    client = client_of(request)
    return Actor(
        organisation_id=organisation_id,
        user_id=member.user_id,
        membership_id=member.membership_id,
        person_id=member.person_id,
        name=member.name,
        roles=member.roles,
        permissions=member.permissions,
        grants=member.grants,
        request_id=getattr(request, "request_id", ""),
        ip=client.ip,
        user_agent=client.user_agent,
    )


def proved_at(store: Any) -> datetime | None:
    """The last time a password or a factor was given in this session (kept there by allauth)."""
    moments = [record["at"] for record in store.get("account_authentication_methods", []) if "at" in record]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def _execute(statement: str, values: Any) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
