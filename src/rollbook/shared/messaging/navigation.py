"""Where one's notices stand in the house: the bell in the header; the rail leaves them to the palette."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation

register_navigation(
    NavigationItem(
        _("Notices"), "messaging:notices", "bell", group="work", order=90, in_rail=False,
        keywords=_("messages news mail preferences"),
    ),
)  # fmt: skip
