"""The door: from a request to an actor inside the tenant scope of its organisation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from rollbook.core.errors import SignInNeeded
from rollbook.core.identity.models import User
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

#: Where the session keeps the organisation whose hat the user wears.
ORGANISATION_SESSION_KEY = "organisation_id"

MEMBER = """
SELECT u.password, u.is_active AND m.is_active, u.display_name, m.id, m.person_id, m.roles,
       coalesce(array_agg(DISTINCT p.name) FILTER (WHERE p.name IS NOT NULL), '{}'),
       coalesce(array_agg(DISTINCT g.name) FILTER (WHERE g.name IS NOT NULL), '{}')
  FROM identity_membership m
  JOIN identity_user u ON u.id = m.user_id
  LEFT JOIN permissions_rolebundle r ON r.organisation_id = m.organisation_id AND r.key = ANY (m.roles)
  LEFT JOIN LATERAL unnest(r.permissions) AS p(name) ON true
  LEFT JOIN LATERAL unnest(r.grants) AS g(name) ON true
 WHERE m.organisation_id = %s AND m.user_id = %s
 GROUP BY u.id, m.organisation_id, m.id
"""


@contextmanager
def actor_scope(request: HttpRequest) -> Iterator[Actor]:
    """Open the tenant scope of the one who asks and yield the actor; refuse strangers."""
    user_id, organisation_id = _session_of(request)
    with tenant_scope(organisation_id):
        yield _member(request, organisation_id, user_id)


def _session_of(request: HttpRequest) -> tuple[UUID, UUID]:
    session: Any = getattr(request, "session", None)
    if session is None or SESSION_KEY not in session or ORGANISATION_SESSION_KEY not in session:
        raise SignInNeeded
    return UUID(session[SESSION_KEY]), UUID(session[ORGANISATION_SESSION_KEY])


def _member(request: HttpRequest, organisation_id: UUID, user_id: UUID) -> Actor:
    with connection.cursor() as cursor:
        cursor.execute(MEMBER, [organisation_id, user_id])
        row = cursor.fetchone()
    if row is None or not row[1]:
        raise SignInNeeded
    session_hash = User(id=user_id, password=row[0]).get_session_auth_hash()
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), session_hash):
        raise SignInNeeded
    return Actor(
        organisation_id=organisation_id,
        user_id=user_id,
        membership_id=row[3],
        person_id=row[4],
        name=row[2],
        roles=frozenset(row[5]),
        permissions=frozenset(row[6]),
        grants=frozenset(row[7]),
        request_id=getattr(request, "request_id", ""),
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", "")[:200],
    )
