"""Where the approvals queue stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.approvals import permissions
from rollbook.core.approvals.selectors import may_decide_something
from rollbook.core.web.navigation import NavigationItem, register_navigation

register_navigation(
    NavigationItem(
        _("Approvals"), "approvals:queue", "clipboard-check", "",
        order=80, keywords=_("decide approve return void refund"), in_rail_for=may_decide_something,
    ),
    NavigationItem(
        _("Every request for a decision"), "approvals:every_request", "list-checks", permissions.VIEW_ALL_REQUESTS,
        group="house", order=63, in_rail=False,
    ),
)  # fmt: skip
