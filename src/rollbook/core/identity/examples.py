"""Members, actors and signed-in browsers for tests and rehearsals."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from rollbook.core import clock, ids
from rollbook.core.identity.models import Membership, User
from rollbook.core.identity.rules import OTHER_SESSION_LASTS
from rollbook.core.identity.session_store import ORGANISATION_SESSION_KEY, SessionStore
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

PASSWORD = "Sampaguita-1896-bloom"  # noqa: S105 - of people who do not exist


def a_member(
    organisation: Organisation,
    *roles: str,
    name: str = "Reyes, Ana",
    email: str | None = "",
    login_name: str | None = None,
    password: str | None = None,
    user: User | None = None,
    person_id: UUID | None = None,
) -> Membership:
    """Somebody who belongs to the organisation; `email=None` for one who signs in by number alone."""
    with tenant_scope(organisation.id):
        install_role_bundles(organisation.system)
        if user is None:
            address = f"member-{ids.new_id().hex[-12:]}@example.edu" if email == "" else email
            user = User(email=address, display_name=name)
            if password is None:
                user.set_unusable_password()
            else:
                user.set_password(password)
            user.save()
        membership: Membership = Membership.objects.create(
            user=user, name=name, roles=list(roles), login_name=login_name, person_id=person_id
        )
    return membership


def an_actor(membership: Membership, **changes: Any) -> Actor:
    """The member as an actor who has just proved who they are."""
    with tenant_scope(membership.organisation_id):
        bundles = list(RoleBundle.objects.filter(key__in=membership.roles))
    values: dict[str, Any] = {
        "organisation_id": membership.organisation_id,
        "user_id": membership.user_id,
        "membership_id": membership.id,
        "person_id": membership.person_id,
        "name": membership.name,
        "roles": frozenset(membership.roles),
        "permissions": frozenset(name for bundle in bundles for name in bundle.permissions),
        "grants": frozenset(name for bundle in bundles for name in bundle.grants),
        "proved_at": clock.now(),
        "ip": "203.0.113.7",
    }
    return Actor(**(values | changes))


def an_administrator(organisation: Organisation, **changes: Any) -> Actor:
    """An administrator of the organisation."""
    return an_actor(a_member(organisation, "administrator", name="Santos, Maria"), **changes)


def a_role(organisation: Organisation, key: str, permissions: Collection[str], **values: Any) -> RoleBundle:
    """A role of the organisation with exactly these permissions."""
    with tenant_scope(organisation.id):
        bundle: RoleBundle = RoleBundle.objects.create(
            key=key, label=key.replace("_", " ").capitalize(), permissions=sorted(permissions), **values
        )
    return bundle


def a_second_factor(user: User) -> Authenticator:
    """An authenticator app, as if its owner had set it up."""
    authenticator: Authenticator = Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "nobody-can-decrypt-this"}
    )
    return authenticator


def sign_in(
    client: Client,
    membership: Membership,
    *,
    idle_minutes: int | None = None,
    proved: bool = True,
    **data: Any,
) -> SessionStore:
    """Give a test client the session that this member has after signing in and entering the organisation."""
    store = SessionStore()
    store.update(
        {
            SESSION_KEY: str(membership.user_id),
            BACKEND_SESSION_KEY: "rollbook.core.identity.backends.MembershipBackend",
            HASH_SESSION_KEY: User.objects.get(id=membership.user_id).get_session_auth_hash(),
            ORGANISATION_SESSION_KEY: str(membership.organisation_id),
            "idle_minutes": idle_minutes,
        }
    )
    if proved:
        store["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp()}]
        store["account_authentication_methods_user"] = str(membership.user_id)
    store.update(data)
    store.set_expiry(clock.now() + OTHER_SESSION_LASTS)
    store.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return store
