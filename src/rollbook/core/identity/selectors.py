"""What can be asked about members, sessions and tokens, limited to what the actor may see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from rollbook.core import clock
from rollbook.core.errors import NotFound
from rollbook.core.identity import keys, permissions, rules
from rollbook.core.identity.models import (
    ApiToken,
    Impersonation,
    ImpersonationEnd,
    LoginEvent,
    Membership,
    PasswordLink,
    Session,
    SupportAccess,
    SupportAccessEnd,
    TokenUse,
    User,
)
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

# Organisation by organisation through the unique index: no index of a tenant table begins with the user.
_ORGANISATIONS_OF = """
SELECT o.id, o.slug, o.name, o.system, o.accent, m.roles
  FROM tenancy_organisation o
  JOIN LATERAL (SELECT x.roles FROM identity_membership x
                 WHERE x.organisation_id = o.id AND x.user_id = %s AND x.is_active) m ON true
 WHERE o.is_active
 ORDER BY o.name
"""

# A place without access counts as well: that organisation may give it back, and has years of keeping of its own.
_IS_KEPT_ANYWHERE = """
SELECT EXISTS (SELECT 1 FROM tenancy_organisation o
                 JOIN LATERAL (SELECT 1 FROM identity_membership x
                                WHERE x.organisation_id = o.id AND x.user_id = %s AND x.forgotten_at IS NULL) m ON true)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation in which a user is a member."""

    organisation_id: UUID
    slug: str
    name: str
    system: str
    accent: str
    roles: tuple[str, ...]


def organisations_of(user_id: UUID) -> list[Place]:
    """Where a user is an active member."""
    return [
        Place(
            organisation_id=row[0],
            slug=row[1],
            name=row[2],
            system=row[3],
            accent=row[4],
            roles=tuple(row[5]),
        )
        for row in _across(_ORGANISATIONS_OF, user_id)
    ]


def is_kept_anywhere(user_id: UUID) -> bool:
    """Whether any organisation still keeps a user as a member, with access or without."""
    return bool(_across(_IS_KEPT_ANYWHERE, user_id)[0][0])


def _across(statement: str, user_id: UUID) -> list[Any]:
    """The only read across organisations: of the memberships of one user."""
    user_id = UUID(str(user_id))
    with transaction.atomic(), connection.cursor() as cursor:
        # A message of its own with a validated literal, like the tenant scope's; forgotten right after.
        cursor.execute(f"SET LOCAL app.\"user\" = '{user_id}'")
        cursor.execute(statement, [user_id])
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL app.\"user\" = ''")
    return list(rows)


def user_for_sign_in(name: str, organisation_id: UUID | None) -> User | None:
    """Who signs in with this e-mail address, or with this number in an organisation."""
    name = rules.clean_name(name)
    if "@" in name:
        return User.objects.filter(email=name, is_active=True).first()
    if organisation_id is None:
        return None
    with tenant_scope(organisation_id):
        membership = (
            Membership.objects.filter(login_name=name, is_active=True, user__is_active=True)
            .select_related("user")
            .first()
        )
    return membership.user if membership else None


def has_second_factor(user_id: UUID) -> bool:
    """Whether a user has set up a second factor."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=("totp", "webauthn")).exists())


def sessions_of(user_id: UUID) -> QuerySet[Session]:
    """The sessions in which a user is signed in at this moment, the latest first."""
    return Session.objects.filter(user_id=user_id, expires_at__gt=clock.now()).order_by("-last_seen_at")


def other_sessions_of(user_id: UUID, present: UUID | None) -> QuerySet[Session]:
    """All sessions of a user but the present one."""
    sessions = sessions_of(user_id)
    return sessions.exclude(id=present) if present else sessions


def own_sessions(actor: Actor) -> list[Session]:
    """The browsers in which the actor is signed in; whoever stands in for somebody sees none of theirs."""
    return [] if actor.stands_in or actor.user_id is None else list(sessions_of(actor.user_id))


def own_login_events(actor: Actor, limit: int = 20) -> list[LoginEvent]:
    """What happened lately at the door with the actor's own account."""
    return [] if actor.stands_in or actor.user_id is None else login_events_of(actor.user_id, limit)


def login_events_of(user_id: UUID, limit: int = 20) -> list[LoginEvent]:
    """The latest that happened at the door with a user's account."""
    return list(LoginEvent.objects.filter(user_id=user_id).order_by("-happened_at")[:limit])


def members(actor: Actor) -> QuerySet[Membership]:
    """Everybody who is or was a member."""
    actor.require(permissions.VIEW_MEMBERS)
    found: QuerySet[Membership] = Membership.objects.annotate(email=F("user__email"))
    return found.order_by("name", "id")


def member(actor: Actor, membership_id: UUID) -> Membership:
    """One member, with the user."""
    actor.require(permissions.VIEW_MEMBERS)
    found: Membership | None = Membership.objects.select_related("user").filter(id=membership_id).first()
    if found is None:
        raise NotFound
    return found


def open_link(organisation_id: UUID, secret: str) -> PasswordLink | None:
    """The link with that secret, if it can still be used. Looking at it uses nothing."""
    with tenant_scope(organisation_id):
        link = (
            PasswordLink.objects.select_related("membership__user")
            .filter(digest=keys.digest_of(secret), used_at__isnull=True, withdrawn_at__isnull=True)
            .filter(expires_at__gt=clock.now())
            .first()
        )
    return link if link and link.membership.is_active and link.membership.user.is_active else None


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens, the latest first."""
    return _tokens().filter(membership_id=actor.require_membership())


def all_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The tokens of all members, the latest first."""
    actor.require(permissions.MANAGE_TOKENS)
    return _tokens()


def _tokens() -> QuerySet[ApiToken]:
    used = TokenUse.objects.filter(token_id=OuterRef("id")).values("last_used_at")[:1]
    tokens: QuerySet[ApiToken] = ApiToken.objects.annotate(last_used_at=Subquery(used), owner=F("membership__name"))
    return tokens.order_by("-created_at")


def impersonations(actor: Actor) -> QuerySet[Impersonation]:
    """Who acted for whom, the latest first."""
    actor.require(permissions.VIEW_STAND_INS)
    ended = ImpersonationEnd.objects.filter(impersonation_id=OuterRef("id")).values("ended_at")[:1]
    found: QuerySet[Impersonation] = Impersonation.objects.annotate(
        ended_at=Subquery(ended), impersonator_name=F("impersonator__name"), member_name=F("member__name")
    )
    return found.order_by("-began_at")


def support_accesses(actor: Actor) -> QuerySet[SupportAccess]:
    """When platform staff looked in, the latest first."""
    actor.require(permissions.VIEW_STAND_INS)
    ended = SupportAccessEnd.objects.filter(access_id=OuterRef("id")).values("ended_at")[:1]
    found: QuerySet[SupportAccess] = SupportAccess.objects.annotate(
        ended_at=Subquery(ended), user_name=F("user__display_name")
    )
    return found.order_by("-began_at")


def me(actor: Actor) -> dict[str, Any]:
    """What a programme or a page needs to know of whoever asks."""
    return {
        "organisation_id": actor.organisation_id,
        "kind": actor.kind,
        "user_id": actor.user_id,
        "membership_id": actor.membership_id,
        "person_id": actor.person_id,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "permissions": sorted(actor.permissions),
        "impersonator_id": actor.impersonator_id,
        "support_access_id": actor.support_access_id,
        "stands_in_until": actor.stands_in_until,
    }
