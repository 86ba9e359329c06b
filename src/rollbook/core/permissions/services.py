"""Acts on role bundles."""

from rollbook.core.permissions import register
from rollbook.core.permissions.models import RoleBundle


def install_role_bundles(system: str) -> list[RoleBundle]:
    """Give the organisation in scope the bundles that its system starts with; those that stand are kept."""
    standing = set(RoleBundle.objects.values_list("key", flat=True))
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
