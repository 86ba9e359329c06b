"""What a term was assessed at: a new row each time it changes, never an edited one."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.models.schedules import FeeSchedule


class Assessment(TenantModel):
    """What one student owes for one term, and why. The highest number is the one that holds.

    A term that has an assessment is paid by it (ASSESSED); one without is paid by an agreed sum (COMMITMENT).
    """

    class Basis(models.TextChoices):
        #: Nobody has chosen classes yet: what the curriculum puts into this term is counted.
        EXPECTED = "EXPECTED", _("What the curriculum expects")
        ENROLLED = "ENROLLED", _("The classes taken")

    append_only: ClassVar[bool] = True

    term_enrolment = TenantForeignKey(TermEnrolment, related_name="assessments")
    number = models.PositiveIntegerField(default=1)
    schedule = TenantForeignKey(FeeSchedule)
    basis = models.CharField(max_length=8, choices=Basis.choices)
    units = models.DecimalField(max_digits=5, decimal_places=1, default=Decimal(0))
    currency = models.CharField(max_length=3)
    charges_minor = models.BigIntegerField()
    #: What discounts take off; never more than is charged.
    concessions_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    #: What two people added to or took off the plan besides (adjustments), and what the plan comes to with it.
    adjustments_minor = models.BigIntegerField(default=0)
    owed_minor = models.BigIntegerField()
    #: [{"label", "category", "quantity", "price", "minor"}, …]: the sum as it was made; discounts are negative.
    lines = models.JSONField()
    reason = models.CharField(max_length=500)
    assessed_on = models.DateField()
    invoice = TenantForeignKey("billing.Invoice")
    #: None for the first: it opened the plan.
    revision = TenantForeignKey("billing.PlanRevision", null=True)
    made_by = models.UUIDField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_assessment_number_unique", fields=["organisation", "term_enrolment", "number"]
            ),
            models.CheckConstraint(
                name="college_assessment_adds_up",
                condition=Q(
                    charges_minor__gte=0,
                    concessions_minor__gte=0,
                    total_minor__gte=0,
                    total_minor=F("charges_minor") - F("concessions_minor"),
                    owed_minor=Greatest(F("total_minor") + F("adjustments_minor"), Value(0)),
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_assessment_by_sched", fields=["organisation", "schedule", "term_enrolment"]),
        ]

    def __str__(self) -> str:
        return f"{self.term_enrolment_id} {self.number}"
