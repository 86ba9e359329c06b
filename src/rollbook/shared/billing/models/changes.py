"""What changes a plan or takes money back: revisions, adjustments, notes, reversals and refunds."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.billing.models.invoices import Instalment, Invoice
from rollbook.shared.billing.models.payments import Payment


class PlanRevision(TenantModel):
    """A change of what is owed, with the instalments before and after."""

    append_only: ClassVar[bool] = True

    invoice = TenantForeignKey(Invoice)
    version = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    #: [{"number": 1, "due": "5000.00", "paid": "5000.00"}, …]
    before = models.JSONField()
    after = models.JSONField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="billing_revision_version_unique", fields=["organisation", "invoice", "version"]
            ),
        ]

    def __str__(self) -> str:
        return f"Revision {self.version}"


class Adjustment(TenantModel):
    """A reduction (CREDIT) or an increase (DEBIT) of what is owed, decided by two people."""

    class Kind(models.TextChoices):
        CREDIT = "CREDIT", _("Reduces what is owed")
        DEBIT = "DEBIT", _("Increases what is owed")

    append_only: ClassVar[bool] = True

    invoice = TenantForeignKey(Invoice)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    justification = models.CharField(max_length=500)
    requested_by = models.UUIDField()
    approved_by = models.UUIDField()
    revision = TenantForeignKey(PlanRevision)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_adjustment_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="billing_adjustment_two_people", condition=~Q(requested_by=models.F("approved_by"))
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_adjustment_by_invoice", fields=["organisation", "invoice"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"


class Reversal(TenantModel):
    """A payment undone whole: voided at the counter, or bounced and charged back later."""

    class Kind(models.TextChoices):
        VOID = "VOID", _("Void")
        BOUNCED = "BOUNCED", _("Bounced")
        CHARGEBACK = "CHARGEBACK", _("Charged back")
        PROVIDER_REFUND = "PROVIDER_REFUND", _("Refunded by the provider")

    append_only: ClassVar[bool] = True

    payment = TenantForeignKey(Payment)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    requested_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="billing_reversal_payment_unique", fields=["organisation", "payment"]),
            models.CheckConstraint(name="billing_reversal_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="billing_reversal_void_by_two_people",
                condition=~Q(kind="VOID")
                | Q(requested_by__isnull=False, approved_by__isnull=False) & ~Q(requested_by=models.F("approved_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"


class Refund(TenantModel):
    """Money given back, decided by two people."""

    append_only: ClassVar[bool] = True

    payment = TenantForeignKey(Payment)
    amount_minor = models.BigIntegerField()
    method = models.CharField(max_length=20, choices=Payment.Method.choices)
    reason = models.CharField(max_length=500)
    requested_by = models.UUIDField()
    approved_by = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_refund_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="billing_refund_two_people", condition=~Q(requested_by=models.F("approved_by"))
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_refund_by_payment", fields=["organisation", "payment"]),
        ]

    def __str__(self) -> str:
        return f"Refund {self.amount_minor}"


class PromissoryNote(TenantModel):
    """A written promise to pay an instalment by a day; once approved it covers the instalment."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Requested")
        APPROVED = "APPROVED", _("Approved")
        PARTIALLY_PAID = "PARTIALLY_PAID", _("Partly paid")
        FULFILLED = "FULFILLED", _("Fulfilled")
        DEFAULTED = "DEFAULTED", _("Defaulted")
        CANCELLED = "CANCELLED", _("Cancelled")

    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        State.REQUESTED: frozenset({State.APPROVED, State.CANCELLED}),
        State.APPROVED: frozenset({State.PARTIALLY_PAID, State.FULFILLED, State.DEFAULTED, State.CANCELLED}),
        State.PARTIALLY_PAID: frozenset({State.FULFILLED, State.DEFAULTED, State.CANCELLED, State.APPROVED}),
    }
    LIVE: ClassVar[tuple[str, ...]] = (State.APPROVED, State.PARTIALLY_PAID)
    frozen_fields: ClassVar[tuple[str, ...]] = ("instalment", "amount_minor", "requested_by")

    instalment = TenantForeignKey(Instalment)
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    document_id = models.UUIDField(null=True, help_text="The signed paper, a stored file.")
    requested_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    defaulted_on = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.REQUESTED)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_note_positive", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint(
                name="billing_note_one_live_per_instalment",
                fields=["organisation", "instalment"],
                condition=Q(state__in=["REQUESTED", "APPROVED", "PARTIALLY_PAID"]),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="billing_note_live_by_day",
                fields=["organisation", "due_on"],
                condition=Q(state__in=["APPROVED", "PARTIALLY_PAID"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.amount_minor}"
