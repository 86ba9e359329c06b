"""Where identity and roles stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.identity import permissions
from rollbook.core.permissions import permissions as role_permissions
from rollbook.core.web.navigation import NavigationItem, register_navigation

register_navigation(
    NavigationItem(_("Members"), "identity:members", "users", permissions.VIEW_MEMBERS, group="house", order=10),
    NavigationItem(
        _("Roles"),
        "permissions:roles",
        "key-round",
        role_permissions.VIEW_ROLES,
        group="house",
        order=20,
        in_rail=False,
    ),
    NavigationItem(
        _("Who acted for whom"),
        "identity:stand_ins",
        "user-check",
        permissions.VIEW_STAND_INS,
        group="house",
        order=30,
        in_rail=False,
        keywords=_("impersonation support access"),
    ),
    NavigationItem(
        _("API tokens"),
        "identity:tokens",
        "key-round",
        permissions.ISSUE_TOKENS,
        group="house",
        order=40,
        in_rail=False,
    ),
)
