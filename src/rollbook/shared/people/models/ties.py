"""Who belongs to whom: relationships, households, and rows that turned out to be the same person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people.models.persons import Person


class Relationship(TenantModel):
    """`relative` is the guardian (parent, next of kin, …) of `person`."""

    class Kind(models.TextChoices):
        GUARDIAN = "GUARDIAN", _("Guardian")
        PARENT = "PARENT", _("Parent")
        NEXT_OF_KIN = "NEXT_OF_KIN", _("Next of kin")
        SPOUSE = "SPOUSE", _("Spouse")
        SIBLING = "SIBLING", _("Brother or sister")
        CHILD = "CHILD", _("Child")
        EMERGENCY = "EMERGENCY", _("Emergency contact")
        SPONSOR = "SPONSOR", _("Sponsor")

    person = TenantForeignKey(Person)
    relative = TenantForeignKey(Person)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    #: The one who is called first.
    is_primary = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="people_relationship_one_live",
                fields=["organisation", "person", "relative", "kind"],
                condition=Q(ended_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="people_relationship_one_primary",
                fields=["organisation", "person", "kind"],
                condition=Q(is_primary=True, ended_on__isnull=True),
            ),
            models.CheckConstraint(name="people_relationship_two", condition=~Q(person=models.F("relative"))),
            models.CheckConstraint(
                name="people_relationship_dates",
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_relationship_relative", fields=["organisation", "relative"]),
        ]

    def __str__(self) -> str:
        return self.kind


class Household(TenantModel):
    """People who live and are written to together."""

    name = models.CharField(max_length=120)

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name


class HouseholdMember(TenantModel):
    """One person in one household; a child of two homes is in two."""

    household = TenantForeignKey(Household)
    person = TenantForeignKey(Person)
    #: Letters to the household are addressed to them.
    is_head = models.BooleanField(default=False)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="people_member_unique", fields=["organisation", "household", "person"]),
            models.UniqueConstraint(
                name="people_member_one_head", fields=["organisation", "household"], condition=Q(is_head=True)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_member_of_person", fields=["organisation", "person"]),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Merge(TenantModel):
    """Two rows were found to be one person. Undoing it keeps the record."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("survivor", "duplicate", "reason", "merged_by", "created_at")

    survivor = TenantForeignKey(Person)
    duplicate = TenantForeignKey(Person)
    reason = models.CharField(max_length=500)
    merged_by = models.UUIDField(null=True, help_text="The user; empty for the system.")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="people_merge_one_live",
                fields=["organisation", "duplicate"],
                condition=Q(undone_at__isnull=True),
            ),
            models.CheckConstraint(name="people_merge_two", condition=~Q(survivor=models.F("duplicate"))),
            models.CheckConstraint(name="people_merge_has_reason", condition=~Q(reason="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_merge_survivor", fields=["organisation", "survivor"]),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.survivor_id}"
