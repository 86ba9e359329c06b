"""What is owed: accounts, invoices, their lines and their instalments."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.money import Money
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class Account(TenantModel):
    """A customer's account in one currency: the row that every money act locks first."""

    frozen_fields: ClassVar[tuple[str, ...]] = ("customer", "currency")

    customer = TenantForeignKey("people.Person")
    currency = models.CharField(max_length=3)
    #: Unapplied money; the sum of the account's credit entries, proved nightly.
    credit_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="billing_account_customer_unique", fields=["organisation", "customer", "currency"]
            ),
            models.CheckConstraint(name="billing_account_credit_not_negative", condition=Q(credit_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency}"


class Invoice(TenantModel):
    """What one customer owes for one purpose, such as a term. Split into instalments."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        CANCELLED = "CANCELLED", _("Cancelled")

    frozen_fields: ClassVar[tuple[str, ...]] = ("account", "purpose", "subject_id", "currency")

    account = TenantForeignKey(Account)
    purpose = models.CharField(max_length=40, help_text="What it is for, such as college.term.")
    subject_id = models.UUIDField(help_text="The row it is for, in the words of the purpose.")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    #: The sum of the allocations to its instalments, proved nightly.
    paid_minor = models.BigIntegerField(default=0)
    opened_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="billing_invoice_one_open_per_subject",
                fields=["organisation", "purpose", "subject_id"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="billing_invoice_paid_within_total",
                condition=Q(paid_minor__gte=0, paid_minor__lte=F("total_minor")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_invoice_by_account", fields=["organisation", "account"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id}"

    @property
    def balance(self) -> Money:
        return Money(self.total_minor - self.paid_minor, self.currency)


class InvoiceLine(TenantModel):
    """What the invoice charges for. A revision adds lines, it never edits one."""

    append_only: ClassVar[bool] = True

    invoice = TenantForeignKey(Invoice)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=4, default=1)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    amount_minor = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="billing_line_by_invoice", fields=["organisation", "invoice"]),
        ]

    def __str__(self) -> str:
        return self.description


class Instalment(TenantModel):
    """One part of an invoice with its own due day. It can never hold more than is due."""

    class Cover(models.TextChoices):
        NONE = "", _("None")
        PROMISSORY = "PROMISSORY", _("Promissory note")
        SPONSOR = "SPONSOR", _("Sponsor")

    class State(models.TextChoices):
        UNPAID = "UNPAID", _("Unpaid")
        PARTIAL = "PARTIAL", _("Partly paid")
        PAID = "PAID", _("Paid")
        COVERED = "COVERED", _("Covered")
        OVERDUE = "OVERDUE", _("Overdue")

    frozen_fields: ClassVar[tuple[str, ...]] = ("invoice", "number")

    invoice = TenantForeignKey(Invoice)
    number = models.PositiveSmallIntegerField()
    due_minor = models.BigIntegerField()
    #: The sum of the allocations to it, proved nightly.
    paid_minor = models.BigIntegerField(default=0)
    due_on = models.DateField()
    cover = models.CharField(max_length=10, choices=Cover.choices, default=Cover.NONE, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="billing_instalment_number_unique", fields=["organisation", "invoice", "number"]
            ),
            models.CheckConstraint(
                name="billing_instalment_paid_within_due",
                condition=Q(due_minor__gte=0, paid_minor__gte=0, paid_minor__lte=F("due_minor")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="billing_instalment_open_by_day",
                fields=["organisation", "due_on"],
                condition=Q(paid_minor__lt=F("due_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    def state_on(self, today: date) -> str:
        """PAID, COVERED, OVERDUE (from the day after the due day), PARTIAL or UNPAID."""
        from rollbook.shared.billing.rules import InstalmentState

        return InstalmentState(self.number, self.due_minor, self.paid_minor, self.due_on, self.cover).state_on(today)
