"""What can be asked about roles and permissions."""

from dataclasses import dataclass

from django.db.models import QuerySet

from rollbook.core.errors import NotFound
from rollbook.core.permissions import permissions, register
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.register import Permission


@dataclass(frozen=True, slots=True)
class Group:
    """The permissions of one room, as they stand together on a page."""

    #: The room: "college.fees".
    name: str
    permissions: tuple[Permission, ...]

    @property
    def label(self) -> str:
        """The room as people read it: "College, fees"."""
        words = [part.replace("_", " ") for part in self.name.split(".")]
        return ", ".join(words).capitalize()


def role_bundles(actor: Actor) -> QuerySet[RoleBundle]:
    """What each role means here, by label."""
    actor.require(permissions.VIEW_ROLES)
    found: QuerySet[RoleBundle] = RoleBundle.objects.order_by("label", "key")
    return found


def role_bundle(actor: Actor, key: str) -> RoleBundle:
    """One role."""
    actor.require(permissions.VIEW_ROLES)
    found: RoleBundle | None = RoleBundle.objects.filter(key=key).first()
    if found is None:
        raise NotFound
    return found


def permission_groups() -> list[Group]:
    """Every permission of this version, by the room that declares it."""
    groups: dict[str, list[Permission]] = {}
    for name, permission in sorted(register.permissions().items()):
        groups.setdefault(name.rpartition(".")[0], []).append(permission)
    return [Group(name, tuple(members)) for name, members in groups.items()]
