"""Subjects: what is taught, whichever programmes ask for it."""

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel

MOST_UNITS = 10


def _in_halves(column: str) -> Q:
    """No quarter units: whether halves are allowed at all is the institution's setting."""
    halves: Any = Func(F(column) * 2, Value(1), function="mod", output_field=models.DecimalField())
    return Q(**{f"{column}__gte": 0}) & Q(models.lookups.Exact(halves, Value(Decimal(0))))


class Subject(TenantModel):
    """A course that can be taken. Programmes share it: which of them ask for it stands in their curricula."""

    class Category(models.TextChoices):
        MAJOR = "MAJOR", _("Major")
        MINOR = "MINOR", _("Minor")
        ELECTIVE = "ELECTIVE", _("Elective")

    class GradingBasis(models.TextChoices):
        NUMERIC = "NUMERIC", _("Grades")
        PASS_FAIL = "PASS_FAIL", _("Pass or fail")

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "code", "replaces")

    code = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    description = models.TextField(max_length=4000, blank=True)
    lecture_units = models.DecimalField(max_digits=4, decimal_places=1)
    lab_units = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal(0))
    category = models.CharField(max_length=8, choices=Category.choices, default=Category.MAJOR)
    #: Hours of class in a week, lecture and laboratory together.
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal(0))
    is_practicum = models.BooleanField(default=False)
    #: Whether it gives units. A subject that gives none has 0 units.
    is_credit = models.BooleanField(default=True)
    counts_in_gpa = models.BooleanField(default=True)
    grading_basis = models.CharField(max_length=9, choices=GradingBasis.choices, default=GradingBasis.NUMERIC)
    allows_several_sections = models.BooleanField(default=False)
    #: Words in lower case that prerequisites ask for: "two subjects of `programming`".
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    #: The subject of which this one is a new version, with other units, category or grading.
    replaces = TenantForeignKey("self", null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_subject_code_unique"),
            models.UniqueConstraint(
                name="college_subject_one_new_version",
                fields=["organisation", "replaces"],
                condition=Q(replaces__isnull=False),
            ),
            models.CheckConstraint(name="college_subject_has_words", condition=~Q(code="") & ~Q(title="")),
            models.CheckConstraint(
                name="college_subject_units_in_halves", condition=_in_halves("lecture_units") & _in_halves("lab_units")
            ),
            # R11: a subject that gives credit has at least one unit, one that gives none has none.
            models.CheckConstraint(
                name="college_subject_units_fit",
                condition=Q(is_credit=False, lecture_units=0, lab_units=0)
                | (
                    Q(is_credit=True, lecture_units__gte=Value(1) - F("lab_units"))
                    & Q(lecture_units__lte=Value(MOST_UNITS) - F("lab_units"))
                ),
            ),
            models.CheckConstraint(
                name="college_subject_hours_fit", condition=Q(hours_per_week__gte=0, hours_per_week__lte=60)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_subject_by_code", fields=["organisation", "code", "id"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def units(self) -> Decimal:
        """What the subject counts: lectures and laboratory together."""
        return self.lecture_units + self.lab_units
