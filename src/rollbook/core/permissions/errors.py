"""How role bundles say no."""

from rollbook.core.errors import Refusal


class RoleExists(Refusal):
    """There is a role “{key}” already. Change that one, or choose another key."""

    code = "ROLE_EXISTS"


class PermissionUnknown(Refusal):
    """“{permission}” is not a permission of this version. Reload the page and choose from the list."""

    code = "PERMISSION_UNKNOWN"
    status = 422


class AdministratorKeepsKeys(Refusal):
    """Administrators must be able to manage members and roles; otherwise nobody could give anything back."""

    code = "ADMINISTRATOR_KEEPS_KEYS"
    audited = True
