"""Where the inbox stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.webhooks.permissions import VIEW_INBOX

register_navigation(
    NavigationItem(
        _("What providers sent"), "webhooks:inbox", "inbox", VIEW_INBOX, group="house", order=82, in_rail=False,
        keywords=_("webhooks events parked replay PayMongo Stripe"),
    ),
)  # fmt: skip
