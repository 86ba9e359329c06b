"""Payments that arrive in a file: each row is credited exactly once or waits with its reason."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.billing.models.payments import Payment


class BankFile(TenantModel):
    """A file of payments as it was received."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("name", "sha256")

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    credited_count = models.PositiveIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    #: The last line whose chunk is committed; an interrupted file goes on after it.
    finished_line = models.PositiveIntegerField(default=0)
    unmatched_count = models.PositiveIntegerField(default=0)
    imported_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="billing_bankfile_sha256_unique", fields=["organisation", "sha256"]),
        ]

    def __str__(self) -> str:
        return self.name


class BankFileRow(TenantModel):
    """A row that could not be credited, with its reason, until somebody settles it."""

    class State(models.TextChoices):
        UNMATCHED = "UNMATCHED", _("Waiting")
        RESOLVED = "RESOLVED", _("Resolved")
        DISMISSED = "DISMISSED", _("Dismissed")

    class Reason(models.TextChoices):
        MALFORMED = "MALFORMED", _("Cannot be read")
        DUPLICATE_REFERENCE = "DUPLICATE_REFERENCE", _("Reference already used")
        UNKNOWN_CUSTOMER = "UNKNOWN_CUSTOMER", _("Nobody with this number")
        NO_OPEN_INVOICE = "NO_OPEN_INVOICE", _("Nothing to pay")
        AMBIGUOUS = "AMBIGUOUS", _("More than one open term")

    frozen_fields: ClassVar[tuple[str, ...]] = ("file", "line", "fingerprint", "content", "reason")

    file = TenantForeignKey(BankFile)
    line = models.PositiveIntegerField()
    #: SHA-256 of the row's text, so that the same row in a second file waits only once.
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()
    reason = models.CharField(max_length=24, choices=Reason.choices)
    message = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UNMATCHED)
    payment = TenantForeignKey(Payment, null=True)
    resolved_by = models.UUIDField(null=True)
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="billing_bankfilerow_line_unique", fields=["organisation", "file", "line"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_bankrow_by_state", fields=["organisation", "state", "id"]),
            models.Index(name="billing_bankrow_by_print", fields=["organisation", "fingerprint"]),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.reason}"
