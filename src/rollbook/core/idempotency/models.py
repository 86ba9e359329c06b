"""The first answers to requests that carry a key."""

from typing import ClassVar

from django.db import models

from rollbook.core.tenancy.models import TenantModel


class StoredAnswer(TenantModel):
    """What the first request with a key was answered. It exists if and only if that act was committed."""

    #: The user behind a person or a token; the organisation itself for work of the system.
    actor_id = models.UUIDField()
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the canonical body.")
    status = models.SmallIntegerField()
    body = models.TextField(help_text="The JSON that was answered, byte for byte.")
    expires_at = models.DateTimeField(null=True, help_text="Empty for acts of money: their answer is kept.")

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="idempotency_key_unique", fields=["organisation", "actor_id", "route", "key"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="idempotency_expiry",
                fields=["organisation", "expires_at"],
                condition=models.Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
