"""Acting for somebody else, on the record: impersonation and support access."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity import errors, permissions, rules
from rollbook.core.identity.models import (
    Impersonation,
    ImpersonationEnd,
    Membership,
    SupportAccess,
    SupportAccessEnd,
    User,
)
from rollbook.core.identity.policies import may_act_for_others
from rollbook.core.identity.services import guards
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.scope import tenant_scope


@transaction.atomic
def begin_impersonation(*, actor: Actor, membership_id: UUID, reason: str) -> Impersonation:
    """Let an administrator see and do what a member can, for 30 minutes."""
    actor.require(permissions.IMPERSONATE)
    now = clock.now()
    guards.in_person(actor, now)
    reason = guards.with_reason(reason)
    if not may_act_for_others():
        raise errors.ImpersonationOff
    if membership_id == actor.require_membership():
        raise Invalid.field("member", _("Choose another member: you are yourself already."))
    member = Membership.objects.filter(id=membership_id).first()
    if member is None:
        raise NotFound
    if not member.is_active:
        raise errors.NotActive(name=member.name)
    if RoleBundle.objects.filter(key__in=member.roles, permissions__contains=[permissions.IMPERSONATE]).exists():
        raise errors.MayNotBeImpersonated(name=member.name)
    impersonation: Impersonation = Impersonation.objects.create(
        impersonator_id=actor.require_membership(),
        member=member,
        reason=reason,
        began_at=now,
        ends_at=now + rules.IMPERSONATION_LASTS,
    )
    audit.record(actor, "identity.impersonation_begun", member, reason=reason, impersonation_id=str(impersonation.id))
    return impersonation


@transaction.atomic
def end_impersonation(*, actor: Actor, impersonation_id: UUID) -> None:
    """Be oneself again. `actor` is the administrator, not the member; ending twice is the same as once."""
    found = Impersonation.objects.filter(id=impersonation_id, impersonator_id=actor.membership_id).first()
    if found is None:
        raise NotFound
    try:
        with transaction.atomic():
            ImpersonationEnd.objects.create(impersonation=found, ended_by_id=actor.user_id)
    except IntegrityError:
        return
    audit.record(
        actor,
        "identity.impersonation_ended",
        ("identity.membership", found.member_id),
        impersonation_id=str(found.id),
    )


def begin_support_access(
    *, user: User, organisation_id: UUID, reason: str, minutes: int, ip: str, user_agent: str
) -> SupportAccess:
    """Let platform staff look into an organisation for a while; the organisation sees who, when and why."""
    if not user.is_platform_staff or not user.is_active:
        raise Forbidden
    reason = guards.with_reason(reason)
    longest = int(rules.SUPPORT_LASTS_AT_MOST.total_seconds() // 60)
    if not 1 <= minutes <= longest:
        raise Invalid.field("minutes", _("Choose from 1 to %(longest)s minutes.") % {"longest": longest})
    now = clock.now()
    with tenant_scope(organisation_id):
        access: SupportAccess = SupportAccess.objects.create(
            user=user, reason=reason, began_at=now, ends_at=now + timedelta(minutes=minutes)
        )
        actor = Actor(
            organisation_id=organisation_id,
            user_id=user.id,
            name=user.display_name,
            support_access_id=access.id,
            ip=ip,
            user_agent=user_agent,
        )
        audit.record(actor, "identity.support_access_begun", access, reason=reason, minutes=minutes)
    return access


@transaction.atomic
def end_support_access(*, actor: Actor, access_id: UUID) -> None:
    """End a support access at once: by whoever has it, or by the organisation. Twice is the same as once."""
    if actor.support_access_id != access_id:
        actor.require(permissions.END_SUPPORT)
    access = SupportAccess.objects.filter(id=access_id).first()
    if access is None:
        raise NotFound
    try:
        with transaction.atomic():
            SupportAccessEnd.objects.create(access=access, ended_by_id=actor.user_id)
    except IntegrityError:
        return
    audit.record(actor, "identity.support_access_ended", access)
