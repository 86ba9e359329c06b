"""What was received and where it went: payments, allocations, credit and receipts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.billing.models.invoices import Account, Instalment, Invoice
from rollbook.shared.billing.models.shifts import Shift


class Payment(TenantModel):
    """Money received. Amount and customer never change; what becomes of it is appended."""

    class Method(models.TextChoices):
        CASH = "CASH", _("Cash")
        CHECK = "CHECK", _("Cheque")
        CARD = "CARD", _("Card")
        BANK_TRANSFER = "BANK_TRANSFER", _("Bank transfer")
        EWALLET = "EWALLET", _("E-wallet")
        ONLINE_GATEWAY = "ONLINE_GATEWAY", _("Online")
        OTHER = "OTHER", _("Other")

    class State(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        COMPLETED = "COMPLETED", _("Completed")
        FAILED = "FAILED", _("Failed")
        EXPIRED = "EXPIRED", _("Expired")
        VOIDED = "VOIDED", _("Voided")
        REVERSED = "REVERSED", _("Reversed")
        PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", _("Partly refunded")
        REFUNDED = "REFUNDED", _("Refunded")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.PENDING: frozenset({State.COMPLETED, State.FAILED, State.EXPIRED}),
        State.COMPLETED: frozenset({State.VOIDED, State.REVERSED, State.PARTIALLY_REFUNDED, State.REFUNDED}),
        State.PARTIALLY_REFUNDED: frozenset({State.PARTIALLY_REFUNDED, State.REFUNDED, State.REVERSED}),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "account", "invoice", "amount_minor", "currency", "method", "received_at", "external_reference", "shift",
    )  # fmt: skip

    account = TenantForeignKey(Account)
    invoice = TenantForeignKey(Invoice)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20, choices=Method.choices)
    external_reference = models.CharField(max_length=100, blank=True, help_text="The bank's or provider's own.")
    received_at = models.DateTimeField()
    received_on = models.DateField(help_text="The organisation's local day of receipt.")
    recorded_by = models.UUIDField(null=True, help_text="The user who recorded it; empty for the system.")
    shift = TenantForeignKey(Shift, null=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.COMPLETED)
    #: What was given back or taken back of it: voids, reversals and refunds.
    returned_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="billing_payment_amounts",
                condition=Q(amount_minor__gt=0, returned_minor__gte=0, returned_minor__lte=F("amount_minor")),
            ),
            models.UniqueConstraint(
                name="billing_payment_reference_unique",
                fields=["organisation", "method", "external_reference"],
                condition=~Q(external_reference="") & ~Q(state__in=["VOIDED", "FAILED", "EXPIRED"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_payment_by_invoice", fields=["organisation", "invoice", "received_at"]),
            models.Index(name="billing_payment_by_day", fields=["organisation", "received_on", "id"]),
            models.Index(name="billing_payment_newest", fields=["organisation", "received_at", "id"]),
            models.Index(
                name="billing_payment_by_shift", fields=["organisation", "shift"], condition=Q(shift__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class Checkout(TenantModel):
    """An online payment on its way: what a customer was sent to a provider to pay. Only the provider completes it."""

    class State(models.TextChoices):
        PENDING = "PENDING", _("On its way")
        COMPLETED = "COMPLETED", _("Completed")
        FAILED = "FAILED", _("Failed")
        EXPIRED = "EXPIRED", _("Expired")

    frozen_fields: ClassVar[tuple[str, ...]] = ("invoice", "amount_minor", "currency", "provider", "is_live")

    invoice = TenantForeignKey(Invoice)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=30)
    is_live = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    payment = TenantForeignKey(Payment, null=True)
    started_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_checkout_positive", condition=Q(amount_minor__gt=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="billing_checkout_pending", fields=["organisation", "created_at"], condition=Q(state="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.amount_minor}"


class Allocation(TenantModel):
    """The only link between money received and money owed. Signed, appended, never changed.

    The allocations of a payment and what is left of it as credit add up to what was kept of it.
    """

    class Reason(models.TextChoices):
        PAYMENT = "PAYMENT", _("Payment")
        CREDIT_APPLIED = "CREDIT_APPLIED", _("Credit applied")
        REVERSAL = "REVERSAL", _("Reversal")
        REALLOCATION = "REALLOCATION", _("Moved")
        TRANSFER = "TRANSFER", _("Transfer")

    append_only: ClassVar[bool] = True

    payment = TenantForeignKey(Payment)
    instalment = TenantForeignKey(Instalment)
    amount_minor = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField(help_text="The order within one act.")
    reason = models.CharField(max_length=20, choices=Reason.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_allocation_moves_money", condition=~Q(amount_minor=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_allocation_by_payment", fields=["organisation", "payment"]),
            models.Index(name="billing_allocation_by_part", fields=["organisation", "instalment"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.reason}"


class CreditEntry(TenantModel):
    """A movement of unapplied money. Every entry belongs to the payment it came from."""

    class Reason(models.TextChoices):
        EXCESS = "EXCESS", _("Left over")
        APPLIED = "APPLIED", _("Used")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        REFUNDED = "REFUNDED", _("Refunded")

    append_only: ClassVar[bool] = True

    account = TenantForeignKey(Account)
    payment = TenantForeignKey(Payment)
    #: Where the credit arose or was used.
    invoice = TenantForeignKey(Invoice)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_credit_moves_money", condition=~Q(amount_minor=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_credit_by_account", fields=["organisation", "account"]),
            models.Index(name="billing_credit_by_payment", fields=["organisation", "payment"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.reason}"


class Receipt(TenantModel):
    """The numbered paper of one payment. A voided one keeps its number."""

    class State(models.TextChoices):
        ISSUED = "ISSUED", _("Issued")
        VOIDED = "VOIDED", _("Voided")

    frozen_fields: ClassVar[tuple[str, ...]] = ("payment", "series", "number", "issued_on", "snapshot")

    payment = TenantForeignKey(Payment)
    series = models.CharField(max_length=20)
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    #: What the paper says, frozen when it was issued.
    snapshot = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ISSUED)
    file_id = models.UUIDField(null=True, help_text="The rendered paper.")
    sha256 = models.CharField(max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True)
    #: When the original was handed out. Every print after it is a copy and says which.
    printed_at = models.DateTimeField(null=True)
    reprints = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="billing_receipt_number_unique", fields=["organisation", "series", "number"]),
            models.UniqueConstraint(name="billing_receipt_payment_unique", fields=["organisation", "payment"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="billing_receipt_to_render", fields=["organisation", "id"], condition=Q(rendered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number
