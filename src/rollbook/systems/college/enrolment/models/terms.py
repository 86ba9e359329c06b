"""Term enrolments, and what an adviser recommends for them."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Subject, Term
from rollbook.systems.college.records.models import Student

#: Nobody takes more in a term, whatever was approved (R19).
MOST_UNITS_EVER = Decimal(36)
USUAL_UNITS, USUAL_SUMMER_UNITS = Decimal(30), Decimal(9)


class TermEnrolment(TenantModel):
    """A student in a term. Programme, curriculum, year level and unit cap are those of the day it was opened."""

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

    class Regularity(models.TextChoices):
        REGULAR = "REGULAR", _("Regular")
        IRREGULAR = "IRREGULAR", _("Irregular")

    class Advising(models.TextChoices):
        NOT_STARTED = "NOT_STARTED", _("Not started")
        DRAFT = "DRAFT", _("Being put together")
        SUBMITTED = "SUBMITTED", _("Waiting for the adviser")
        APPROVED = "APPROVED", _("Approved")
        RETURNED = "RETURNED", _("Returned")

    ADVISING_TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Advising.NOT_STARTED: frozenset({Advising.DRAFT, Advising.SUBMITTED}),
        Advising.DRAFT: frozenset({Advising.SUBMITTED}),
        Advising.SUBMITTED: frozenset({Advising.APPROVED, Advising.RETURNED}),
        Advising.RETURNED: frozenset({Advising.DRAFT, Advising.SUBMITTED}),
        # A changed list is submitted again; until then the approval stands for what was approved.
        Advising.APPROVED: frozenset({Advising.DRAFT, Advising.SUBMITTED}),
    }
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
    #: What the student follows; none while nobody has said which version.
    curriculum = TenantForeignKey(Curriculum, null=True)
    year_level = models.PositiveSmallIntegerField(default=1)
    #: How many units may be taken: the setting of the day it was opened, or an approved overload.
    max_units = models.DecimalField(max_digits=4, decimal_places=1, default=USUAL_UNITS)
    regularity = models.CharField(max_length=9, choices=Regularity.choices, default=Regularity.REGULAR)
    #: Sentences that name the subjects (R29).
    irregular_reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    advising_state = models.CharField(max_length=11, choices=Advising.choices, default=Advising.NOT_STARTED)
    #: Why the adviser returned the list.
    advising_note = models.CharField(max_length=500, blank=True)
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
            models.CheckConstraint(
                name="college_enrolment_max_units", condition=Q(max_units__gte=0, max_units__lte=MOST_UNITS_EVER)
            ),
            models.CheckConstraint(
                name="college_enrolment_reasons",
                condition=Q(regularity="REGULAR", irregular_reasons__len=0) | Q(regularity="IRREGULAR"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_enrolment_by_term", fields=["organisation", "term", "student"]),
            models.Index(name="college_enrolment_by_student", fields=["organisation", "student", "term"]),
            models.Index(
                name="college_enrolment_advising",
                fields=["organisation", "programme", "advising_state"],
                condition=Q(advising_state="SUBMITTED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.term_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the enrolment may move to another state."""
        return state in self.TRANSITIONS[self.state]


class AdvisingItem(TenantModel):
    """A subject on the list that a student takes to the adviser, and why it stands there."""

    class Reason(models.TextChoices):
        RETAKE = "RETAKE", _("To be taken again")
        BACK = "BACK", _("Left over from an earlier term")
        DUE = "DUE", _("Due this term")
        CHOSEN = "CHOSEN", _("Chosen by the student")

    term_enrolment = TenantForeignKey(TermEnrolment, related_name="advising_items")
    subject = TenantForeignKey(Subject)
    reason = models.CharField(max_length=6, choices=Reason.choices)
    is_required = models.BooleanField(default=True)
    #: What the prerequisites said when the list was made.
    verdict = models.JSONField(default=dict)
    #: The roles of whoever approved the list: they agreed to this subject for this student.
    agreed_roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_advising_item_unique", fields=["organisation", "term_enrolment", "subject"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} for {self.term_enrolment_id}"
