"""Single-use links that set a password: the first one, or a new one."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rollbook.core.identity.models.users import Membership
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class PasswordLink(TenantModel):
    """A link that sets a member's password once. Its secret is shown or mailed, and never kept."""

    class Purpose(models.TextChoices):
        ACTIVATION = "activation", "First password"
        RESET = "reset", "New password"

    membership = TenantForeignKey(Membership)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret in the link.")
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True, help_text="A newer link took its place.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="identity_passwordlink_digest_unique", fields=["organisation", "digest"]),
            models.CheckConstraint(
                name="identity_passwordlink_lives_at_most_72_hours",
                condition=Q(expires_at__lte=F("created_at") + timedelta(hours=72)),
            ),
            models.CheckConstraint(
                name="identity_passwordlink_used_or_withdrawn",
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="identity_passwordlink_of", fields=["organisation", "membership"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link {self.id}"
