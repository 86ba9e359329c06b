"""Reads of billing: accounts, statements, drawers, and the proof that cached figures equal the sums."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core.money import Money
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.billing.errors import InvoiceNotFound
from rollbook.shared.billing.models import Account, Allocation, CreditEntry, Instalment, Invoice
from rollbook.shared.billing.rules import InstalmentState, Landing, waterfall

PROOF = """
WITH allocated AS (
    SELECT instalment_id, sum(amount_minor) AS minor FROM billing_allocation
     WHERE organisation_id = %(organisation)s GROUP BY instalment_id
), instalments AS (
    SELECT t.id, t.invoice_id, t.due_minor, t.paid_minor, coalesce(a.minor, 0) AS allocated
      FROM billing_instalment t LEFT JOIN allocated a ON a.instalment_id = t.id
     WHERE t.organisation_id = %(organisation)s
), per_payment AS (
    SELECT p.id, p.amount_minor, p.returned_minor,
           coalesce((SELECT sum(a.amount_minor) FROM billing_allocation a
                      WHERE a.organisation_id = %(organisation)s AND a.payment_id = p.id), 0) AS allocated,
           coalesce((SELECT sum(c.amount_minor) FROM billing_creditentry c
                      WHERE c.organisation_id = %(organisation)s AND c.payment_id = p.id), 0) AS credit
      FROM billing_payment p
     WHERE p.organisation_id = %(organisation)s AND p.state NOT IN ('PENDING', 'FAILED', 'EXPIRED')
), balance AS (
    SELECT l.code, coalesce(sum(g.amount_minor), 0) AS minor
      FROM ledger_ledgeraccount l
      LEFT JOIN ledger_posting g ON g.organisation_id = l.organisation_id AND g.account_id = l.id
     WHERE l.organisation_id = %(organisation)s GROUP BY l.code
)
SELECT
    (SELECT coalesce(sum(amount_minor), 0) FROM per_payment) AS received,
    (SELECT coalesce(sum(allocated), 0) FROM per_payment) AS allocated,
    (SELECT coalesce(sum(credit), 0) FROM per_payment) AS credit,
    (SELECT coalesce(sum(returned_minor), 0) FROM per_payment) AS returned,
    (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting
      WHERE organisation_id = %(organisation)s AND amount_minor > 0) AS debits,
    (SELECT coalesce(-sum(amount_minor), 0) FROM ledger_posting
      WHERE organisation_id = %(organisation)s AND amount_minor < 0) AS credits,
    (SELECT count(*) FROM instalments WHERE paid_minor <> allocated) AS wrong_instalments,
    (SELECT count(*) FROM billing_invoice i
       LEFT JOIN (SELECT invoice_id, sum(allocated) AS paid, sum(due_minor) AS due FROM instalments GROUP BY invoice_id) t
         ON t.invoice_id = i.id
      WHERE i.organisation_id = %(organisation)s
        AND (i.paid_minor <> coalesce(t.paid, 0) OR i.total_minor <> coalesce(t.due, 0))) AS wrong_invoices,
    (SELECT count(*) FROM billing_account a WHERE a.organisation_id = %(organisation)s AND a.credit_minor <>
        (SELECT coalesce(sum(c.amount_minor), 0) FROM billing_creditentry c
          WHERE c.organisation_id = %(organisation)s AND c.account_id = a.id)) AS wrong_accounts,
    (SELECT count(*) FROM per_payment WHERE allocated + credit <> amount_minor - returned_minor) AS wrong_payments,
    (SELECT count(*) FROM per_payment p WHERE NOT EXISTS (SELECT FROM billing_receipt r
        WHERE r.organisation_id = %(organisation)s AND r.payment_id = p.id)) AS payments_without_receipt,
    (SELECT coalesce(sum(i.total_minor - i.paid_minor), 0) FROM billing_invoice i
      WHERE i.organisation_id = %(organisation)s) - (SELECT minor FROM balance WHERE code = '1200') AS receivable_difference,
    (SELECT coalesce(sum(a.credit_minor), 0) FROM billing_account a WHERE a.organisation_id = %(organisation)s)
      + (SELECT minor FROM balance WHERE code = '2100') AS credit_difference
"""


@dataclass(frozen=True, slots=True)
class Books:
    """The proof of an organisation's books, in minor units; counts say how many cached figures are wrong."""

    received: int
    allocated: int
    credit: int
    returned: int
    debits: int
    credits: int
    wrong_instalments: int
    wrong_invoices: int
    wrong_accounts: int
    wrong_payments: int
    payments_without_receipt: int
    receivable_difference: int
    credit_difference: int

    @property
    def is_right(self) -> bool:
        """Received = allocated + credit + returned, debits = credits, and every cached figure equals its sum."""
        return (
            self.received == self.allocated + self.credit + self.returned
            and self.debits == self.credits
            and not any((
                self.wrong_instalments, self.wrong_invoices, self.wrong_accounts, self.wrong_payments,
                self.payments_without_receipt, self.receivable_difference, self.credit_difference,
            ))
        )  # fmt: skip


def prove_books() -> Books:
    """Recompute every cached figure of the organisation from the appended rows."""
    with connection.cursor() as cursor:
        cursor.execute(PROOF, {"organisation": require_organisation_id()})
        return Books(*(int(figure) for figure in cursor.fetchone()))


def get_invoice(invoice_id: UUID) -> Invoice:
    """One invoice of the organisation, or the refusal that hides whether it exists elsewhere."""
    invoice = Invoice.objects.filter(id=invoice_id).first()
    if invoice is None:
        raise InvoiceNotFound
    return invoice


def instalment_states(invoice_id: UUID) -> list[InstalmentState]:
    """The instalments of an invoice in order."""
    rows = Instalment.objects.filter(invoice_id=invoice_id).order_by("number")
    return [InstalmentState(*row) for row in rows.values_list("number", "due_minor", "paid_minor", "due_on", "cover")]


@dataclass(frozen=True, slots=True)
class Preview:
    """Where an amount would land, before anything is saved."""

    landings: list[Landing]
    credit_minor: int
    instalments: list[InstalmentState]


def preview_payment(invoice_id: UUID, amount: Money) -> Preview:
    """Show where money would land; nothing is written."""
    instalments = instalment_states(invoice_id)
    landings, left = waterfall(instalments, amount.minor)
    return Preview(landings, left, instalments)


def credit_of_customer(customer_id: UUID, currency: str) -> Money:
    """A customer's unapplied money."""
    found = Account.objects.filter(customer_id=customer_id, currency=currency).values_list("credit_minor", flat=True)
    return Money(found.first() or 0, currency)


def statement_lines(account_id: UUID) -> list[dict[str, Any]]:
    """Everything that moved on a customer's account in order: charges, payments, returns and credit used."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"organisation": require_organisation_id(), "account": account_id})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


STATEMENT = """
SELECT l.created_at AS at, 'charge' AS kind, l.description AS text, l.amount_minor AS owed_minor, 0::bigint AS paid_minor,
       i.id AS invoice_id
  FROM billing_invoiceline l JOIN billing_invoice i ON i.organisation_id = l.organisation_id AND i.id = l.invoice_id
 WHERE l.organisation_id = %(organisation)s AND i.account_id = %(account)s
UNION ALL
SELECT p.received_at, 'payment', coalesce(r.number, ''), 0, p.amount_minor, p.invoice_id
  FROM billing_payment p
  LEFT JOIN billing_receipt r ON r.organisation_id = p.organisation_id AND r.payment_id = p.id
 WHERE p.organisation_id = %(organisation)s AND p.account_id = %(account)s
UNION ALL
SELECT v.created_at, lower(v.kind), v.reason, 0, -v.amount_minor, p.invoice_id
  FROM billing_reversal v JOIN billing_payment p ON p.organisation_id = v.organisation_id AND p.id = v.payment_id
 WHERE v.organisation_id = %(organisation)s AND p.account_id = %(account)s
UNION ALL
SELECT f.created_at, 'refund', f.reason, 0, -f.amount_minor, p.invoice_id
  FROM billing_refund f JOIN billing_payment p ON p.organisation_id = f.organisation_id AND p.id = f.payment_id
 WHERE f.organisation_id = %(organisation)s AND p.account_id = %(account)s
 ORDER BY 1
"""


def kept_of_payment(payment_id: UUID) -> tuple[int, int]:
    """What a payment holds in instalments and in credit, in minor units."""
    allocated = sum(Allocation.objects.filter(payment_id=payment_id).values_list("amount_minor", flat=True))
    credit = sum(CreditEntry.objects.filter(payment_id=payment_id).values_list("amount_minor", flat=True))
    return allocated, credit
