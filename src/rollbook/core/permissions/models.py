"""Role bundles of an organisation: they start from the register and can be changed by an administrator."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rollbook.core.tenancy.models import TenantModel


class RoleBundle(TenantModel):
    """What a role means in one organisation."""

    key = models.CharField(max_length=50)
    label = models.CharField(max_length=100)
    permissions = ArrayField(models.CharField(max_length=100), default=list)
    #: Permissions that the register gives to this role and the organisation took away.
    withdrawn = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    grants = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    needs_second_factor = models.BooleanField(default=False)
    #: Staff are signed out after half an hour without a request; students and families are not.
    is_staff = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="permissions_role_key_unique", fields=["organisation", "key"]),
        ]

    def __str__(self) -> str:
        return self.label
