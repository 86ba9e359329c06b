"""Accounts at providers with their secrets, checkouts as the provider knows them, refunds on their way."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.billing.models import Checkout, Payment, Refund


class GatewayAccount(TenantModel):
    """An organisation's account at a provider. Two people open it; a closed one still hears of its old payments."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting for approval")
        ACTIVE = "ACTIVE", _("In use")
        CLOSED = "CLOSED", _("Closed")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.ACTIVE, State.CLOSED}),
        State.ACTIVE: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = ("provider", "is_live", "endpoint_key")

    provider = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    is_live = models.BooleanField()
    #: The last part of the address to which the provider sends its events; it names the organisation.
    endpoint_key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="gateways_account_endpoint", fields=["organisation", "endpoint_key"]),
            models.UniqueConstraint(
                name="gateways_account_one_in_use", fields=["organisation", "provider"], condition=Q(state="ACTIVE")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.label}"


class GatewaySecret(TenantModel):
    """A secret of an account, encrypted. A change is a new row that a second person puts in force."""

    class Kind(models.TextChoices):
        SECRET_KEY = "SECRET_KEY", _("Secret key")
        WEBHOOK_SECRET = "WEBHOOK_SECRET", _("Webhook secret")

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting for approval")
        ACTIVE = "ACTIVE", _("In force")
        RETIRED = "RETIRED", _("Replaced")

    frozen_fields: ClassVar[tuple[str, ...]] = ("account", "kind", "ending", "proposed_by")

    account = TenantForeignKey(GatewayAccount)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Encrypted; emptied when a newer one has long taken its place.
    sealed = models.TextField()
    #: The last four characters, by which people tell secrets apart.
    ending = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.UUIDField(null=True)
    in_force_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="gateways_secret_one_in_force", fields=["organisation", "account", "kind"],
                condition=Q(state="ACTIVE"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} …{self.ending}"


class GatewaySession(TenantModel):
    """A checkout as the provider knows it. Whether it was paid stands on the checkout itself."""

    class Fault(models.TextChoices):
        REFUSED = "REFUSED", _("The provider refused it")
        UNREACHABLE = "UNREACHABLE", _("The provider could not be reached")
        UNKNOWN = "UNKNOWN", _("The provider's answer never came")

    frozen_fields: ClassVar[tuple[str, ...]] = ("checkout", "account", "description", "expires_at")

    checkout = TenantForeignKey(Checkout)
    account = TenantForeignKey(GatewayAccount)
    description = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    provider_session_id = models.CharField(max_length=120, blank=True)
    provider_intent_id = models.CharField(max_length=120, blank=True)
    redirect_url = models.CharField(max_length=500, blank=True)
    fault = models.CharField(max_length=12, choices=Fault.choices, blank=True)
    fault_code = models.CharField(max_length=60, blank=True)
    #: When the provider was asked last how it stands, and how often.
    asked_at = models.DateTimeField(null=True)
    times_asked = models.PositiveIntegerField(default=0)
    #: What the provider keeps for itself. It never lessens what the payer is credited.
    fee_minor = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="gateways_session_of_checkout", fields=["organisation", "checkout"]),
            models.UniqueConstraint(
                name="gateways_session_at_provider", fields=["organisation", "account", "provider_session_id"],
                condition=~Q(provider_session_id=""),
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="gateways_session_intent", fields=["organisation", "provider_intent_id"],
                condition=~Q(provider_intent_id=""),
            ),
            models.Index(name="gateways_session_newest", fields=["organisation", "-created_at", "-id"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.provider_session_id or str(self.id)


class GatewayRefund(TenantModel):
    """Money on its way back through the provider. The books were moved when two people had decided."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("To be sent")
        SENDING = "SENDING", _("Being sent")
        UNKNOWN = "UNKNOWN", _("Perhaps sent")
        PENDING = "PENDING", _("With the provider")
        SUCCEEDED = "SUCCEEDED", _("Given back")
        FAILED = "FAILED", _("Not given back")
        SETTLED = "SETTLED", _("Given back another way")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.WAITING: frozenset({State.SENDING, State.SUCCEEDED, State.PENDING}),
        State.SENDING: frozenset({State.WAITING, State.UNKNOWN, State.PENDING, State.SUCCEEDED, State.FAILED}),
        State.UNKNOWN: frozenset({State.WAITING, State.PENDING, State.SUCCEEDED, State.FAILED}),
        State.PENDING: frozenset({State.SUCCEEDED, State.FAILED}),
        State.FAILED: frozenset({State.WAITING, State.SETTLED, State.SUCCEEDED}),
        State.SUCCEEDED: frozenset({State.FAILED}),
        State.SETTLED: frozenset(),
    }
    #: Not yet known for good: the provider has to be asked.
    UNSURE: ClassVar[tuple[str, ...]] = (State.SENDING, State.UNKNOWN, State.PENDING)
    frozen_fields: ClassVar[tuple[str, ...]] = ("refund", "payment", "account", "amount_minor", "currency")

    refund = TenantForeignKey(Refund)
    payment = TenantForeignKey(Payment)
    account = TenantForeignKey(GatewayAccount)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    provider_refund_id = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="gateways_refund_once", fields=["organisation", "refund"]),
            models.UniqueConstraint(
                name="gateways_refund_at_provider", fields=["organisation", "account", "provider_refund_id"],
                condition=~Q(provider_refund_id=""),
            ),
            models.CheckConstraint(name="gateways_refund_positive", condition=Q(amount_minor__gt=0)),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="gateways_refund_open", fields=["organisation", "next_at"],
                condition=Q(state__in=["WAITING", "SENDING", "UNKNOWN", "PENDING"]),
            ),
            models.Index(name="gateways_refund_of_payment", fields=["organisation", "payment"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

    def may_become(self, state: str) -> bool:
        """Whether the refund may move to another state."""
        return state in self.TRANSITIONS[self.state]
