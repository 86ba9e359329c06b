"""Rules that were set aside for somebody or something, by whom and why. Every room above records its own here."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.models import TenantModel


class Override(TenantModel):
    """A rule that somebody with the right to do so set aside for one record, and why."""

    class Kind(models.TextChoices):
        PAYMENT_GATE = "PAYMENT_GATE", _("Month 1 not paid")
        WINDOW = "WINDOW", _("Outside the window")
        ADVISING = "ADVISING", _("Advising not approved")
        PREREQUISITE = "PREREQUISITE", _("Prerequisite not met")
        UNIT_OVERLOAD = "UNIT_OVERLOAD", _("More units than allowed")
        SCHEDULE_CONFLICT = "SCHEDULE_CONFLICT", _("Schedule conflict")
        CAPACITY = "CAPACITY", _("Section full")
        PROFESSOR_CONFLICT = "PROFESSOR_CONFLICT", _("Professor booked twice")
        ROOM_CONFLICT = "ROOM_CONFLICT", _("Room booked twice")
        DOCUMENT_HOLD = "DOCUMENT_HOLD", _("Papers held")
        CLEARANCE = "CLEARANCE", _("Withdrawn without clearance")
        FINANCIAL_HOLD = "FINANCIAL_HOLD", _("Held for money")

    append_only: ClassVar[bool] = True

    kind = models.CharField(max_length=18, choices=Kind.choices)
    #: The record that the rule was set aside for, such as a term enrolment.
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: The second person, where two are needed.
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="college_override_has_reason", condition=Q(reason__regex=r"^.{10}")),
            models.CheckConstraint(
                name="college_override_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("granted_by")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_override_subject", fields=["organisation", "subject_id", "kind"]),
            models.Index(name="college_override_newest", fields=["organisation", "-created_at", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} set aside"
