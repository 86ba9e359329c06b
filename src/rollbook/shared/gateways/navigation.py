"""Where the provider accounts stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.gateways.permissions import VIEW_ACCOUNTS

register_navigation(
    NavigationItem(
        _("Payment providers"), "gateways:accounts", "plug", VIEW_ACCOUNTS, group="house", order=55, in_rail=False,
        keywords=_("integrations PayMongo Stripe keys secrets webhook"),
    ),
)  # fmt: skip
