"""Asking for a report. A short one is answered at once, a long one in the background; either stands on record."""

from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.utils import translation

from rollbook.core.audit.services import record, record_access
from rollbook.core.permissions.actor import Actor
from rollbook.core.web.tables.table import Counted
from rollbook.shared.analytics import permissions, reading, register, rules
from rollbook.shared.analytics.asking import Asked, read_format
from rollbook.shared.analytics.jobs import report_run
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.selectors import file_of, system_of
from rollbook.shared.analytics.services.finishing import file_name, finish, sheet_of
from rollbook.shared.analytics.writing import write
from rollbook.shared.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class Answered:
    """A run, and its file when it was short enough to wait for."""

    run: ReportRun
    content: bytes | None = None


def run_report(actor: Actor, wanted: Asked, *, file_format: str) -> Answered:
    """Run a report for the actor. Up to 5,000 rows the file is there at once; more follow in the background."""
    actor.require(permissions.SEE_REPORTS)
    report = register.report_for(actor, system_of(actor), wanted.report.key)
    actor.require_membership()
    rows = reading.count(report, actor, wanted.values)
    run: ReportRun = ReportRun.objects.create(
        key=report.key, filters=wanted.params, columns=[column.name for column in wanted.columns],
        format=read_format(file_format), language=translation.get_language() or "en",
        asked_by_id=actor.acting_user_id(), scopes=sorted(actor.permissions) if actor.token_id else [], rows=rows,
    )  # fmt: skip
    record(
        actor, "analytics.report_run", run, report=report.key, format=run.format, rows=rows, filters=run.filters,
        columns=run.columns,
    )  # fmt: skip
    if report.names_people:
        record_access(actor, run, f"report {report.key}")
    if rules.is_answered_at_once(rows):
        lines = Counted(chain.from_iterable(reading.chunks(report, actor, wanted.values)))
        content = write(sheet_of(actor, wanted), lines, run.format).read()
        finish(actor, run, content, rows=lines.count)
        return Answered(run, content)
    report_run.defer(organisation_id=actor.organisation_id, run_id=run.id)
    return Answered(run)


def download(actor: Actor, run_id: UUID) -> tuple[ReportRun, StoredFile]:
    """Take away the file of a run that one asked for; each time is noted."""
    run, stored = file_of(actor, run_id)
    record(actor, "analytics.report_downloaded", run, report=run.key, format=run.format, rows=run.rows)
    return run, stored


__all__ = ["Answered", "download", "file_name", "run_report"]
