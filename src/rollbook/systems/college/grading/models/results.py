"""Results of a term and of all terms, computed from the grades and reproducible from them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.records.models import Student


class Result(TenantModel):
    """What follows from a set of finalised grades. Never typed in: computed, and proved every week."""

    units_attempted = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    units_earned = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    units_failed = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    #: The exact ratio whose rounding is the average.
    quality_points = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    gpa_units = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    gpa = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    #: Rounded from the ratio, not from `gpa`.
    gpa_shown = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    #: SHA-256 of the rows it was computed from.
    computed_from = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"


class TermResult(Result):
    """How a student did in one term."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "student", "term")

    student = TenantForeignKey(Student, related_name="term_results")
    term = TenantForeignKey(Term)
    standing = models.CharField(max_length=10, choices=Student.Standing.choices, blank=True)
    honours = models.CharField(max_length=60, blank=True)
    #: Evaluated after the term; a registrar confirms it, then it is the student's standing.
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta(Result.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_term_result_unique", fields=["organisation", "student", "term"]),
            models.CheckConstraint(
                name="college_term_result_average",
                condition=Q(gpa__isnull=True, gpa_units=0) | Q(gpa__isnull=False, gpa_units__gt=0),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_term_result_by_term", fields=["organisation", "term", "student"]),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.term_id}: {self.gpa_shown or '—'}"


class CumulativeResult(Result):
    """How a student did over all terms. Its row is the lock of every recomputation of the student's results."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "student")

    student = TenantForeignKey(Student, related_name="cumulative_results")

    class Meta(Result.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_cumulative_unique", fields=["organisation", "student"]),
            models.CheckConstraint(
                name="college_cumulative_average",
                condition=Q(gpa__isnull=True, gpa_units=0) | Q(gpa__isnull=False, gpa_units__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.gpa_shown or '—'}"


class StandingRule(TenantModel):
    """A band of standing or of honours, for one programme or, without one, for every programme that has none."""

    class Kind(models.TextChoices):
        STANDING = "STANDING", _("Standing")
        HONOURS = "HONOURS", _("Honours")

    programme = TenantForeignKey(Programme, null=True, related_name="standing_rules")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: WARNING, PROBATION or SUSPENDED; or what the distinction is called.
    name = models.CharField(max_length=60)
    #: A standing is met from this share of failed units on.
    failed_percent = models.PositiveSmallIntegerField(null=True)
    #: A standing is met by an average worse than this, a distinction by one at least as good.
    gpa_limit = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    is_cumulative = models.BooleanField(default=False)
    least_units = models.DecimalField(max_digits=4, decimal_places=1, default=0)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_standing_rule_unique",
                fields=["organisation", "programme", "kind", "name", "is_cumulative"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="college_standing_rule_limits",
                condition=Q(kind="HONOURS", gpa_limit__isnull=False, failed_percent__isnull=True)
                | (
                    Q(kind="STANDING", name__in=["WARNING", "PROBATION", "SUSPENDED"])
                    & (Q(gpa_limit__isnull=False) | Q(failed_percent__gte=1, failed_percent__lte=100))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
