"""The runs of reports: who asked for which list, and what became of it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.models import TenantModel


class ReportRun(TenantModel):
    """One run of a report, as it was asked for. Its file is kept for a time; the row stays."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("Being written")
        DONE = "DONE", _("Ready")
        FAILED = "FAILED", _("Failed")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        PDF = "pdf", "PDF"

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.QUEUED: frozenset({State.RUNNING, State.DONE, State.FAILED}),
        # A killed worker's run is taken up again by another.
        State.RUNNING: frozenset({State.RUNNING, State.QUEUED, State.DONE, State.FAILED}),
        # An operator lets a dead letter be tried again.
        State.FAILED: frozenset({State.RUNNING}),
        State.DONE: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "key", "filters", "columns", "format", "language", "asked_by", "scopes",
    )  # fmt: skip

    key = models.CharField(max_length=80)
    #: As in an address: {"term": ["2031-1"]}. Never what somebody typed to find a person.
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=60))
    format = models.CharField(max_length=4, choices=Format.choices)
    language = models.CharField(max_length=12, help_text="The language of headings and states.")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: What the token was limited to, where one asked; empty for a person.
    scopes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    #: How many rows there are, and how many are written.
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    #: How often the background took it up. A worker held for dead does not overwrite what a later one did.
    attempts = models.PositiveSmallIntegerField(default=0)
    file_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: Why it failed, for the operator: kind and place, never what stood in a row.
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="analytics_run_finished",
                condition=Q(state__in=["QUEUED", "RUNNING"], finished_at__isnull=True, file_id__isnull=True)
                | Q(state="DONE", finished_at__isnull=False, file_id__isnull=False)
                | Q(state="FAILED", finished_at__isnull=False, file_id__isnull=True),
            ),
            models.CheckConstraint(name="analytics_run_done_within_rows", condition=Q(done__lte=F("rows"))),
            models.CheckConstraint(name="analytics_run_says_why", condition=~Q(state="FAILED") | ~Q(reason="")),
            models.CheckConstraint(name="analytics_run_columns", condition=Q(columns__len__gte=1)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="analytics_run_of_user", fields=["organisation", "asked_by", "-created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.format} {self.state}"

    def may_become(self, state: str) -> bool:
        """Tell whether the run may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def is_underway(self) -> bool:
        """Whether somebody waits for it."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
