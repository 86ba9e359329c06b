"""Second factors: writing down when they change, and help for who lost theirs."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from rollbook.core import clock, events
from rollbook.core.audit import services as audit
from rollbook.core.errors import NotFound
from rollbook.core.identity import errors, permissions, selectors
from rollbook.core.identity.door import Client
from rollbook.core.identity.events import SecurityNoticeWanted
from rollbook.core.identity.models import LoginEvent, Membership
from rollbook.core.identity.services import guards, notices
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.scope import tenant_scope

#: Recovery codes alone are no second factor: they are the way back after losing one.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_last_needed(authenticator: Authenticator) -> bool:
    """Whether a role of its owner, anywhere, would be left without the second factor it needs."""
    if authenticator.type not in FACTORS or not settings.REQUIRE_SECOND_FACTOR:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS).exclude(pk=authenticator.pk)
    return not others.exists() and _is_needed(authenticator.user_id)


def check_removal(authenticator: Authenticator) -> None:
    """Refuse to remove the last second factor of somebody whose role needs one."""
    if is_last_needed(authenticator):
        raise errors.SecondFactorRequired


@transaction.atomic
def record_change(kind: LoginEvent.Kind, *, user_id: UUID, client: Client, keep_session_id: UUID | None) -> None:
    """Write down that a factor was added or removed, tell the owner, and end all other sessions."""
    event = record_login_event(kind, user_id=user_id, ip=client.ip, user_agent=client.user_agent)
    # Sessions from before knew only the password.
    selectors.other_sessions_of(user_id, keep_session_id).delete()
    for place in selectors.organisations_of(user_id)[:1]:
        with tenant_scope(place.organisation_id):
            membership = Membership.objects.get(user_id=user_id)
            owner = Actor(
                organisation_id=place.organisation_id,
                user_id=user_id,
                membership_id=membership.id,
                name=membership.name,
                ip=client.ip,
                user_agent=client.user_agent,
            )
            audit.record(owner, f"identity.{kind}", membership)
            events.publish(SecurityNoticeWanted(place.organisation_id, membership.id, event.id))


@transaction.atomic
def remove_second_factors(*, actor: Actor, membership_id: UUID, reason: str) -> Membership:
    """Help a member who lost phone and recovery codes: factors go, sessions end, the owner is told."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.in_person(actor, clock.now())
    reason = guards.with_reason(reason)
    found: Any = (
        Membership.objects.select_for_update(of=("self",)).select_related("user").filter(id=membership_id).first()
    )
    if found is None:
        raise NotFound
    membership: Membership = found
    if membership.id == actor.membership_id:
        raise errors.OwnRoles
    if not actor.is_system and len(selectors.organisations_of(membership.user_id)) > 1:
        raise errors.ElsewhereToo(name=membership.name)
    Authenticator.objects.filter(user_id=membership.user_id).delete()
    selectors.sessions_of(membership.user_id).delete()
    audit.record(actor, "identity.second_factors_removed", membership, reason=reason)
    notices.tell_owner(actor, LoginEvent.Kind.FACTOR_REMOVED, membership)
    return membership


def _is_needed(user_id: UUID) -> bool:
    for place in selectors.organisations_of(user_id):
        with tenant_scope(place.organisation_id):
            if RoleBundle.objects.filter(key__in=place.roles, needs_second_factor=True).exists():
                return True
    return False
