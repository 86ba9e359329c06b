"""What must come before a subject, and which subjects stand for one another."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models.curricula import Curriculum, CurriculumEntry
from rollbook.systems.college.catalogue.models.subjects import Subject


class PrerequisiteRule(TenantModel):
    """What must be met before a subject is taken: everywhere, or in one curriculum in place of that."""

    entry = TenantForeignKey(CurriculumEntry, null=True)
    subject = TenantForeignKey(Subject, null=True)
    #: As `prerequisites.to_json` writes it.
    tree = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="college_prerequisite_one_owner",
                condition=Q(entry__isnull=True, subject__isnull=False) | Q(entry__isnull=False, subject__isnull=True),
            ),
            models.UniqueConstraint(
                name="college_prerequisite_of_entry", fields=["organisation", "entry"], condition=Q(entry__isnull=False)
            ),
            models.UniqueConstraint(
                name="college_prerequisite_of_subject",
                fields=["organisation", "subject"],
                condition=Q(subject__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"prerequisites of {self.entry_id or self.subject_id}"


class Equivalency(TenantModel):
    """Whoever passed one subject needs not take another: for good or for some days, everywhere or in one curriculum."""

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "subject", "satisfies", "is_two_way", "effective_from", "curriculum",
    )  # fmt: skip

    #: What was passed.
    subject = TenantForeignKey(Subject)
    #: What it stands for.
    satisfies = TenantForeignKey(Subject)
    is_two_way = models.BooleanField(default=False)
    effective_from = models.DateField()
    #: The last day on which it holds; none while it holds until further notice.
    effective_to = models.DateField(null=True)
    curriculum = TenantForeignKey(Curriculum, null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "equivalencies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="college_equivalency_of_two", condition=~Q(subject=F("satisfies"))),
            models.CheckConstraint(
                name="college_equivalency_days_in_order",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
            ),
            models.UniqueConstraint(
                name="college_equivalency_one_open",
                fields=["organisation", "subject", "satisfies", "curriculum"],
                condition=Q(effective_to__isnull=True),
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_equivalency_of", fields=["organisation", "satisfies"]),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} for {self.satisfies_id}"

    def holds_on(self, day: date) -> bool:
        """Both end days count."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
