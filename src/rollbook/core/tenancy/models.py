"""Organisation, Campus and the base of every tenant table."""

from typing import ClassVar, TypeVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock, ids
from rollbook.core.tenancy.fields import OrganisationField
from rollbook.core.tenancy.scope import CurrentOrganisation


class Organisation(models.Model):
    """An institution that runs itself on Rollbook. A platform table: it is the tenant."""

    class System(models.TextChoices):
        COLLEGE = "college", _("College")
        SCHOOL = "school", _("School")
        HOMEROOM = "homeroom", _("Homeroom")
        GROUPORDERS = "grouporders", _("Group orders")
        BACKOFFICE = "backoffice", _("Back office")

    frozen_fields: ClassVar[tuple[str, ...]] = ("id", "system", "currency")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.CharField(
        max_length=63, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")], help_text="Used in addresses."
    )
    name = models.CharField(max_length=200)
    system = models.CharField(max_length=20, choices=System.choices)
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    timezone = models.CharField(max_length=64, help_text="IANA name, such as Asia/Manila.")
    locale = models.CharField(max_length=16, default="en")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    accent = models.CharField(max_length=7, default="#1f5fbf", help_text="Hex colour of the institution.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="tenancy_organisation_slug_is_lower", condition=models.Q(slug=Lower("slug"))),
        ]

    def __str__(self) -> str:
        return self.name


_Row = TypeVar("_Row", bound=models.Model)


class TenantManager(models.Manager[_Row]):
    """Adds `organisation_id = …` to every statement; outside a scope there are no rows."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(organisation=CurrentOrganisation())


class TenantModel(models.Model):
    """The base of every table whose rows belong to one organisation.

    For Django `id` is the primary key; in the database it is (organisation_id, id). Migrations get
    `IsolateTable` for each such model, and `MakeAppendOnly` where `append_only` is set.
    """

    belongs_to_organisation: ClassVar[bool] = True
    append_only: ClassVar[bool] = False
    restricted_as: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    organisation = OrganisationField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Campus(TenantModel):
    """A branch of an organisation with its own address and, where it differs, time zone."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="tenancy_campus_code_unique", fields=["organisation", "code"]),
        ]
        verbose_name_plural = "campuses"

    def __str__(self) -> str:
        return self.name
