"""Where issued papers stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.documents import permissions

register_navigation(
    NavigationItem(
        _("Issued papers"),
        "documents:list",
        "file-check",
        permissions.VIEW_DOCUMENTS,
        group="house",
        order=50,
        in_rail=False,
        keywords=_("documents certificates receipts verification"),
    ),
)
