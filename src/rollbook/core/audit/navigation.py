"""Where the audit trail stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.audit import permissions
from rollbook.core.web.navigation import NavigationItem, register_navigation

register_navigation(
    NavigationItem(_("Audit trail"), "audit:entries", "scroll-text", permissions.VIEW_AUDIT, group="house", order=60),
    NavigationItem(
        _("Seals of the audit trail"), "audit:seals", "stamp", permissions.VERIFY_SEALS,
        group="house", order=61, in_rail=False,
    ),
    NavigationItem(
        _("Reads of restricted records"), "audit:accesses", "eye", permissions.VIEW_ACCESS,
        group="house", order=62, in_rail=False,
    ),
    NavigationItem(_("What I did"), "audit:own", "history", "", group="work", order=95, in_rail=False),
)  # fmt: skip
