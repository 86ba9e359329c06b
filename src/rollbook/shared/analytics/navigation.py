"""Where reports stand in the house, and how each is found by its name."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.core.web.search import SearchProvider, SearchRow, register_search
from rollbook.shared.analytics import permissions, selectors


def find_reports(actor: Actor, text: str, limit: int) -> list[SearchRow]:
    """The reports whose name, sentence or other words contain every word typed."""
    words = text.casefold().split()
    found = [
        report
        for report in selectors.own_reports(actor)
        if all(word in f"{report.title} {report.sentence} {report.keywords}".casefold() for word in words)
    ]
    return [
        SearchRow(str(report.title), reverse("analytics:report", args=[report.key]), str(report.sentence))
        for report in found[:limit]
    ]


register_navigation(
    NavigationItem(
        _("Reports"), "analytics:reports", "file-spreadsheet", permissions.SEE_REPORTS, group="records", order=70,
        keywords=_("lists export csv xlsx pdf spreadsheet print"),
    ),
)  # fmt: skip

register_search(
    SearchProvider("reports", _("Reports"), permissions.SEE_REPORTS, find_reports, icon="file-spreadsheet", order=80)
)
