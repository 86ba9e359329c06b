"""Results of the checklist and the runs that made them.

Tables of the installation: items of the platform belong to no organisation. `scope` says what a result
is about: "install", or the id of an organisation.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock, ids

INSTALL = "install"


class CheckRun(models.Model):
    """One run of the checklist, asked for by a person or planned."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting for the worker")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not run")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    stage = models.CharField(max_length=4, blank=True, help_text="Empty for every stage.")
    profile = models.CharField(max_length=20, blank=True)
    items = models.JSONField(default=list, blank=True, help_text="Ids asked for; empty means all of the stage.")
    scope = models.CharField(max_length=40, default=INSTALL)
    environment = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    asked_by = models.UUIDField(null=True, blank=True)
    runner = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=30, blank=True)
    sentence = models.CharField(max_length=500, blank=True)
    counts = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(name="launch_checkrun_recent", fields=["-created_at"])]

    def __str__(self) -> str:
        return f"{self.stage} {self.created_at:%Y-%m-%d %H:%M} {self.verdict or self.state}"


class CheckResult(models.Model):
    """What one item found at one moment. Never changed; each result's hash contains the one before."""

    append_only: ClassVar[bool] = True

    class State(models.TextChoices):
        PASS = "pass", _("Pass")
        WARN = "warn", _("Warning")
        FAIL = "fail", _("Fail")
        ERROR = "error", _("Error")
        SKIPPED = "skipped", _("Skipped")
        NOT_APPLICABLE = "not_applicable", _("Not applicable")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.BigIntegerField(unique=True, help_text="Its place in the chain of this installation.")
    item = models.CharField(max_length=30)
    run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    release_id = models.UUIDField(null=True, blank=True, help_text="The release it was taken for, if any.")
    environment = models.CharField(max_length=20)
    scope = models.CharField(max_length=40, default=INSTALL)
    stage = models.CharField(max_length=4)
    state = models.CharField(max_length=20, choices=State.choices)
    summary = models.CharField(max_length=500)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    limit = models.CharField(max_length=100, blank=True)
    remedy = models.CharField(max_length=500, blank=True)
    evidence = models.JSONField(default=dict)
    evidence_sha256 = models.CharField(max_length=64)
    evidence_withheld = models.BooleanField(default=False, help_text="The evidence seemed to hold something secret.")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    definition_hash = models.CharField(max_length=64)
    artefact = models.CharField(max_length=64, help_text="Digest of the software that ran.")
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(default=0)
    runner = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="launch_checkresult_expires_later",
                condition=models.Q(expires_at__gte=models.F("taken_at")),
            ),
            models.CheckConstraint(
                name="launch_checkresult_red_has_remedy",
                condition=models.Q(state__in=["pass", "not_applicable"]) | ~models.Q(remedy=""),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="launch_checkresult_latest", fields=["item", "scope", "environment", "-number"]),
            models.Index(name="launch_checkresult_taken", fields=["-taken_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.state}"
