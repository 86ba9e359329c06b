"""The register of named permissions. A module's `permissions.py` declares its own here."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """A named right. `roles` are the keys of the role bundles that hold it at first."""

    name: str
    sentence: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Role:
    """A bundle of permissions as an institution meets it: cashier, registrar."""

    key: str
    label: str
    #: Systems in which a new organisation starts with this role; empty means every system.
    systems: frozenset[str]
    #: Kinds of restricted records that the role may open.
    grants: frozenset[str]
    #: Staff who touch money, grades, documents or settings sign in with a second factor.
    needs_second_factor: bool
    #: Staff sessions end after half an hour without a request.
    is_staff: bool


_permissions: dict[str, Permission] = {}
_roles: dict[str, Role] = {}
_entrusted: dict[str, set[str]] = {}


def register(name: str, sentence: str, *, roles: Iterable[str] = ()) -> str:
    """Declare a permission and return its name, to be kept as a constant."""
    permission = Permission(name, sentence, frozenset(roles))
    if _permissions.setdefault(name, permission) != permission:
        raise ValueError(f"The permission {name} is declared twice, differently.")
    return name


def register_role(
    key: str,
    label: str,
    *,
    systems: Iterable[str] = (),
    grants: Iterable[str] = (),
    needs_second_factor: bool = False,
    is_staff: bool = True,
) -> str:
    """Declare a role bundle and return its key. Students, families and buyers are not staff."""
    role = Role(key, label, frozenset(systems), frozenset(grants), needs_second_factor, is_staff)
    if _roles.setdefault(key, role) != role:
        raise ValueError(f"The role {key} is declared twice, differently.")
    return key


def permissions() -> dict[str, Permission]:
    """Every declared permission by name."""
    return dict(_permissions)


def roles(system: str | None = None) -> dict[str, Role]:
    """Every declared role by key, or those that an organisation of one system starts with."""
    return {key: role for key, role in _roles.items() if system is None or not role.systems or system in role.systems}


def entrust(role_key: str, *names: str) -> None:
    """Let a role start with permissions that lower rooms declared: in a college, registrars add people."""
    unknown = sorted(set(names) - set(_permissions))
    if unknown:
        raise ValueError(f"Nobody declared {', '.join(unknown)}.")
    _entrusted.setdefault(role_key, set()).update(names)


def permissions_of(role_key: str) -> frozenset[str]:
    """The permissions that a role bundle starts with."""
    declared = {name for name, permission in _permissions.items() if role_key in permission.roles}
    return frozenset(declared | _entrusted.get(role_key, set()))
