"""Curricula: what a programme asks for, year by year, in one version that students keep."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models.programmes import Programme
from rollbook.systems.college.catalogue.models.subjects import Subject
from rollbook.systems.college.catalogue.models.terms import Term

LAST_YEAR_LEVEL = 6


class Curriculum(TenantModel):
    """One version of what a programme asks for. Students keep theirs; a change is a copy with a later year."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        APPROVED = "APPROVED", _("Approved")
        ACTIVE = "ACTIVE", _("Active")
        RETIRED = "RETIRED", _("Retired")

    #: An approved one goes back to the draft to be changed; so does an active one while no student has it.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.APPROVED}),
        State.APPROVED: frozenset({State.ACTIVE, State.DRAFT}),
        State.ACTIVE: frozenset({State.RETIRED, State.DRAFT}),
        State.RETIRED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "organisation", "created_at", "programme")

    programme = TenantForeignKey(Programme, related_name="curricula")
    name = models.CharField(max_length=120)
    effective_academic_year = models.CharField(max_length=9, help_text="Such as 2026-2027.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    #: The curriculum of which this one began as a copy.
    copied_from = TenantForeignKey("self", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "curricula"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", "programme", Lower("name"), name="college_curriculum_name_unique"),
            # What a student's pair of programme and curriculum refers to.
            models.UniqueConstraint(name="college_curriculum_of_programme", fields=["organisation", "programme", "id"]),
            models.CheckConstraint(
                name="college_curriculum_year", condition=Q(effective_academic_year__regex=r"^[0-9]{4}-[0-9]{4}$")
            ),
            models.CheckConstraint(name="college_curriculum_has_name", condition=~Q(name="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_curriculum_by_year", fields=["organisation", "-effective_academic_year", "id"]),
        ]

    def __str__(self) -> str:
        return self.name

    def may_become(self, state: str) -> bool:
        """Tell whether the curriculum may move to another state."""
        return state in self.TRANSITIONS[self.state]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class CurriculumEntry(TenantModel):
    """A subject's place in a curriculum. Entries of one elective group are alternatives: one of them is enough."""

    curriculum = TenantForeignKey(Curriculum, related_name="entries")
    subject = TenantForeignKey(Subject)
    year_level = models.PositiveSmallIntegerField()
    semester = models.CharField(max_length=6, choices=Term.Kind.choices)
    #: What the subject is in this curriculum, where that differs from what it is by itself.
    category = models.CharField(max_length=8, choices=Subject.Category.choices, blank=True)
    elective_group = models.CharField(max_length=40, blank=True)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "curriculum entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="college_entry_unique", fields=["organisation", "curriculum", "subject"]),
            models.CheckConstraint(
                name="college_entry_year_level", condition=Q(year_level__gte=1, year_level__lte=LAST_YEAR_LEVEL)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_entry_by_subject", fields=["organisation", "subject"]),
        ]

    def __str__(self) -> str:
        return f"{self.year_level}/{self.semester}"

    @property
    def effective_category(self) -> str:
        """The category here: the entry's own, or the subject's."""
        return self.category or self.subject.category
