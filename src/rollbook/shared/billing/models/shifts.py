"""The cashier's shift: what the drawer should hold and what it holds."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class Shift(TenantModel):
    """One cashier at one station, from the opening float to the count."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        CLOSED = "CLOSED", _("Closed")

    frozen_fields: ClassVar[tuple[str, ...]] = ("cashier_id", "station", "opened_at", "opening_float_minor", "currency")

    cashier_id = models.UUIDField(help_text="The user at the counter.")
    cashier_name = models.CharField(max_length=200)
    station = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()
    opening_float_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    #: Pieces by face value in minor units, as counted: {"100000": 12, "50000": 3}.
    denominations = models.JSONField(null=True)
    counted_minor = models.BigIntegerField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    variance_minor = models.BigIntegerField(null=True)
    variance_approved_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="billing_shift_one_open_per_cashier",
                fields=["organisation", "cashier_id"],
                condition=Q(state="OPEN"),
            ),
            models.UniqueConstraint(
                name="billing_shift_one_open_per_station", fields=["organisation", "station"], condition=Q(state="OPEN")
            ),
            models.CheckConstraint(name="billing_shift_float_not_negative", condition=Q(opening_float_minor__gte=0)),
            models.CheckConstraint(
                name="billing_shift_closed_with_a_count",
                condition=Q(state="OPEN")
                | Q(counted_minor__isnull=False, expected_minor__isnull=False, variance_minor__isnull=False),
            ),
            models.CheckConstraint(
                name="billing_shift_variance_not_self_approved",
                condition=Q(variance_approved_by__isnull=True) | ~Q(variance_approved_by=models.F("cashier_id")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_shift_by_time", fields=["organisation", "-opened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.opened_at:%Y-%m-%d %H:%M}"


class ShiftMovement(TenantModel):
    """Cash put into or taken from the drawer that is no payment: pick-ups, voids, refunds."""

    class Kind(models.TextChoices):
        VOID = "VOID", _("Void")
        REFUND = "REFUND", _("Refund")
        PICK_UP = "PICK_UP", _("Pick-up")
        TOP_UP = "TOP_UP", _("Top-up")

    append_only: ClassVar[bool] = True

    shift = TenantForeignKey(Shift)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: Signed: negative leaves the drawer.
    amount_minor = models.BigIntegerField()
    payment_id = models.UUIDField(null=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="billing_shiftmovement_moves_cash", condition=~Q(amount_minor=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_movement_by_shift", fields=["organisation", "shift"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
