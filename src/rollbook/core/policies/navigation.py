"""Where the settings stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.policies import permissions
from rollbook.core.web.navigation import NavigationItem, register_navigation

register_navigation(
    NavigationItem(_("Settings"), "policies:settings", "settings", permissions.VIEW_SETTINGS, group="house", order=50),
)
