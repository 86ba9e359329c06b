"""What arrived from providers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.models import TenantModel


class WebhookEvent(TenantModel):
    """One event of a provider, as it was delivered first."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        PROCESSED = "PROCESSED", _("Handled")
        PARKED = "PARKED", _("Waiting")
        IGNORED = "IGNORED", _("Not for us")
        FAILED = "FAILED", _("Failed")
        REFUSED = "REFUSED", _("Wrong signature")

    frozen_fields: ClassVar[tuple[str, ...]] = ("provider", "event_id", "kind", "body", "signature_ok")

    provider = models.CharField(max_length=30)
    #: The provider's own id of the event; empty when the signature was wrong and nothing in it can be believed.
    event_id = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    #: What later events of the same thing share, such as the provider's payment id.
    subject = models.CharField(max_length=120, blank=True)
    #: The raw bytes, since the signature is over them.
    body = models.BinaryField()
    signature_ok = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    deliveries = models.PositiveIntegerField(default=1)
    processed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="webhooks_event_once",
                fields=["organisation", "provider", "event_id"],
                condition=Q(signature_ok=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="webhooks_event_parked",
                fields=["organisation", "provider", "subject"],
                condition=Q(state="PARKED"),
            ),
            models.Index(name="webhooks_event_newest", fields=["organisation", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"
