"""Exam periods of a term, and the month that each of them asks for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Term

#: More exams than this in one term are a mistake of typing.
MOST_EXAM_PERIODS = 12


class ExamPeriod(TenantModel):
    """The days in which one exam of a term is held, such as the midterm."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "term", "code")

    term = TenantForeignKey(Term, related_name="exam_periods")
    code = models.CharField(max_length=20, help_text="Such as PRELIM, MIDTERM, PREFINAL, FINAL or CHAPTER.")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(help_text="The first exam of the term is 1.")
    opens_on = models.DateField()
    closes_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_exam_code_unique", fields=["organisation", "term", "code"]),
            models.UniqueConstraint(name="college_exam_position_unique", fields=["organisation", "term", "position"]),
            models.CheckConstraint(name="college_exam_days_in_order", condition=Q(opens_on__lte=F("closes_on"))),
            models.CheckConstraint(
                name="college_exam_position", condition=Q(position__gte=1, position__lte=MOST_EXAM_PERIODS)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_exam_by_close", fields=["organisation", "closes_on"]),
        ]

    def __str__(self) -> str:
        return self.code


class ExamMonthMapping(TenantModel):
    """From a moment on, one exam asks for months 1 to `instalment_number`. A change is a new version for the term."""

    append_only: ClassVar[bool] = True

    term = TenantForeignKey(Term)
    exam_period = TenantForeignKey(ExamPeriod, related_name="mappings")
    instalment_number = models.PositiveSmallIntegerField()
    #: 1, 2, 3… of the term: every exam of the term has a row in each version.
    version = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_mapping_version_unique", fields=["organisation", "exam_period", "version"]
            ),
            models.CheckConstraint(
                name="college_mapping_months", condition=Q(instalment_number__gte=1, instalment_number__lte=12)
            ),
            models.CheckConstraint(name="college_mapping_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"version {self.version}: month {self.instalment_number}"
