"""Who is at the door: one statement for a session or a token, one more for who stands in for another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.core.db.prepared import prepared_cursor

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

# What a member may do here, from the role bundles they hold.
_RIGHTS = """
  LEFT JOIN LATERAL (
       SELECT string_agg(array_to_string(r.permissions, ','), ',') AS permissions,
              string_agg(array_to_string(r.grants, ','), ',') AS grants,
              bool_or(r.needs_second_factor) AS needs_second_factor
         FROM permissions_rolebundle r
        WHERE r.organisation_id = m.organisation_id AND r.key = ANY (m.roles)) b ON true
"""

_MEMBER = """
       u.id, m.id, m.person_id, coalesce(nullif(m.name, ''), u.display_name), m.roles,
       u.is_active AND coalesce(m.is_active, false), b.permissions, b.grants
"""

_BY_SESSION = f"""
SELECT {_MEMBER}, s.id, s.data, s.last_seen_at, s.idle_minutes, u.password, u.is_active, u.is_platform_staff,
       b.needs_second_factor, EXISTS (SELECT FROM mfa_authenticator f
                                       WHERE f.user_id = u.id AND f.type IN ('totp', 'webauthn'))
  FROM identity_session s
  JOIN identity_user u ON u.id = s.user_id
  JOIN tenancy_organisation o ON o.id = %(organisation)s AND o.is_active
  LEFT JOIN identity_membership m ON m.organisation_id = %(organisation)s AND m.user_id = u.id
  {_RIGHTS}
 WHERE s.digest = %(digest)s AND s.expires_at > %(now)s
"""

_BY_TOKEN = f"""
SELECT {_MEMBER}, t.id, t.scopes, t.expires_at, t.revoked_at, w.last_used_at
  FROM identity_apitoken t
  JOIN identity_membership m ON m.organisation_id = t.organisation_id AND m.id = t.membership_id
  JOIN identity_user u ON u.id = m.user_id
  JOIN tenancy_organisation o ON o.id = t.organisation_id AND o.is_active
  LEFT JOIN identity_tokenuse w ON w.organisation_id = t.organisation_id AND w.token_id = t.id
  {_RIGHTS}
 WHERE t.organisation_id = %(organisation)s AND t.digest = %(digest)s
"""

_IMPERSONATED = f"""
SELECT {_MEMBER}, i.ends_at
  FROM identity_impersonation i
  JOIN identity_membership m ON m.organisation_id = i.organisation_id AND m.id = i.member_id
  JOIN identity_user u ON u.id = m.user_id
  LEFT JOIN identity_impersonationend e
    ON e.organisation_id = i.organisation_id AND e.impersonation_id = i.id
  {_RIGHTS}
 WHERE i.organisation_id = %(organisation)s AND i.id = %(impersonation)s
   AND i.impersonator_id = %(impersonator)s AND e.id IS NULL AND i.ends_at > %(now)s
"""

_BY_USER = f"""
SELECT {_MEMBER}
  FROM identity_membership m
  JOIN identity_user u ON u.id = m.user_id
  {_RIGHTS}
 WHERE m.organisation_id = %(organisation)s AND m.user_id = %(user)s
"""

_SUPPORTED = """
SELECT a.ends_at, array_to_string(r.permissions, ',')
  FROM identity_supportaccess a
  LEFT JOIN identity_supportaccessend e ON e.organisation_id = a.organisation_id AND e.access_id = a.id
  LEFT JOIN permissions_rolebundle r ON r.organisation_id = a.organisation_id AND r.key = %(role)s
 WHERE a.organisation_id = %(organisation)s AND a.id = %(access)s AND a.user_id = %(user)s
   AND e.id IS NULL AND a.ends_at > %(now)s
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A user, and what they are in the organisation; without a membership all of it is empty."""

    user_id: UUID
    membership_id: UUID | None
    person_id: UUID | None
    name: str
    roles: frozenset[str]
    is_active: bool
    permissions: frozenset[str]
    grants: frozenset[str]


@dataclass(frozen=True, slots=True)
class SessionFound:
    """A session that has not expired, and who it belongs to."""

    member: Member
    session_id: UUID
    data: str
    last_seen_at: datetime
    idle_minutes: int | None
    password: str
    user_is_active: bool
    is_platform_staff: bool
    needs_second_factor: bool
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class TokenFound:
    """A token of the organisation, and whose it is."""

    member: Member
    token_id: UUID
    scopes: frozenset[str]
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def session(organisation_id: UUID, digest: str, now: datetime) -> SessionFound | None:
    """The session with that digest, seen from one organisation."""
    row = _row(_BY_SESSION, organisation=organisation_id, digest=digest, now=now)
    if row is None:
        return None
    return SessionFound(
        member=_member(row),
        session_id=row[8],
        data=row[9],
        last_seen_at=row[10],
        idle_minutes=row[11],
        password=row[12],
        user_is_active=row[13],
        is_platform_staff=row[14],
        needs_second_factor=bool(row[15]),
        has_second_factor=row[16],
    )


def token(organisation_id: UUID, digest: str) -> TokenFound | None:
    """The token with that digest."""
    row = _row(_BY_TOKEN, organisation=organisation_id, digest=digest)
    if row is None:
        return None
    return TokenFound(
        member=_member(row),
        token_id=row[8],
        scopes=frozenset(row[9]),
        expires_at=row[10],
        revoked_at=row[11],
        last_used_at=row[12],
    )


def member(organisation_id: UUID, user_id: UUID) -> Member | None:
    """What a user is in an organisation at present, for work that goes on after they asked for it."""
    row = _row(_BY_USER, organisation=organisation_id, user=user_id)
    return row and _member(row)


def impersonated(
    organisation_id: UUID, impersonation_id: UUID, impersonator_id: UUID | None, now: datetime
) -> tuple[Member, datetime] | None:
    """Whom an administrator acts as, and until when; None when it is over."""
    row = _row(
        _IMPERSONATED,
        organisation=organisation_id,
        impersonation=impersonation_id,
        impersonator=impersonator_id,
        now=now,
    )
    return row and (_member(row), row[8])


def supported(
    organisation_id: UUID, access_id: UUID, user_id: UUID | None, role: str, now: datetime
) -> tuple[datetime, frozenset[str]] | None:
    """Until when platform staff may look in, and with which permissions; None when it is over."""
    row = _row(_SUPPORTED, organisation=organisation_id, access=access_id, user=user_id, role=role, now=now)
    return row and (row[0], _words(row[1]))


def _row(statement: str, **values: Any) -> Any:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _member(row: Any) -> Member:
    return Member(
        user_id=row[0],
        membership_id=row[1],
        person_id=row[2],
        name=row[3],
        roles=frozenset(row[4] or ()),
        is_active=row[5],
        permissions=_words(row[6]),
        grants=_words(row[7]),
    )


def _words(text: str | None) -> frozenset[str]:
    return frozenset(word for word in (text or "").split(",") if word)
