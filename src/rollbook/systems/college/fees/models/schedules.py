"""Fee schedules: what a term costs, by programme, year level, term and kind of student, in versions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Programme, Subject, Term
from rollbook.systems.college.records.models import Student

#: Nobody studies longer, and no plan has more months.
LAST_YEAR_LEVEL, MOST_INSTALMENTS = 8, 12


class FeeSchedule(TenantModel):
    """One version of what a term costs those it is for. What it leaves open, it is for everybody.

    Only a draft changes. What was assessed by a version stays assessed by it, unless somebody applies a new
    version to those terms and says so.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        ACTIVE = "ACTIVE", _("In force")
        RETIRED = "RETIRED", _("Replaced")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.ACTIVE, State.RETIRED}),
        State.ACTIVE: frozenset({State.RETIRED}),
        State.RETIRED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "code", "version_number", "programme", "year_level", "term", "semester",
        "student_kind",
    )  # fmt: skip

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    version_number = models.PositiveIntegerField(default=1)
    programme = TenantForeignKey(Programme, null=True)
    year_level = models.PositiveSmallIntegerField(null=True)
    term = TenantForeignKey(Term, null=True)
    #: Every term of this kind; a schedule for one term names the term instead.
    semester = models.CharField(max_length=6, choices=Term.Kind.choices, blank=True)
    student_kind = models.CharField(max_length=14, choices=Student.Kind.choices, blank=True)
    #: How the plan is cut; where nothing is said, the setting and the day of the assessment hold.
    instalments = models.PositiveSmallIntegerField(null=True)
    first_due_on = models.DateField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    activated_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "organisation", Lower("code"), "version_number", name="college_feeschedule_version_unique"
            ),
            models.UniqueConstraint(
                "organisation", Lower("code"), condition=Q(state="ACTIVE"), name="college_feeschedule_one_in_force"
            ),
            models.UniqueConstraint(
                "organisation", Lower("code"), condition=Q(state="DRAFT"), name="college_feeschedule_one_draft"
            ),
            # Two schedules in force for exactly the same people would leave it to chance what they pay.
            models.UniqueConstraint(
                name="college_feeschedule_scope_unique",
                fields=["organisation", "programme", "year_level", "term", "semester", "student_kind"],
                condition=Q(state="ACTIVE"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="college_feeschedule_scope",
                condition=(Q(term__isnull=True) | Q(semester=""))
                & (Q(year_level__isnull=True) | Q(year_level__gte=1, year_level__lte=LAST_YEAR_LEVEL)),
            ),
            models.CheckConstraint(
                name="college_feeschedule_plan",
                condition=Q(instalments__isnull=True) | Q(instalments__gte=1, instalments__lte=MOST_INSTALMENTS),
            ),
            models.CheckConstraint(name="college_feeschedule_has_words", condition=~Q(code="") & ~Q(name="")),
            models.CheckConstraint(
                name="college_feeschedule_activated",
                condition=~Q(state="ACTIVE") | Q(activated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version_number}"

    def may_become(self, state: str) -> bool:
        """Tell whether the version may move to another state."""
        return state in self.TRANSITIONS[self.state]


class FeeLine(TenantModel):
    """One charge of a schedule: a price and what it is counted by."""

    class Category(models.TextChoices):
        TUITION = "TUITION", _("Tuition")
        LABORATORY = "LABORATORY", _("Laboratory")
        MISCELLANEOUS = "MISCELLANEOUS", _("Miscellaneous")
        OTHER = "OTHER", _("Other")

    class Basis(models.TextChoices):
        PER_UNIT = "PER_UNIT", _("Each unit")
        PER_LECTURE_UNIT = "PER_LECTURE_UNIT", _("Each lecture unit")
        PER_LAB_UNIT = "PER_LAB_UNIT", _("Each laboratory unit")
        PER_SUBJECT = "PER_SUBJECT", _("Each subject")
        PER_LAB_SUBJECT = "PER_LAB_SUBJECT", _("Each subject with a laboratory")
        ONE_SUBJECT = "ONE_SUBJECT", _("One named subject")
        FLAT = "FLAT", _("Once in the term")

    schedule = TenantForeignKey(FeeSchedule, related_name="lines")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    category = models.CharField(max_length=13, choices=Category.choices)
    basis = models.CharField(max_length=16, choices=Basis.choices)
    subject = TenantForeignKey(Subject, null=True)
    price_minor = models.BigIntegerField()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_feeline_position_unique", fields=["organisation", "schedule", "position"]
            ),
            models.CheckConstraint(name="college_feeline_price", condition=Q(price_minor__gt=0)),
            models.CheckConstraint(name="college_feeline_has_words", condition=~Q(label="")),
            models.CheckConstraint(
                name="college_feeline_subject",
                condition=Q(basis="ONE_SUBJECT", subject__isnull=False)
                | (~Q(basis="ONE_SUBJECT") & Q(subject__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.label
