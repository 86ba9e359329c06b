"""Where the catalogue stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.catalogue import permissions

register_navigation(
    NavigationItem(
        _("Terms"), "catalogue:terms", "calendar-days", permissions.MANAGE_TERMS, group="records", order=40,
        systems=("college",), keywords=_("semester summer enrolment windows"),
    ),
    NavigationItem(
        _("Programmes"), "catalogue:programmes", "graduation-cap", permissions.MANAGE_PROGRAMMES, group="records",
        order=50, systems=("college",), keywords=_("courses degrees"),
    ),
)  # fmt: skip
