"""The chart of accounts, journal entries and their postings."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel


class LedgerAccount(TenantModel):
    """One line of an organisation's chart of accounts."""

    class Kind(models.TextChoices):
        ASSET = "ASSET", _("Asset")
        LIABILITY = "LIABILITY", _("Liability")
        EQUITY = "EQUITY", _("Equity")
        INCOME = "INCOME", _("Income")
        EXPENSE = "EXPENSE", _("Expense")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="ledger_account_code_unique", fields=["organisation", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalEntry(TenantModel):
    """Why money moved: a date, a kind and the row that caused it. Its postings sum to zero."""

    append_only: ClassVar[bool] = True

    entry_date = models.DateField(help_text="The organisation's local day.")
    kind = models.CharField(max_length=40, help_text="What happened, such as billing.payment.")
    source_id = models.UUIDField(help_text="The row that caused it.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="ledger_entry_by_source", fields=["organisation", "source_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_date}"


class Posting(TenantModel):
    """One side of an entry: positive is a debit, negative a credit, in whole minor units."""

    append_only: ClassVar[bool] = True

    entry = TenantForeignKey(JournalEntry)
    account = TenantForeignKey(LedgerAccount)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="ledger_posting_moves_money", condition=~models.Q(amount_minor=0)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="ledger_posting_by_entry", fields=["organisation", "entry"]),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
