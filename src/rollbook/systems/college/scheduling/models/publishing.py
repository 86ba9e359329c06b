"""The published schedule of a term, calendars that people subscribe to, and timetables read from files."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Term


class TermSchedule(TenantModel):
    """Whether a term's schedule is published, and when students pick their classes: [opens, closes)."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "term")

    term = TenantForeignKey(Term)
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    picking_opens_at = models.DateTimeField(null=True)
    picking_closes_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_termschedule_unique", fields=["organisation", "term"]),
            models.CheckConstraint(
                name="college_termschedule_picking",
                condition=Q(is_published=False)
                | Q(published_at__isnull=False, picking_opens_at__lt=F("picking_closes_at")),
            ),
        ]

    def __str__(self) -> str:
        return "published" if self.is_published else "not published"


class CalendarFeed(TenantModel):
    """A secret address under which somebody's calendar reads their classes. Only the digest of the secret is kept."""

    person = TenantForeignKey("people.Person")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret in the address.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_feed_digest_unique", fields=["organisation", "digest"]),
            models.UniqueConstraint(
                name="college_feed_one_live", fields=["organisation", "person"], condition=Q(revoked_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"


class TimetableImport(TenantModel):
    """A timetable read from a file: checked first, and only then made."""

    class State(models.TextChoices):
        CHECKED = "CHECKED", _("Checked")
        COMMITTED = "COMMITTED", _("Imported")

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "term", "file_name", "file_sha256", "rows",
    )  # fmt: skip

    term = TenantForeignKey(Term)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    #: The lines as they were read.
    rows = models.JSONField()
    #: What is wrong: [{"line": …, "field": …, "message": …}]
    errors = models.JSONField(default=list)
    #: What would be made, or was: counts by kind.
    counts = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.CHECKED)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    committed_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="college_timetable_moments",
                condition=Q(state="CHECKED", committed_at__isnull=True)
                | Q(state="COMMITTED", committed_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_timetable_newest", fields=["organisation", "-created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
