"""Where the launch checklist stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.launch.permissions import READ_LAUNCH

register_navigation(
    NavigationItem(
        _("Launch checklist"),
        "launch:board",
        "list-checks",
        READ_LAUNCH,
        group="house",
        order=85,
        in_rail=False,
        keywords=_("readiness checks operations health"),
    ),
)
