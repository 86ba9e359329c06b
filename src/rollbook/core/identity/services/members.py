"""Members of an organisation: inviting them, changing what they may do, ending their access."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rollbook.core import clock, events
from rollbook.core.audit import services as audit
from rollbook.core.errors import Invalid, NotFound, VersionConflict
from rollbook.core.identity import errors, permissions, rules
from rollbook.core.identity.events import MemberDeactivated
from rollbook.core.identity.models import Membership, User
from rollbook.core.identity.services import guards, links
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.permissions import MANAGE_ROLES
from rollbook.core.permissions.roles import ADMINISTRATOR


@transaction.atomic
def invite_member(
    *,
    actor: Actor,
    display_name: str,
    roles: Collection[str],
    email: str = "",
    login_name: str = "",
    person_id: UUID | None = None,
) -> Membership:
    """Make somebody a member. Who has an e-mail address is sent the link that sets the first password."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    email, login_name = rules.clean_name(email), rules.clean_name(login_name)
    _check_names(display_name, email, login_name)
    _check_roles(actor, roles)
    user = _user_with(email, display_name)
    if Membership.objects.filter(user=user).exists():
        raise errors.AlreadyMember
    membership = _add(
        login_name=login_name or None,
        user=user,
        name=display_name.strip(),
        roles=sorted(roles),
        person_id=person_id,
    )
    audit.record(actor, "identity.member_invited", membership, after=_seen(membership))
    if user.email:
        links.request_mail(membership, links.ACTIVATION)
    return membership


@transaction.atomic
def update_member(
    *, actor: Actor, membership_id: UUID, name: str, login_name: str = "", person_id: UUID | None = None
) -> Membership:
    """Correct how a member is called here, their number, and the person on the roll they are."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    membership = _get_for_update(membership_id)
    login_name = rules.clean_name(login_name)
    _check_names(name, membership.user.email or "", login_name)
    before = _seen(membership)
    membership.name, membership.login_name, membership.person_id = name.strip(), login_name or None, person_id
    _save(membership, "name", "login_name", "person_id")
    audit.record(actor, "identity.member_updated", membership, before=before, after=_seen(membership))
    return membership


@transaction.atomic
def change_roles(
    *, actor: Actor, membership_id: UUID, roles: Collection[str], expected_version: int | None = None
) -> Membership:
    """Give and take a member's roles. Nobody changes their own, and one administrator always stays."""
    actor.require(permissions.MANAGE_MEMBERS)
    now = clock.now()
    guards.in_person(actor, now)
    membership = _get_for_update(membership_id, with_administrators=True)
    _check_not_self(actor, membership)
    if expected_version is not None and membership.version != expected_version:
        raise VersionConflict
    _check_roles(actor, rules.roles_taken(membership.roles, roles))
    if ADMINISTRATOR not in roles:
        _check_administrator_stays(membership)
    before = _seen(membership)
    membership.roles = sorted(roles)
    _save(membership, "roles")
    audit.record(actor, "identity.roles_changed", membership, before=before, after=_seen(membership))
    return membership


@transaction.atomic
def deactivate_member(*, actor: Actor, membership_id: UUID, reason: str) -> Membership:
    """End a member's access at once: sessions, tokens and open links stop working here. Nothing is lost."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    reason = guards.with_reason(reason)
    membership = _get_for_update(membership_id, with_administrators=True)
    _check_not_self(actor, membership)
    if not membership.is_active:
        return membership
    _check_administrator_stays(membership)
    membership.is_active = False
    _save(membership, "is_active")
    links.withdraw_all(membership, clock.now())
    audit.record(actor, "identity.member_deactivated", membership, reason=reason)
    events.publish(MemberDeactivated(actor.organisation_id, membership.id))
    return membership


@transaction.atomic
def reactivate_member(*, actor: Actor, membership_id: UUID, reason: str) -> Membership:
    """Give a former member the access back, with the roles they had."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    reason = guards.with_reason(reason)
    membership = _get_for_update(membership_id)
    _check_not_self(actor, membership)
    if membership.is_active:
        return membership
    _check_roles(actor, membership.roles)
    membership.is_active = True
    _save(membership, "is_active")
    audit.record(actor, "identity.member_reactivated", membership, reason=reason)
    return membership


def refuse_person_with_account(person_id: UUID) -> None:
    """Refuse to let a person's entry go while somebody signs in as them: they would sign in as nobody."""
    found: Membership | None = Membership.objects.filter(person_id=person_id, is_active=True).first()
    if found is not None:
        raise errors.PersonHasAccount(name=found.name)


def _check_names(name: str, email: str, login_name: str) -> None:
    if not name.strip():
        raise Invalid.field("display_name", _("Write the name."))
    if not email and not login_name:
        raise Invalid.field("email", _("Give an e-mail address or a number, so that they can sign in."))
    if "@" in login_name:
        raise Invalid.field("login_name", _("A number has no @. Put the e-mail address into its own field."))


def _check_roles(actor: Actor, keys: Collection[str]) -> None:
    bundles = {bundle.key: bundle for bundle in RoleBundle.objects.filter(key__in=list(keys))}
    for key in sorted(keys):
        if key not in bundles:
            raise errors.RoleUnknown(role=key)
        # Who may write role bundles could give themselves anything; all others only pass on what they hold.
        if not actor.may(MANAGE_ROLES) and not set(bundles[key].permissions) <= actor.permissions:
            raise errors.RoleAboveYours(role=bundles[key].label)


def _check_not_self(actor: Actor, membership: Membership) -> None:
    if membership.id == actor.membership_id:
        raise errors.OwnRoles


def _check_administrator_stays(membership: Membership) -> None:
    """The rows of all administrators are locked by now, so two of them cannot remove each other."""
    if not membership.is_active or ADMINISTRATOR not in membership.roles:
        return
    others = Membership.objects.filter(is_active=True, roles__contains=[ADMINISTRATOR]).exclude(id=membership.id)
    if not others.exists():
        raise errors.LastAdministrator


def _user_with(email: str, display_name: str) -> User:
    """The user with that address; somebody who is a member elsewhere stays who they are there."""
    if not email:
        return _new_user(None, display_name)
    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _new_user(email, display_name)
    except IntegrityError:
        return User.objects.get(email=email)


def _new_user(email: str | None, display_name: str) -> User:
    user = User(email=email, display_name=display_name.strip())
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _add(*, login_name: str | None, **values: Any) -> Membership:
    try:
        with transaction.atomic():
            membership: Membership = Membership.objects.create(login_name=login_name, **values)
            return membership
    except IntegrityError as error:
        raise errors.LoginNameTaken(login_name=login_name) if login_name else errors.AlreadyMember from error


def _get_for_update(membership_id: UUID, *, with_administrators: bool = False) -> Membership:
    """Lock the member, and every administrator where one may be lost: always in the order of their ids."""
    wanted = Q(id=membership_id)
    if with_administrators:
        wanted |= Q(is_active=True, roles__contains=[ADMINISTRATOR])
    locked = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(wanted).order_by("id")
    found: dict[UUID, Membership] = {membership.id: membership for membership in locked}
    if membership_id not in found:
        raise NotFound
    if found[membership_id].forgotten_at is not None:
        raise errors.AccountForgotten(name=found[membership_id].name)
    return found[membership_id]


def _save(membership: Membership, *fields: str) -> None:
    membership.version += 1
    try:
        with transaction.atomic():
            membership.save(update_fields=[*fields, "version"])
    except IntegrityError as error:
        raise errors.LoginNameTaken(login_name=membership.login_name) from error


def _seen(membership: Membership) -> dict[str, Any]:
    """What the audit shows of a member: no address, because entries are kept for years."""
    return {
        "name": membership.name,
        "roles": membership.roles,
        "login_name": membership.login_name,
        "person_id": str(membership.person_id) if membership.person_id else None,
    }
