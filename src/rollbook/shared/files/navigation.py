"""Where files stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.files import permissions

register_navigation(
    NavigationItem(
        _("Stored files"),
        "files:list",
        "file-text",
        permissions.VIEW_FILES,
        group="house",
        order=60,
        in_rail=False,
        keywords=_("uploads documents photos"),
    ),
)
