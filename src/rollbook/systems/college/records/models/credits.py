"""Credits from other institutions: what was asked for together, and what each subject was granted (R56)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import GradeScale, Subject
from rollbook.systems.college.records.models.students import Student


class TransferCreditRequest(TenantModel):
    """What a student asks to be credited from one institution: proposed by the registrar, approved by another."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Submitted")
        APPROVED = "APPROVED", _("Approved")
        RETURNED = "RETURNED", _("Returned")
        DISPUTED = "DISPUTED", _("Disputed")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SUBMITTED}),
        State.SUBMITTED: frozenset({State.APPROVED, State.RETURNED, State.DISPUTED}),
        State.RETURNED: frozenset({State.SUBMITTED, State.DISPUTED}),
        State.DISPUTED: frozenset({State.APPROVED, State.RETURNED}),
        State.APPROVED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "student")

    student = TenantForeignKey(Student, related_name="credit_requests")
    institution = models.CharField(max_length=160)
    #: The scale that the institution grades by.
    scale = TenantForeignKey(GradeScale, null=True)
    #: The papers behind it, among the stored files.
    document_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(max_length=500, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="college_creditrequest_has_institution", condition=~Q(institution="")),
            models.CheckConstraint(
                name="college_creditrequest_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_creditrequest_of", fields=["organisation", "student"]),
        ]

    def __str__(self) -> str:
        return f"credits from {self.institution}"

    def may_become(self, state: str) -> bool:
        """Tell whether the request may move to another state."""
        return state in self.TRANSITIONS[self.state]


class TransferCredit(TenantModel):
    """A subject that counts as done because it was passed elsewhere."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        CREDITED = "CREDITED", _("Credited")
        REVOKED = "REVOKED", _("Revoked")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.PROPOSED: frozenset({State.CREDITED, State.REVOKED}),
        State.CREDITED: frozenset({State.REVOKED}),
        State.REVOKED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "student", "request", "subject")

    request = TenantForeignKey(TransferCreditRequest, related_name="credits", null=True)
    student = TenantForeignKey(Student, related_name="credits")
    #: What it counts as here.
    subject = TenantForeignKey(Subject)
    external_code = models.CharField(max_length=30)
    external_title = models.CharField(max_length=160, blank=True)
    external_units = models.DecimalField(max_digits=4, decimal_places=1)
    external_grade = models.CharField(max_length=20)
    units_granted = models.DecimalField(max_digits=4, decimal_places=1)
    counts_in_gpa = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    credited_on = models.DateField(null=True)
    revoked_on = models.DateField(null=True)
    revoke_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_credit_unique", fields=["organisation", "student", "subject"],
                condition=Q(state="CREDITED"),
            ),
            models.CheckConstraint(
                name="college_credit_units", condition=Q(external_units__gt=0, units_granted__gt=0)
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_credit_of", fields=["organisation", "student", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.external_code} as {self.subject_id}"

    def may_become(self, state: str) -> bool:
        """Tell whether the credit may move to another state."""
        return state in self.TRANSITIONS[self.state]
