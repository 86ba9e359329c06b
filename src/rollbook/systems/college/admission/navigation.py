"""Where the admission office stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.admissions import permissions

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("Admission"), "admissions:board", "clipboard-list", permissions.VIEW_APPLICATIONS, group="work", order=15,
        systems=_COLLEGE, keywords=_("applicants applications pipeline board"),
    ),
    NavigationItem(
        _("Appointments"), "admissions:appointments", "calendar-clock", permissions.REVIEW_APPLICATIONS, group="work",
        order=16, systems=_COLLEGE, keywords=_("entrance test interview visit"),
    ),
    NavigationItem(
        _("Admission funnel"), "admission:funnel", "chart-column", permissions.VIEW_APPLICATIONS, group="work",
        order=17, systems=_COLLEGE, keywords=_("applied admitted paid enrolled"),
    ),
    NavigationItem(
        _("Possible doubles"), "admissions:doubles", "users", permissions.REVIEW_APPLICATIONS, group="work", order=18,
        systems=_COLLEGE, keywords=_("duplicates merge same person"), in_rail=False,
    ),
    NavigationItem(
        _("Documents of applicants"), "admissions:checklist", "list-checks", permissions.MANAGE_CHECKLIST,
        group="house", order=40, systems=_COLLEGE, keywords=_("checklist requirements admission"), in_rail=False,
    ),
)  # fmt: skip
