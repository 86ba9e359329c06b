"""Reports over JSON: which there are, running one, how far it is, its file.

Each system mounts this router among its own addresses: a college's reports stand under /college/reports/.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from ninja import Schema, Status
from pydantic import ConfigDict, Field

from rollbook.core.api.routing import ApiRequest, Router
from rollbook.shared.analytics import permissions, selectors
from rollbook.shared.analytics.asking import asked_strictly
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.register import Report
from rollbook.shared.analytics.services import asking
from rollbook.shared.analytics.writing import CONTENT_TYPES
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.selectors import read_content

router = Router(tags=["Reports"])


class ColumnOut(Schema):
    """A column of a report."""

    name: str
    label: str
    kind: str
    #: Whether it is there when no columns are named.
    is_usual: bool


class FilterOut(Schema):
    """A filter of a report, and the names under which its values are sent."""

    label: str
    names: list[str]


class ReportOut(Schema):
    """A report that the caller may run."""

    key: str
    title: str
    sentence: str
    group: str
    columns: list[ColumnOut]
    filters: list[FilterOut]


class ReportsOut(Schema):
    """Every report that the caller may run."""

    items: list[ReportOut]


class RunIn(Schema):
    """What is asked for. Without columns, the usual ones; without filters, what holds by default."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["csv", "xlsx", "pdf"] = "csv"
    filters: dict[str, list[str]] = Field(default_factory=dict, max_length=20)
    columns: list[str] = Field(default_factory=list, max_length=100)


class RunOut(Schema):
    """A run: how far it is, and where its file is fetched once it is done."""

    id: UUID
    key: str
    format: str
    state: str
    rows: int
    done: int
    filters: dict[str, list[str]]
    columns: list[str]
    created_at: datetime
    finished_at: datetime | None
    file: str | None


def _report_out(report: Report) -> dict[str, Any]:
    return {
        "key": report.key,
        "title": str(report.title),
        "sentence": str(report.sentence),
        "group": str(report.group.label),
        "columns": [
            {"name": one.name, "label": str(one.label), "kind": one.kind, "is_usual": one.visible}
            for one in report.columns
        ],
        "filters": [{"label": str(one.label), "names": list(one.param_names)} for one in report.filters],
    }


def _run_out(request: ApiRequest, run: ReportRun) -> dict[str, Any]:
    names = ("id", "key", "format", "state", "rows", "done", "filters", "columns", "created_at", "finished_at")
    file = _file_address(request, run) if run.state == ReportRun.State.DONE else None
    return {**{name: getattr(run, name) for name in names}, "file": file}


def _file_address(request: ApiRequest, run: ReportRun) -> str:
    """Where the file is fetched: in the same system as the address that was asked (`api:college_report_run`)."""
    if request.resolver_match is None:
        raise RuntimeError("A run is shown over an address.")
    system, _, _ = request.resolver_match.view_name.partition("_report")
    return reverse(f"{system}_report_file", args=[run.id])


@router.get("", permission=permissions.SEE_REPORTS, response=ReportsOut)
def report_list(request: ApiRequest) -> dict[str, Any]:
    """Which reports I may run, with their filters and columns."""
    return {"items": [_report_out(report) for report in selectors.own_reports(request.actor)]}


@router.post("/{key}/runs", permission=permissions.SEE_REPORTS, response={201: RunOut, 202: RunOut})
def report_runs(request: ApiRequest, key: str, body: RunIn) -> Status[dict[str, Any]]:
    """Run a report: 201 when its file is there, 202 when it is written in the background."""
    wanted = asked_strictly(selectors.get_report(request.actor, key), body.filters, body.columns)
    answered = asking.run_report(request.actor, wanted, file_format=body.format)
    return Status(202 if answered.content is None else 201, _run_out(request, answered.run))


@router.get("/runs/{uuid:run_id}", permission=permissions.SEE_REPORTS, response=RunOut)
def report_run(request: ApiRequest, run_id: UUID) -> dict[str, Any]:
    """How far a run of mine is."""
    return _run_out(request, selectors.get_run(request.actor, run_id))


@router.get("/runs/{uuid:run_id}/file", permission=permissions.SEE_REPORTS, response={200: bytes})
def report_file(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """The file of a run of mine."""
    found, stored = asking.download(request.actor, run_id)
    content_type = CONTENT_TYPES[found.format]
    return file_response(read_content(stored), content_type=content_type, name=asking.file_name(found))
