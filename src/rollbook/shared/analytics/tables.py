"""A report on the screen: its first rows in the house's own table, with filters, columns and totals."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.tables import Slice, Table, TableQuery
from rollbook.shared.analytics import reading
from rollbook.shared.analytics.register import Report, Values

#: The table and the buttons.
PARTS = "analytics/parts/results.html"


class ReportTable(Table):
    """The first rows of a report, and the sums of all of them."""

    empty_icon = "file-spreadsheet"
    empty_title = _("No row has all of this")
    empty_text = _("Choose other filters.")
    #: The whole of it is a run, which stands on record; the table itself gives no file.
    may_export: ClassVar[bool] = False

    def export(self, file_format: str) -> HttpResponse:
        raise NotFound

    def respond(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
        """As every table; with other filters the buttons above it ask for other rows."""
        if self.request.method == "GET" and self.request.headers.get("HX-Target") == self.element_id:
            return render(self.request, template, {**(context or {}), "table": self}, fragment=PARTS)
        return super().respond(template, context)


def table_of(request: PageRequest, report: Report) -> Table:
    """The table of a report for this visitor."""
    named: dict[str, Any] = {
        "name": f"report-{report.key}", "title": report.title, "columns": tuple(report.columns),
        "filters": tuple(report.filters), "order": report.columns[0].name,
    }  # fmt: skip
    made: type[Table] = type("TableOfReport", (ReportTable,), named)
    return made(request, lambda query: _slice(report, request.actor, query))


def trend_of(report: Report, actor: Actor, values: Values) -> Chart | None:
    """The rows of a report week by week; nothing to draw before there are two weeks."""
    counted = reading.weeks(report, actor, values) if report.by_week else []
    if len(counted) < 2:
        return None
    return Chart(
        "line", _("Week by week"), [monday for monday, _rows in counted],
        [Series(report.title, [rows for _monday, rows in counted])], label_heading=_("Week from"),
    )  # fmt: skip


def _slice(report: Report, actor: Actor, query: TableQuery) -> Slice:
    return Slice(reading.first_rows(report, actor, query.filters), reading.totals(report, actor, query.filters))
