"""What arrived from providers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.tenancy.models import TenantModel


class WebhookEvent(TenantModel):
    """One event of a provider, as it was delivered first."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        PROCESSED = "PROCESSED", _("Handled")
        PARKED = "PARKED", _("Waiting")
        IGNORED = "IGNORED", _("Not for us")
        FAILED = "FAILED", _("Failed")
        REFUSED = "REFUSED", _("Not believed")
        DISCARDED = "DISCARDED", _("Discarded")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.RECEIVED: frozenset({State.PROCESSED, State.PARKED, State.IGNORED, State.FAILED, State.DISCARDED}),
        State.PARKED: frozenset({State.PROCESSED, State.PARKED, State.IGNORED, State.FAILED, State.DISCARDED}),
        State.FAILED: frozenset({State.PROCESSED, State.PARKED, State.IGNORED, State.FAILED, State.DISCARDED}),
        State.PROCESSED: frozenset(),
        State.IGNORED: frozenset(),
        State.REFUSED: frozenset(),
        State.DISCARDED: frozenset(),
    }
    #: What can still be handled.
    OPEN: ClassVar[tuple[str, ...]] = (State.RECEIVED, State.PARKED, State.FAILED)
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "provider", "endpoint_key", "event_id", "kind", "body", "signature_ok",
    )  # fmt: skip

    provider = models.CharField(max_length=30)
    #: The address it came to; an organisation may have several at one provider.
    endpoint_key = models.CharField(max_length=80, blank=True)
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
    tries = models.PositiveIntegerField(default=0)
    #: When it is handled next; empty for one that waits for a person.
    next_at = models.DateTimeField(null=True, default=clock.now)
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
            models.Index(
                name="webhooks_event_to_handle",
                fields=["organisation", "next_at"],
                condition=Q(state__in=["RECEIVED", "PARKED", "FAILED"], next_at__isnull=False),
            ),
            models.Index(name="webhooks_event_newest", fields=["organisation", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"
