"""Terms with their windows."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class Term(TenantModel):
    """A semester or summer of an academic year. Several may be open at once; one per campus is the current one."""

    class Kind(models.TextChoices):
        FIRST = "FIRST", _("First semester")
        SECOND = "SECOND", _("Second semester")
        SUMMER = "SUMMER", _("Summer")

    class State(models.TextChoices):
        SETUP = "SETUP", _("Being set up")
        ENROLMENT_OPEN = "ENROLMENT_OPEN", _("Enrolment open")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        GRADING = "GRADING", _("Grading")
        CLOSED = "CLOSED", _("Closed")
        ARCHIVED = "ARCHIVED", _("Archived")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.SETUP: frozenset({State.ENROLMENT_OPEN}),
        State.ENROLMENT_OPEN: frozenset({State.IN_PROGRESS}),
        State.IN_PROGRESS: frozenset({State.GRADING}),
        State.GRADING: frozenset({State.CLOSED}),
        State.CLOSED: frozenset({State.ARCHIVED}),
        State.ARCHIVED: frozenset(),
    }
    #: Nothing new is charged or enrolled in a term that has ended.
    ENDED: ClassVar[frozenset[str]] = frozenset({State.CLOSED, State.ARCHIVED})

    code = models.CharField(max_length=20)
    academic_year = models.CharField(max_length=9, help_text="Such as 2026-2027.")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    campus = TenantForeignKey("tenancy.Campus", null=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.SETUP)
    is_current = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_term_code_unique"),
            models.UniqueConstraint(name="college_term_kind_unique", fields=["organisation", "academic_year", "kind"]),
            models.UniqueConstraint(
                name="college_term_one_current",
                fields=["organisation", "campus"],
                condition=Q(is_current=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="college_term_days_in_order", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(
                name="college_term_academic_year", condition=Q(academic_year__regex=r"^[0-9]{4}-[0-9]{4}$")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_term_by_start", fields=["organisation", "-starts_on", "id"]),
        ]

    def __str__(self) -> str:
        return self.code

    def may_become(self, state: str) -> bool:
        """Tell whether the term may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED


class TermWindow(TenantModel):
    """A span of local days in which something is open in a term. The close day counts to its last second."""

    class Kind(models.TextChoices):
        APPLICATION = "APPLICATION", _("Application")
        ENROLMENT = "ENROLMENT", _("Enrolment")
        ADD_DROP = "ADD_DROP", _("Add and drop")
        WITHDRAWAL = "WITHDRAWAL", _("Withdrawal")
        ADVISING = "ADVISING", _("Advising")
        SCHEDULE_PICKING = "SCHEDULE_PICKING", _("Schedule picking")
        MIDTERM_GRADING = "MIDTERM_GRADING", _("Midterm grading")
        FINAL_GRADING = "FINAL_GRADING", _("Final grading")

    term = TenantForeignKey(Term, related_name="windows")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    opens_on = models.DateField()
    closes_on = models.DateField()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_window_unique", fields=["organisation", "term", "kind"]),
            models.CheckConstraint(name="college_window_days_in_order", condition=Q(opens_on__lte=F("closes_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.opens_on} – {self.closes_on}"

    def is_open_on(self, day: date) -> bool:
        """Both end days count (R4)."""
        return self.opens_on <= day <= self.closes_on
