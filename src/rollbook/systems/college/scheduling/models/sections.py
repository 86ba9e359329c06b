"""Cohorts, the classes of a term, and who teaches each of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.scheduling.models.faculty import Faculty

TARGET_STUDENTS, MOST_STUDENTS = 35, 40
DEFAULT_WAITLIST = 10
LARGEST_SECTION = 1000


class Component(models.TextChoices):
    """The part of a subject that is taught: lecture or laboratory."""

    LEC = "LEC", _("Lecture")
    LAB = "LAB", _("Laboratory")


class Block(TenantModel):
    """A cohort of one programme and year that takes its classes together in a term, such as BSIT-1A."""

    class HalfDay(models.TextChoices):
        AM = "AM", _("Morning")
        PM = "PM", _("Afternoon")

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "term", "programme", "year_level")

    term = TenantForeignKey(Term)
    programme = TenantForeignKey(Programme)
    year_level = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    session = models.CharField(max_length=2, choices=HalfDay.choices)
    target = models.PositiveSmallIntegerField(default=TARGET_STUDENTS)
    maximum = models.PositiveSmallIntegerField(default=MOST_STUDENTS)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", "term", Lower("code"), name="college_block_code_unique"),
            models.CheckConstraint(name="college_block_has_code", condition=~Q(code="")),
            models.CheckConstraint(name="college_block_year", condition=Q(year_level__gte=1, year_level__lte=8)),
            models.CheckConstraint(
                name="college_block_sizes",
                condition=Q(target__gte=1, target__lte=F("maximum"), maximum__lte=LARGEST_SECTION),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_block_of_year", fields=["organisation", "term", "programme", "year_level", "code"]
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Section(TenantModel):
    """A class: one subject in one term. Seats taken are counted from rows of enrolment, never stored here."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        OPEN = "OPEN", _("Open")
        CLOSED = "CLOSED", _("Closed")
        CANCELLED = "CANCELLED", _("Cancelled")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.OPEN, State.CANCELLED}),
        State.OPEN: frozenset({State.DRAFT, State.CLOSED, State.CANCELLED}),
        State.CLOSED: frozenset({State.OPEN, State.CANCELLED}),
        State.CANCELLED: frozenset(),
    }
    #: People see it and may be in it.
    SHOWN: ClassVar[frozenset[str]] = frozenset({State.OPEN, State.CLOSED})

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "term", "subject")

    term = TenantForeignKey(Term)
    subject = TenantForeignKey("college_catalogue.Subject")
    block = TenantForeignKey(Block, null=True)
    code = models.CharField(max_length=30)
    capacity = models.PositiveSmallIntegerField(default=MOST_STUDENTS)
    #: How many may wait for a seat; 0 means nobody.
    waitlist_capacity = models.PositiveSmallIntegerField(default=DEFAULT_WAITLIST)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "organisation", "term", "subject", Lower("code"), name="college_section_code_unique"
            ),
            models.CheckConstraint(name="college_section_has_code", condition=~Q(code="")),
            models.CheckConstraint(
                name="college_section_sizes",
                condition=Q(capacity__gte=1, capacity__lte=LARGEST_SECTION, waitlist_capacity__lte=LARGEST_SECTION),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_section_of_subject", fields=["organisation", "term", "subject", "code"]),
            models.Index(
                name="college_section_of_block", fields=["organisation", "block"], condition=Q(block__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def may_become(self, state: str) -> bool:
        """Tell whether the section may move to another state."""
        return state in self.TRANSITIONS[self.state]


class TeachingAssignment(TenantModel):
    """Who teaches a part of a class. The one PRIMARY assignment owns the grades; no professor means not said yet.

    The database refuses a second PRIMARY of a section, and at commit a section that has none.
    """

    class Role(models.TextChoices):
        PRIMARY = "PRIMARY", _("Owns the grades")
        CO = "CO", _("Teaches too")

    section = TenantForeignKey(Section, related_name="assignments")
    component = models.CharField(max_length=3, choices=Component.choices, default=Component.LEC)
    professor = TenantForeignKey(Faculty, null=True)
    role = models.CharField(max_length=7, choices=Role.choices, default=Role.PRIMARY)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="college_assignment_one_owner", fields=["organisation", "section"], condition=Q(role="PRIMARY")
            ),
            models.UniqueConstraint(
                name="college_assignment_once",
                fields=["organisation", "section", "component", "professor"],
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="college_assignment_of", fields=["organisation", "professor"], condition=Q(professor__isnull=False)
            ),
            models.Index(name="college_assignment_in", fields=["organisation", "section"]),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.section_id}"
