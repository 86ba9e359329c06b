"""Charging: accounts, invoices with their instalments, and the credit that meets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.audit.services.many import record_many
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import bulk
from rollbook.shared.billing.models import Account, Instalment, Invoice, InvoiceLine
from rollbook.shared.billing.rules import Due
from rollbook.shared.billing.services.books import charge_entry
from rollbook.shared.billing.services.settlement import apply_account_credit
from rollbook.shared.ledger.services import Entry, post_entries


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """What is charged: quantity × unit price in major units, and the amount it was rounded to."""

    description: str
    amount_minor: int
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An invoice to be opened. The schedule and the lines add up to the same total."""

    customer_id: UUID
    purpose: str
    subject_id: UUID
    currency: str
    lines: Sequence[ChargeLine]
    schedule: Sequence[Due]
    #: What discounts make of the total, never above zero; it stands by itself in the books.
    concession_minor: int = 0

    @property
    def total_minor(self) -> int:
        return sum(due.due_minor for due in self.schedule)

    def check(self) -> None:
        """A charge whose parts disagree is a mistake of ours, never of the person at the screen."""
        if sum(line.amount_minor for line in self.lines) != self.total_minor:
            raise ValueError("The lines of a charge and its schedule must add up to the same total.")


def open_account(customer_id: UUID, currency: str) -> Account:
    """The customer's account in a currency, opened when there is none."""
    account, _ = Account.objects.get_or_create(customer_id=customer_id, currency=currency)
    return account


def lock_account(account_id: UUID) -> Account:
    """Lock the account: the first lock of every money act."""
    account: Account = Account.objects.select_for_update().get(id=account_id)
    return account


@transaction.atomic
def open_invoice(actor: Actor, charge: Charge) -> Invoice:
    """Charge a customer; credit that the account holds is used at once, oldest first."""
    charge.check()
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    account = lock_account(open_account(charge.customer_id, charge.currency).id)
    invoice = Invoice.objects.create(
        account_id=account.id,
        purpose=charge.purpose,
        subject_id=charge.subject_id,
        currency=charge.currency,
        total_minor=charge.total_minor,
        opened_on=today,
        created_at=now,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice_id=invoice.id, description=line.description, quantity=line.quantity, unit_price=line.unit_price,
            amount_minor=line.amount_minor, created_at=now,
        )
        for line in charge.lines
    )  # fmt: skip
    Instalment.objects.bulk_create(
        Instalment(invoice_id=invoice.id, number=due.number, due_minor=due.due_minor, due_on=due.due_on, created_at=now)
        for due in charge.schedule
    )
    entry = _entry(invoice.id, charge, today)
    post_entries([entry], at=now)
    if account.credit_minor:
        apply_account_credit(account, invoice, now=now)
    record(actor, "billing.invoice_opened", invoice, total_minor=charge.total_minor, purpose=charge.purpose)
    return invoice


@transaction.atomic
def open_invoices_in_bulk(actor: Actor, charges: Sequence[Charge]) -> list[UUID]:
    """Open many invoices with a fixed number of statements; the same rows as one act each.

    Customers that hold credit get the single act, since their money must be locked and moved.
    """
    for charge in charges:
        charge.check()
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    invoice_ids = [ids.new_id() for _ in charges]
    if not charges:
        return []
    bulk.open_accounts(charges, now=now)
    bulk.open_invoices(charges, invoice_ids, today=today, now=now)
    post_entries(
        [_entry(invoice_id, charge, today) for charge, invoice_id in zip(charges, invoice_ids, strict=True)],
        at=now,
    )
    record_many(
        actor,
        "billing.invoice_opened",
        "billing.invoice",
        invoice_ids,
        facts=[{"total_minor": charge.total_minor, "purpose": charge.purpose} for charge in charges],
    )
    for invoice in Invoice.objects.filter(id__in=invoice_ids, account__credit_minor__gt=0).order_by("account_id"):
        apply_account_credit(lock_account(invoice.account_id), invoice, now=now)
    return invoice_ids


def _entry(invoice_id: UUID, charge: Charge, today: date) -> Entry:
    return charge_entry(
        invoice_id, minor=charge.total_minor, currency=charge.currency, on=today,
        concession_minor=charge.concession_minor,
    )  # fmt: skip
