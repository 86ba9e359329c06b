"""Where background work stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.jobs.permissions import VIEW_JOBS

register_navigation(
    NavigationItem(
        _("Background work"),
        "jobs:overview",
        "timer",
        VIEW_JOBS,
        group="house",
        order=80,
        in_rail=False,
        keywords=_("jobs queue worker failed dead letters schedule"),
    ),
)
