"""Grade scales: which marks can be given, and what each of them means. A change is a new version."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class GradeScale(TenantModel):
    """One version of a scale. What was graded by it keeps it, so it never changes."""

    class Direction(models.TextChoices):
        LOWER_BETTER = "LOWER_BETTER", _("Lower is better")
        HIGHER_BETTER = "HIGHER_BETTER", _("Higher is better")

    append_only: ClassVar[bool] = True

    code = models.CharField(max_length=20)
    version_number = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=120)
    direction = models.CharField(max_length=13, choices=Direction.choices)
    #: The worst numeric grade that still passes.
    minimum_pass = models.DecimalField(max_digits=4, decimal_places=2)
    #: The first day on which this version is used for new grades; none for the version that came first.
    effective_from = models.DateField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_scale_version", fields=["organisation", "code", "version_number"]),
            models.CheckConstraint(
                name="college_scale_code", condition=Q(code__regex=r"^[A-Z][A-Z0-9_]*$", version_number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version_number}"


class GradeValue(TenantModel):
    """One mark of a scale: how it is written, what it counts, and what it does to the student's record."""

    class Kind(models.TextChoices):
        NUMERIC = "NUMERIC", _("Grade")
        INC = "INC", _("Incomplete")
        DROPPED = "DROPPED", _("Dropped")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        NO_GRADE = "NO_GRADE", _("No grade")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        PASS = "PASS", _("Passed")
        FAIL = "FAIL", _("Failed")
        CREDITED = "CREDITED", _("Credited")

    append_only: ClassVar[bool] = True

    scale = TenantForeignKey(GradeScale, related_name="values")
    symbol = models.CharField(max_length=8)
    numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    passes = models.BooleanField()
    counts_in_gpa = models.BooleanField()
    earns_units = models.BooleanField()
    kind = models.CharField(max_length=11, choices=Kind.choices)
    #: Where it stands on the scale when it is shown, the best first.
    position = models.PositiveSmallIntegerField()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_grade_symbol", fields=["organisation", "scale", "symbol"]),
            models.UniqueConstraint(name="college_grade_position", fields=["organisation", "scale", "position"]),
            # Only what has a number can count in an average, and whatever is a grade has one.
            models.CheckConstraint(
                name="college_grade_number_where_it_counts",
                condition=(Q(counts_in_gpa=False) | Q(numeric__isnull=False))
                & (~Q(kind="NUMERIC") | Q(numeric__isnull=False)),
            ),
            models.CheckConstraint(
                name="college_grade_units_need_a_pass", condition=Q(earns_units=False) | Q(passes=True)
            ),
        ]

    def __str__(self) -> str:
        return self.symbol
