"""The pages of reports: which one may run, one report, one run."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.analytics import permissions, rules, selectors
from rollbook.shared.analytics.asking import asked, read_format
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.register import Report
from rollbook.shared.analytics.services import asking
from rollbook.shared.analytics.tables import table_of, trend_of
from rollbook.shared.analytics.words import RUN_STATES
from rollbook.shared.analytics.writing import CONTENT_TYPES
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.selectors import read_content


@page(permission=permissions.SEE_REPORTS)
def reports(request: PageRequest) -> HttpResponse:
    """Every report that one may run, under its heading, and the latest runs of one's own."""
    mine = selectors.own_reports(request.actor)
    groups = [(group.label, list(items)) for group, items in groupby(mine, key=lambda report: report.group)]
    runs = list(selectors.own_runs(request.actor)[: selectors.MOST_RUNS_SHOWN])
    return render(request, "analytics/reports.html", {"groups": groups, "runs": shown_runs(runs, mine)})


def shown_runs(runs: list[ReportRun], known: list[Report]) -> list[dict[str, Any]]:
    """Runs as the pages list them."""
    kept = selectors.kept_files(runs)
    titles = {report.key: report.title for report in known}
    return [
        {"run": run, "title": titles[run.key], "state": RUN_STATES[run.state], "is_kept": run.file_id in kept}
        for run in runs
    ]


@page(permission=permissions.SEE_REPORTS)
def report(request: PageRequest, key: str) -> HttpResponse:
    """One report: its filters, its first rows with the totals of all, its three files, one's earlier runs."""
    found = selectors.get_report(request.actor, key)
    table = table_of(request, found)
    runs = list(selectors.own_runs(request.actor, key=key)[:5])
    context = {
        "report": found,
        "trend": trend_of(found, request.actor, table.query.filters),
        "shown": rules.SHOWN,
        "at_once": rules.MOST_AT_ONCE,
        "runs": shown_runs(runs, [found]),
        "query": table.here.removeprefix(request.path),
    }
    return table.respond("analytics/report.html", context)


@require_POST
@page(permission=permissions.SEE_REPORTS)
def run(request: PageRequest, key: str) -> HttpResponse:
    """Run a report with the filters of the address and the columns that one sees: its file, or how far it is."""
    found = selectors.get_report(request.actor, key)
    query = table_of(request, found).query
    wanted = asked(found, dict(request.GET.lists()), query.columns)
    answered = asking.run_report(request.actor, wanted, file_format=read_format(request.POST.get("format")))
    if answered.content is None:
        return done(request, "analytics:run", answered.run.id)
    return _file(answered.run, answered.content)


def _file(of: ReportRun, content: bytes) -> HttpResponse:
    return file_response(content, content_type=CONTENT_TYPES[of.format], name=asking.file_name(of))


@page(permission=permissions.SEE_REPORTS)
def one_run(request: PageRequest, run_id: UUID) -> HttpResponse:
    """How far a run has come, and its file once it is there."""
    of = selectors.get_run(request.actor, run_id)
    found = selectors.get_report(request.actor, of.key)
    context = {
        "run": of,
        "report": found,
        "state": RUN_STATES[of.state],
        "sentences": asked(found, of.filters, of.columns).sentences,
        "is_kept": of.file_id in selectors.kept_files([of]),
        "kept_days": rules.KEEP_DAYS,
    }
    return render(request, "analytics/run.html", context, fragment="analytics/parts/progress.html")


@page(permission=permissions.SEE_REPORTS)
def download(request: PageRequest, run_id: UUID) -> HttpResponse:
    """The file of a run."""
    of, stored = asking.download(request.actor, run_id)
    return _file(of, read_content(stored))
