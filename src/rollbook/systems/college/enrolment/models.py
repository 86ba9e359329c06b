"""Term enrolments."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.records.models import Student


class TermEnrolment(TenantModel):
    """A student in a term. Programme and year level are those of the day it was opened."""

    class State(models.TextChoices):
        PENDING_PAYMENT = "PENDING_PAYMENT", _("Waiting for month 1")
        ACTIVE = "ACTIVE", _("Active")
        COMPLETED = "COMPLETED", _("Completed")
        CANCELLED = "CANCELLED", _("Cancelled")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    class CreatedVia(models.TextChoices):
        ONLINE = "ONLINE", _("Online")
        ADMISSION = "ADMISSION", _("Admission")
        REGISTRAR = "REGISTRAR", _("Registrar")
        TRANSFEREE = "TRANSFEREE", _("Transferee")
        BATCH = "BATCH", _("Batch")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.PENDING_PAYMENT: frozenset({State.ACTIVE, State.CANCELLED, State.WITHDRAWN}),
        State.ACTIVE: frozenset({State.COMPLETED, State.CANCELLED, State.WITHDRAWN}),
        State.COMPLETED: frozenset(),
        State.CANCELLED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }
    #: The student is, or is about to be, in the term.
    LIVE: ClassVar[frozenset[str]] = frozenset({State.PENDING_PAYMENT, State.ACTIVE})

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "student", "term", "created_via",
    )  # fmt: skip

    student = TenantForeignKey(Student, related_name="term_enrolments")
    term = TenantForeignKey(Term)
    programme = TenantForeignKey(Programme)
    year_level = models.PositiveSmallIntegerField(default=1)
    created_via = models.CharField(max_length=10, choices=CreatedVia.choices)
    state = models.CharField(max_length=15, choices=State.choices, default=State.PENDING_PAYMENT)
    #: What the student owes for the term, as its instalments.
    invoice = TenantForeignKey("billing.Invoice", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_enrolment_unique",
                fields=["organisation", "student", "term"],
                condition=~Q(state="CANCELLED"),
            ),
            models.UniqueConstraint(
                name="college_enrolment_invoice_unique",
                fields=["organisation", "invoice"],
                condition=Q(invoice__isnull=False),
            ),
            models.CheckConstraint(
                name="college_enrolment_year_level", condition=Q(year_level__gte=1, year_level__lte=8)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_enrolment_by_term", fields=["organisation", "term", "student"]),
            models.Index(name="college_enrolment_by_student", fields=["organisation", "student", "term"]),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.term_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the enrolment may move to another state."""
        return state in self.TRANSITIONS[self.state]
