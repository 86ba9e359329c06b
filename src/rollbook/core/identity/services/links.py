"""Links that set a password, once: for the first time, or anew.

Whoever sees a link can become its owner. Therefore a link of somebody with an e-mail address only ever
goes to that address, and the secret is made at the moment it is mailed or shown.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, events
from rollbook.core.audit import services as audit
from rollbook.core.errors import NotFound
from rollbook.core.identity import errors, keys, permissions, rules, selectors
from rollbook.core.identity.events import PasswordLinkWanted
from rollbook.core.identity.models import LoginEvent, Membership, PasswordLink
from rollbook.core.identity.services import guards, passwords
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope

ACTIVATION = PasswordLink.Purpose.ACTIVATION
RESET = PasswordLink.Purpose.RESET


@transaction.atomic
def mail_link(*, actor: Actor, membership_id: UUID) -> PasswordLink:
    """Send a member a fresh link to their own address; older ones stop working."""
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    membership = _active_member(membership_id)
    if not membership.user.email:
        raise errors.NoAddress(name=membership.name)
    link = request_mail(membership, ACTIVATION)
    audit.record(actor, "identity.link_mailed", membership)
    return link


@transaction.atomic
def show_link(*, actor: Actor, membership_id: UUID) -> str:
    """Make a fresh link for somebody without an e-mail address; return its secret, to be handed over.

    The command line, which acts as the system, may show anybody's.
    """
    actor.require(permissions.MANAGE_MEMBERS)
    guards.as_oneself(actor)
    membership = _active_member(membership_id)
    if not actor.is_system and (membership.user.email or len(selectors.organisations_of(membership.user_id)) > 1):
        raise errors.LinkNotShown
    secret = keys.new_secret()
    _new_link(membership, ACTIVATION, keys.digest_of(secret))
    audit.record(actor, "identity.link_shown", membership)
    return secret


def request_new_password(*, name: str, organisation_id: UUID | None, ip: str, user_agent: str) -> None:
    """Send a link to whoever signs in with this name, if anybody does. The answer is the same either way."""
    user = selectors.user_for_sign_in(name, organisation_id)
    record_login_event(
        LoginEvent.Kind.PASSWORD_LINK_ASKED,
        user_id=user.id if user else None,
        ip=ip,
        user_agent=user_agent,
        typed_name=rules.clean_name(name),
    )
    places = selectors.organisations_of(user.id) if user and user.email else []
    if user is None or not places:
        return
    here = next((place for place in places if place.organisation_id == organisation_id), places[0])
    with tenant_scope(here.organisation_id):
        request_mail(Membership.objects.get(user=user), RESET)


def set_password_by_link(*, organisation_id: UUID, secret: str, password: str, ip: str, user_agent: str) -> Membership:
    """Set a password by a link that nobody has used yet. Every session of its owner ends."""
    now = clock.now()
    with tenant_scope(organisation_id):
        link = (
            PasswordLink.objects.select_for_update(of=("self",))
            .select_related("membership__user")
            .filter(digest=keys.digest_of(secret))
            .first()
        )
        if link is None or link.used_at or link.withdrawn_at or link.expires_at <= now:
            raise errors.LinkSpent
        membership: Membership = link.membership
        if not membership.is_active or not membership.user.is_active:
            raise errors.LinkSpent
        passwords.set_password(membership, password)
        link.used_at = now
        link.save(update_fields=["used_at"])
        withdraw_all(membership, now)
        selectors.sessions_of(membership.user_id).delete()
        record_login_event(LoginEvent.Kind.PASSWORD_SET, user_id=membership.user_id, ip=ip, user_agent=user_agent)
        owner = Actor(
            organisation_id=organisation_id,
            user_id=membership.user_id,
            membership_id=membership.id,
            name=membership.name,
            ip=ip,
            user_agent=user_agent,
        )
        audit.record(owner, "identity.password_set_by_link", membership, purpose=str(link.purpose))
    return membership


def make_mailed_secret(*, organisation_id: UUID, link_id: UUID) -> tuple[PasswordLink, str] | None:
    """A link that is about to be mailed, and its secret; None when it was mailed, used or withdrawn before.

    A mail that is sent a second time, because a worker was killed, carries a new secret; the first is dead.
    """
    with tenant_scope(organisation_id):
        links = PasswordLink.objects.select_for_update(of=("self",)).select_related("membership__user")
        link: PasswordLink | None = links.filter(id=link_id).first()
        if link is None or link.mailed_at or link.used_at or link.withdrawn_at or link.expires_at <= clock.now():
            return None
        secret = keys.new_secret()
        link.digest = keys.digest_of(secret)
        link.save(update_fields=["digest"])
        return link, secret


def mark_mailed(*, organisation_id: UUID, link_id: UUID) -> None:
    """Note that the mail server has taken the mail with this link."""
    with tenant_scope(organisation_id):
        PasswordLink.objects.filter(id=link_id).update(mailed_at=clock.now())


def request_mail(membership: Membership, purpose: PasswordLink.Purpose) -> PasswordLink:
    """Make a link that nobody can use before it is mailed, and say that it should be."""
    link = _new_link(membership, purpose, keys.digest_of(keys.new_secret()))
    events.publish(PasswordLinkWanted(membership.organisation_id, link.id))
    return link


def withdraw_all(membership: Membership, now: datetime) -> None:
    """Let no open link of a member work any more."""
    PasswordLink.objects.filter(membership=membership, used_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )


def _new_link(membership: Membership, purpose: PasswordLink.Purpose, digest: str) -> PasswordLink:
    now = clock.now()
    lasts = rules.ACTIVATION_LASTS if purpose == ACTIVATION else rules.RESET_LASTS
    withdraw_all(membership, now)
    link: PasswordLink = PasswordLink.objects.create(
        membership=membership, purpose=purpose, digest=digest, created_at=now, expires_at=now + lasts
    )
    return link


def _active_member(membership_id: UUID) -> Membership:
    # Locked, so that two links asked for at the same moment do not both stay open.
    found = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(id=membership_id).first()
    if found is None:
        raise NotFound
    if not found.is_active:
        raise errors.NotActive(name=found.name)
    membership: Membership = found
    return membership
