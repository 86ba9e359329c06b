"""Programmes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel

LONGEST_PROGRAMME_YEARS = 8


class Programme(TenantModel):
    """A course of study that leads to a degree or certificate. Codes stay as the institution writes them."""

    class Level(models.TextChoices):
        CERTIFICATE = "CERTIFICATE", _("Certificate")
        ASSOCIATE = "ASSOCIATE", _("Associate")
        BACHELOR = "BACHELOR", _("Bachelor")
        MASTER = "MASTER", _("Master")
        DOCTORATE = "DOCTORATE", _("Doctorate")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    department = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.BACHELOR)
    duration_years = models.PositiveSmallIntegerField(default=4)
    total_units_required = models.PositiveSmallIntegerField(default=120)
    #: Whether summer terms are part of the curriculum.
    has_summer = models.BooleanField(default=False)
    #: The programme head, as a member of the organisation.
    head = TenantForeignKey("identity.Membership", null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("organisation", Lower("code"), name="college_programme_code_unique"),
            models.UniqueConstraint("organisation", Lower("name"), name="college_programme_name_unique"),
            models.CheckConstraint(
                name="college_programme_measures",
                condition=Q(
                    duration_years__gte=1, duration_years__lte=LONGEST_PROGRAMME_YEARS, total_units_required__gt=0
                ),
            ),
            models.CheckConstraint(name="college_programme_has_words", condition=~Q(code="") & ~Q(name="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_programme_by_code", fields=["organisation", "code", "id"]),
        ]

    def __str__(self) -> str:
        return self.code
