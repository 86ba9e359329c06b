"""Coming in and going out: what a session is given when somebody signs in or chooses an organisation."""

from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.errors import NotFound
from rollbook.core.identity import rules
from rollbook.core.identity.door import Client
from rollbook.core.identity.models import Impersonation, LoginEvent, Membership, SupportAccess, User
from rollbook.core.identity.policies import idle_minutes_for_staff
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.identity.session_store import (
    CLIENT_SESSION_KEY,
    IDLE_SESSION_KEY,
    IMPERSONATION_SESSION_KEY,
    ORGANISATION_SESSION_KEY,
    SUPPORT_SESSION_KEY,
)
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.scope import tenant_scope

_STANDING_IN = (IMPERSONATION_SESSION_KEY, SUPPORT_SESSION_KEY)


def record_sign_in(session: SessionBase, user: User, client: Client) -> None:
    """Note who signed in from where; without an organisation a session is a staff session, and short."""
    session[CLIENT_SESSION_KEY] = {"ip": client.ip, "user_agent": client.user_agent}
    _limit(session, is_staff=True, idle=rules.STAFF_IDLE_MINUTES)
    record_login_event(LoginEvent.Kind.SIGNED_IN, user_id=user.id, ip=client.ip, user_agent=client.user_agent)


def record_sign_out(user_id: UUID, client: Client) -> None:
    """Note who signed out."""
    record_login_event(LoginEvent.Kind.SIGNED_OUT, user_id=user_id, ip=client.ip, user_agent=client.user_agent)


def enter_organisation(session: SessionBase, *, organisation_id: UUID, client: Client) -> Membership:
    """Put on the hat of one organisation. The session gets a new key, which names it."""
    user_id = UUID(session[SESSION_KEY])
    with tenant_scope(organisation_id):
        found = Membership.objects.select_related("user").filter(user_id=user_id, is_active=True).first()
        if found is None or not found.user.is_active:
            raise NotFound
        membership: Membership = found
        is_staff = not membership.roles or _has_staff_role(membership.roles)
        idle = rules.idle_minutes(is_staff=is_staff, shortened_to=idle_minutes_for_staff())
        audit.record(_actor(membership, client), "identity.entered", membership)
    session[ORGANISATION_SESSION_KEY] = str(organisation_id)
    _be_oneself(session)
    _limit(session, is_staff=is_staff, idle=idle)
    session.cycle_key()
    return membership


def keep_after_password_change(session: SessionBase, user: User) -> None:
    """Let the session in which a password was changed go on; every other one is over."""
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.cycle_key()


def act_as_member(session: SessionBase, impersonation: Impersonation) -> None:
    """Let a session show what the member sees. The key changes, because the rights do."""
    session[IMPERSONATION_SESSION_KEY] = str(impersonation.id)
    session.cycle_key()


def look_in_for_support(session: SessionBase, access: SupportAccess) -> None:
    """Let a session of platform staff into the organisation of a support access."""
    session[ORGANISATION_SESSION_KEY] = str(access.organisation_id)
    _be_oneself(session)
    session[SUPPORT_SESSION_KEY] = str(access.id)
    _limit(session, is_staff=True, idle=rules.STAFF_IDLE_MINUTES)
    session.cycle_key()


def be_oneself_again(session: SessionBase) -> None:
    """End standing in for somebody, as far as this session goes."""
    if SUPPORT_SESSION_KEY in session:
        session.pop(ORGANISATION_SESSION_KEY, None)
    _be_oneself(session)
    session.cycle_key()


def _be_oneself(session: SessionBase) -> None:
    for key in _STANDING_IN:
        session.pop(key, None)


def _limit(session: SessionBase, *, is_staff: bool, idle: int | None) -> None:
    session[IDLE_SESSION_KEY] = idle
    session.set_expiry(clock.now() + rules.session_lasts(is_staff=is_staff))


def _has_staff_role(keys: Any) -> bool:
    return bool(RoleBundle.objects.filter(key__in=list(keys), is_staff=True).exists())


def _actor(membership: Membership, client: Client) -> Actor:
    return Actor(
        organisation_id=membership.organisation_id,
        user_id=membership.user_id,
        membership_id=membership.id,
        name=membership.name,
        ip=client.ip,
        user_agent=client.user_agent,
    )
