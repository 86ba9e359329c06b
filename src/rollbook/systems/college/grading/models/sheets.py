"""Grade sheets, the grades on them, and everything that ever happened to a grade."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class Component(models.TextChoices):
    """Which grade of a class it is."""

    MIDTERM = "MIDTERM", _("Midterm")
    FINAL = "FINAL", _("Final")


class GradeSheet(TenantModel):
    """The grades of one class for the midterm or the end of a term."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        SUBMITTED = "SUBMITTED", _("Submitted")
        RETURNED = "RETURNED", _("Returned")
        FINALIZED = "FINALIZED", _("Finalised")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.OPEN: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.RETURNED, State.FINALIZED}),
        State.RETURNED: frozenset({State.SUBMITTED}),
        State.FINALIZED: frozenset(),
    }
    #: Its professor may still write on it.
    WRITABLE: ClassVar[frozenset[str]] = frozenset({State.OPEN, State.RETURNED})

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "section", "component")

    section = TenantForeignKey("college_scheduling.Section", related_name="grade_sheets")
    component = models.CharField(max_length=7, choices=Component.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    finalized_at = models.DateTimeField(null=True)
    finalized_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    returned_reason = models.CharField(max_length=500, blank=True)
    #: The last local day on which its owner may write although the window is closed.
    opened_until = models.DateField(null=True)
    #: Of the enrolments and grades that were finalised.
    roster_hash = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_sheet_unique", fields=["organisation", "section", "component"]),
            models.CheckConstraint(
                name="college_sheet_submission_is_whole",
                condition=Q(state__in=["OPEN", "RETURNED"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="college_sheet_finalisation_is_whole",
                condition=Q(state="FINALIZED", finalized_at__isnull=False, finalized_by__isnull=False)
                | (~Q(state="FINALIZED") & Q(finalized_at__isnull=True, finalized_by__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_sheet_by_state", fields=["organisation", "state", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.component} of {self.section_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the sheet may move to another state."""
        return state in self.TRANSITIONS[self.state]


class GradeRecord(TenantModel):
    """One grade of one student in one class. What it was before stands in its events."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Submitted")
        RETURNED = "RETURNED", _("Returned")
        FINALIZED = "FINALIZED", _("Finalised")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.RETURNED, State.FINALIZED}),
        # A returned row that is right already is submitted again as it is.
        State.RETURNED: frozenset({State.DRAFT, State.SUBMITTED}),
        State.FINALIZED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "subject_enrolment", "sheet", "component",
    )  # fmt: skip

    subject_enrolment = TenantForeignKey("college_enrolment.SubjectEnrolment", related_name="grades")
    sheet = TenantForeignKey(GradeSheet, related_name="records")
    component = models.CharField(max_length=7, choices=Component.choices)
    symbol = models.CharField(max_length=8, blank=True)
    #: As the scale said on the day; a later version of the scale changes no grade.
    numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    scale = TenantForeignKey("college_catalogue.GradeScale", null=True)
    required_work = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    #: The professor who owned the class when it was entered.
    owner = TenantForeignKey("college_scheduling.Faculty", null=True)
    #: The event that made it what it is.
    last_event_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_grade_unique", fields=["organisation", "subject_enrolment", "component"]
            ),
            models.CheckConstraint(
                name="college_grade_has_value",
                condition=Q(state__in=["DRAFT", "RETURNED"]) | (~Q(symbol="") & Q(scale__isnull=False)),
            ),
            models.CheckConstraint(
                name="college_grade_number_has_symbol", condition=Q(numeric__isnull=True) | ~Q(symbol="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_grade_by_sheet", fields=["organisation", "sheet", "id"]),
        ]

    def __str__(self) -> str:
        return self.symbol or "—"

    def may_become(self, state: str) -> bool:
        """Tell whether the grade may move to another state."""
        return state in self.TRANSITIONS[self.state]


class GradeEvent(TenantModel):
    """Something that happened to a grade. Nothing is ever taken out, so every value it had can be proved."""

    class Kind(models.TextChoices):
        ENTER = "ENTER", _("Entered")
        SUBMIT = "SUBMIT", _("Submitted")
        RETURN = "RETURN", _("Returned")
        FINALIZE = "FINALIZE", _("Finalised")
        CHANGE = "CHANGE", _("Changed")
        INC_RESOLVED = "INC_RESOLVED", _("Incomplete resolved")
        INC_EXPIRED = "INC_EXPIRED", _("Incomplete expired")
        NG_DEFAULT = "NG_DEFAULT", _("Not graded in time")

    append_only: ClassVar[bool] = True

    record = TenantForeignKey(GradeRecord, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    old_symbol = models.CharField(max_length=8, blank=True)
    old_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    new_symbol = models.CharField(max_length=8, blank=True)
    new_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    #: The job that did it, where no person did.
    job = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    #: The approved request, or the incomplete case, that it rests on.
    change_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="college_grade_event_somebody", condition=Q(actor__isnull=False) | ~Q(job="")),
            models.CheckConstraint(
                name="college_grade_event_change_rests",
                condition=Q(kind="CHANGE", change_id__isnull=False)
                | Q(kind__in=["INC_RESOLVED", "INC_EXPIRED"], case_id__isnull=False)
                | ~Q(kind__in=["CHANGE", "INC_RESOLVED", "INC_EXPIRED"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_grade_event_story", fields=["organisation", "record", "created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.old_symbol or '—'} → {self.new_symbol or '—'}"
