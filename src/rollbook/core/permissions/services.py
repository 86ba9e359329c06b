"""Acts on role bundles."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.errors import Invalid, NotFound, VersionConflict
from rollbook.core.identity.services import guards
from rollbook.core.permissions import errors, permissions, register
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.roles import ADMINISTRATOR

#: Without these nobody in the organisation could give a right back.
_KEYS_OF_THE_HOUSE = frozenset({"core.identity.manage_members", permissions.MANAGE_ROLES, permissions.VIEW_ROLES})


def install_role_bundles(system: str) -> list[RoleBundle]:
    """Give the organisation in scope the roles that its system starts with; return the new ones.

    Roles that stand keep what the organisation made of them, and get the permissions that came with a
    newer version. Running it again changes nothing.
    """
    standing: dict[str, RoleBundle] = {bundle.key: bundle for bundle in RoleBundle.objects.select_for_update()}
    for key, bundle in standing.items():
        _add_what_is_new(bundle, register.permissions_of(key))
    made: list[RoleBundle] = RoleBundle.objects.bulk_create(
        RoleBundle(
            key=role.key,
            label=role.label,
            permissions=sorted(register.permissions_of(role.key)),
            grants=sorted(role.grants),
            needs_second_factor=role.needs_second_factor,
            is_staff=role.is_staff,
        )
        for role in register.roles(system).values()
        if role.key not in standing
    )
    return made


@transaction.atomic
def make_role(
    *,
    actor: Actor,
    key: str,
    label: str,
    permissions_held: Collection[str],
    needs_second_factor: bool = False,
    is_staff: bool = True,
) -> RoleBundle:
    """Make a role of the organisation's own."""
    actor.require(permissions.MANAGE_ROLES)
    guards.in_person(actor, clock.now())
    _check(key, label, permissions_held)
    try:
        with transaction.atomic():
            bundle: RoleBundle = RoleBundle.objects.create(
                key=key,
                label=label.strip(),
                permissions=sorted(set(permissions_held)),
                withdrawn=sorted(register.permissions_of(key) - set(permissions_held)),
                needs_second_factor=needs_second_factor,
                is_staff=is_staff,
            )
    except IntegrityError as error:
        raise errors.RoleExists(key=key) from error
    audit.record(actor, "permissions.role_made", bundle, after=_seen(bundle))
    return bundle


@transaction.atomic
def change_role(
    *,
    actor: Actor,
    key: str,
    label: str,
    permissions_held: Collection[str],
    needs_second_factor: bool,
    is_staff: bool,
    expected_version: int | None = None,
) -> RoleBundle:
    """Change what a role means, for everybody who holds it, from the next request on."""
    actor.require(permissions.MANAGE_ROLES)
    guards.in_person(actor, clock.now())
    found: RoleBundle | None = RoleBundle.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise NotFound
    bundle = found
    if expected_version is not None and bundle.version != expected_version:
        raise VersionConflict
    _check(key, label, permissions_held)
    before = _seen(bundle)
    bundle.label = label.strip()
    bundle.permissions = sorted(set(permissions_held))
    bundle.withdrawn = sorted(register.permissions_of(key) - set(permissions_held))
    bundle.needs_second_factor = needs_second_factor
    bundle.is_staff = is_staff
    bundle.version += 1
    bundle.save()
    audit.record(actor, "permissions.role_changed", bundle, before=before, after=_seen(bundle))
    return bundle


def _check(key: str, label: str, names: Collection[str]) -> None:
    if not label.strip():
        raise Invalid.field("label", _("Write what people call this role."))
    known = register.permissions()
    for name in sorted(names):
        if name not in known:
            raise errors.PermissionUnknown(permission=name)
    if key == ADMINISTRATOR and not set(names) >= _KEYS_OF_THE_HOUSE:
        raise errors.AdministratorKeepsKeys


def _add_what_is_new(bundle: RoleBundle, defaults: frozenset[str]) -> None:
    new = defaults - set(bundle.permissions) - set(bundle.withdrawn)
    if new:
        bundle.permissions = sorted({*bundle.permissions, *new})
        bundle.version += 1
        bundle.save(update_fields=["permissions", "version", "updated_at"])


def _seen(bundle: RoleBundle) -> dict[str, Any]:
    return {
        "label": bundle.label,
        "permissions": bundle.permissions,
        "needs_second_factor": bundle.needs_second_factor,
        "is_staff": bundle.is_staff,
    }
