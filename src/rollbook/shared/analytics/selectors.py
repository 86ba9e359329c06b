"""Reads of reports and their runs: each person sees the reports of their role and the runs they asked for."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.shared.analytics import permissions, register, rules
from rollbook.shared.analytics.errors import FileGone, RunFailed, RunNotFound, RunNotReady
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.register import Report
from rollbook.shared.files.models import StoredFile

MOST_RUNS_SHOWN = 20


def system_of(actor: Actor) -> str:
    """The kind of institution that the actor works in."""
    return organisation_facts(actor.organisation_id).system


def own_reports(actor: Actor) -> list[Report]:
    """The reports that the actor may run, by group."""
    actor.require(permissions.SEE_REPORTS)
    return register.reports_for(actor, system_of(actor))


def get_report(actor: Actor, key: str) -> Report:
    """One report that the actor may run."""
    actor.require(permissions.SEE_REPORTS)
    return register.report_for(actor, system_of(actor), key)


def own_runs(actor: Actor, *, key: str = "") -> "QuerySet[ReportRun]":
    """The runs that the actor asked for of reports they may still run, the newest first."""
    mine = [report.key for report in own_reports(actor)]
    rows: QuerySet[ReportRun] = ReportRun.objects.filter(asked_by_id=actor.user_id, key__in=mine)
    if key:
        rows = rows.filter(key=key)
    return rows.order_by("-created_at", "-id")


def get_run(actor: Actor, run_id: UUID) -> ReportRun:
    """One run that the actor asked for."""
    found = own_runs(actor).filter(id=run_id).first() if actor.user_id else None
    if found is None:
        raise RunNotFound
    return found


def file_of(actor: Actor, run_id: UUID) -> tuple[ReportRun, StoredFile]:
    """A run with its file, ready to be taken away."""
    run = get_run(actor, run_id)
    if run.is_underway:
        raise RunNotReady(done=run.done, total=run.rows)
    if run.state == ReportRun.State.FAILED:
        raise RunFailed
    stored = StoredFile.objects.filter(id__in=[run.file_id], removed_at__isnull=True).first()
    if stored is None:
        raise FileGone(days=rules.KEEP_DAYS)
    return run, stored


def kept_files(runs: list[ReportRun]) -> set[UUID]:
    """Which of the runs still have their file."""
    wanted = [run.file_id for run in runs if run.file_id]
    kept = StoredFile.objects.filter(id__in=wanted, removed_at__isnull=True).values_list("id", flat=True)
    return set(kept) if wanted else set()


def is_own_run(actor: Actor, run_id: UUID) -> bool:
    """Whether the actor asked for a run, of a report that they may still run."""
    if not actor.may(permissions.SEE_REPORTS):
        return False
    return bool(actor.user_id) and own_runs(actor).filter(id=run_id).exists()
