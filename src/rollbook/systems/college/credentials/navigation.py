"""Where papers and graduation stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.shared.documents.models import Document
from rollbook.systems.college.credentials import permissions, selectors
from rollbook.systems.college.records.history import register_history
from rollbook.systems.college.records.tabs import StudentTab, register_tab

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("Released papers"), "credentials:releases", "stamp", permissions.RELEASE_PAPERS, group="records",
        order=70, systems=_COLLEGE, keywords=_("transcript certificate"),
    ),
    NavigationItem(
        _("My papers"), "credentials:own", "stamp", permissions.VIEW_OWN_PAPERS, group="work", order=60,
        systems=_COLLEGE, keywords=_("transcript certificate"),
    ),
)  # fmt: skip

register_tab(
    StudentTab("papers", _("Papers"), "credentials:of_student", permissions.RELEASE_PAPERS, order=70),
    StudentTab("graduation", _("Graduation"), "credentials:graduation", permissions.CHECK_GRADUATION, order=65),
)
register_history(Document, selectors.paper_ids_known)
