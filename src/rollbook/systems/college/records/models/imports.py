"""Files of students: what was read, what was wrong with it, and what became of each row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class ImportRun(TenantModel):
    """One file of students. It is checked first; only a committed run has changed anything."""

    class State(models.TextChoices):
        CHECKED = "CHECKED", _("Checked")
        COMMITTED = "COMMITTED", _("Imported")
        TAKEN_BACK = "TAKEN_BACK", _("Taken back")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.CHECKED: frozenset({State.COMMITTED}),
        State.COMMITTED: frozenset({State.TAKEN_BACK}),
        State.TAKEN_BACK: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "file_name", "file_sha256")

    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    #: Whether unknown programmes and terms are made by the import.
    creates_missing = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKED)
    rows_total = models.PositiveIntegerField()
    rows_with_errors = models.PositiveIntegerField()
    #: Rows that say what stands already.
    rows_standing = models.PositiveIntegerField()
    #: Codes of programmes and terms that are not there yet: {"programmes": [...], "terms": [...]}.
    missing = models.JSONField(default=dict)
    #: What was made when it was committed: counts by kind.
    made = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    committed_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="college_import_moments",
                condition=Q(state="CHECKED", committed_at__isnull=True, taken_back_at__isnull=True)
                | Q(state="COMMITTED", committed_at__isnull=False, taken_back_at__isnull=True)
                | Q(state="TAKEN_BACK", committed_at__isnull=False, taken_back_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_import_newest", fields=["organisation", "-created_at", "id"]),
            models.Index(name="college_import_same_file", fields=["organisation", "file_sha256"]),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    def may_become(self, state: str) -> bool:
        """Tell whether the run may move to another state."""
        return state in self.TRANSITIONS[self.state]


class ImportRow(TenantModel):
    """One line of the file as it was read, with what was wrong or what was made of it."""

    class Outcome(models.TextChoices):
        READY = "READY", _("Ready")
        ERROR = "ERROR", _("With errors")
        STANDING = "STANDING", _("Stands already")
        IMPORTED = "IMPORTED", _("Imported")

    run = TenantForeignKey(ImportRun)
    #: The line in the file, the heading being line 1.
    line = models.PositiveIntegerField()
    values = models.JSONField()
    #: [{"field": …, "message": …}]
    errors = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    student_id = models.UUIDField(null=True)
    #: Whether this row made the student, or only enrolled one who stood already.
    made_student = models.BooleanField(default=False)
    created_at = None  # type: ignore[assignment]

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_import_line_unique", fields=["organisation", "run", "line"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_import_of_student",
                fields=["organisation", "student_id"],
                condition=Q(student_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.outcome}"
