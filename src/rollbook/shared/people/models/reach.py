"""How a person is reached: contact points and addresses."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people.models.persons import Person


class ContactPoint(TenantModel):
    """A telephone number (E.164) or an e-mail address (lower case) of one person."""

    class Kind(models.TextChoices):
        PHONE = "PHONE", _("Telephone")
        EMAIL = "EMAIL", _("E-mail")

    person = TenantForeignKey(Person)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=254)
    label = models.CharField(max_length=40, blank=True, help_text="Such as mobile, home or work.")
    #: The one of its kind that is used first.
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="people_contact_unique", fields=["organisation", "person", "kind", "value"]),
            models.UniqueConstraint(
                name="people_contact_one_primary",
                fields=["organisation", "person", "kind"],
                condition=Q(is_primary=True),
            ),
            models.CheckConstraint(
                name="people_contact_is_normal",
                condition=Q(kind="PHONE", value__regex=r"^\+[1-9][0-9]{6,14}$")
                | Q(kind="EMAIL", value=Lower("value"), value__contains="@"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="people_contact_by_value", fields=["organisation", "kind", "value"]),
        ]

    def __str__(self) -> str:
        return self.value


class Address(TenantModel):
    """Where a person lives or gets post. Codes are the country's own, where it has them."""

    class Kind(models.TextChoices):
        HOME = "HOME", _("Home")
        PRESENT = "PRESENT", _("Present")
        BILLING = "BILLING", _("Billing")
        WORK = "WORK", _("Work")

    person = TenantForeignKey(Person)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HOME)
    line1 = models.CharField(max_length=200, blank=True)
    line2 = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=120, blank=True, help_text="Barangay, ward, village.")
    city = models.CharField(max_length=120, blank=True)
    province = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    district_code = models.CharField(max_length=20, blank=True)
    city_code = models.CharField(max_length=20, blank=True)
    province_code = models.CharField(max_length=20, blank=True)
    region_code = models.CharField(max_length=20, blank=True)

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "addresses"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="people_address_one_per_kind", fields=["organisation", "person", "kind"]),
            models.CheckConstraint(name="people_address_country", condition=Q(country__regex=r"^([A-Z]{2})?$")),
        ]

    def __str__(self) -> str:
        return self.one_line

    @property
    def one_line(self) -> str:
        """The address in one line, as letters carry it."""
        parts = (self.line1, self.line2, self.district, self.city, self.province, self.postal_code)
        return ", ".join(part for part in parts if part)
