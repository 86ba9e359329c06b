"""The run log and the schedules as tables."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State, Words
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter, Table, TextFilter
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.register import jobs

STATES = {
    JobRun.Outcome.SUCCEEDED.value: State(_("Done"), "good"),
    JobRun.Outcome.CONTINUES.value: State(_("Continues in a later job"), "info"),
    JobRun.Outcome.FAILED.value: State(_("Failed, is tried again"), "warn"),
    JobRun.Outcome.LOST.value: State(_("Worker was lost, is tried again"), "warn"),
    JobRun.Outcome.GAVE_UP.value: State(_("Gave up"), "bad"),
    JobRun.Outcome.RETRIED.value: State(_("Retried by hand"), "info"),
    JobRun.Outcome.DISCARDED.value: State(_("Discarded by hand"), "neutral"),
}


def sentence_of(name: str) -> str:
    """What a job does, in the first sentence that its author wrote."""
    declared = jobs().get(name)
    words = (declared.function.__doc__ or "").strip().split("\n")[0] if declared else ""
    return words or name


def _units(row: Any) -> Words:
    if not row["units_done"] and not row["units_failed"]:
        return ""
    if row["units_failed"]:
        return _("%(done)s done, %(failed)s failed") % {"done": row["units_done"], "failed": row["units_failed"]}
    return _("%(done)s done") % {"done": row["units_done"]}


class RunTable(Table):
    """Every attempt of the last 90 days."""

    name = "job-runs"
    title = _("Runs of background work")
    order = "-ended_at"
    columns: ClassVar[list[Column]] = [
        Column("job", _("Job"), primary=True, sortable=True),
        Column("outcome", _("Outcome"), "state", states=STATES),
        Column("ended_at", _("Ended"), "datetime", sortable=True),
        Column("duration_ms", _("Milliseconds"), "number"),
        Column("attempt", _("Attempt"), "number"),
        Column("units", _("Rows"), text=_units, needs=("units_done", "units_failed")),
        Column("error", _("Error")),
        Column("reason", _("Reason"), visible=False),
        Column("queue_job_id", _("Number"), "number", visible=False),
        Column("worker", _("Worker"), visible=False),
    ]
    filters: ClassVar[list[Any]] = [
        TextFilter("find", _("Job"), lookups=("job__icontains",)),
        ChoiceFilter("outcome", _("Outcome"), choices=[(value, state.label) for value, state in STATES.items()]),
        DateRangeFilter("ended", _("Ended"), lookup="ended_at", moments=True),
    ]
    empty_title = _("Nothing has run yet")
    empty_text = _("Each run of background work is noted here for 90 days.")
    empty_icon = "history"


class ScheduleTable(Table):
    """What is planned, soonest first."""

    name = "job-schedules"
    title = _("Planned background work")
    order = "next_due_at"
    columns: ClassVar[list[Column]] = [
        Column("job", _("Job"), primary=True, sortable=True),
        Column("what", _("What it does"), text=lambda row: sentence_of(row["job"]), needs=("job",)),
        Column("next_due_at", _("Next"), "datetime", sortable=True),
        Column("last_queued_at", _("Last"), "datetime", nullable=True),
        Column("cron", _("Plan")),
        Column("timezone", _("Time zone")),
    ]
    empty_title = _("Nothing is planned yet")
    empty_text = _("A worker makes the plan within a minute of its start.")
    empty_icon = "calendar-clock"
