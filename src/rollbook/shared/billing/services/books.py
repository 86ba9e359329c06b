"""How each money act is entered in the ledger."""

from datetime import date
from uuid import UUID

from rollbook.core.money import Money
from rollbook.shared.billing.models import Payment
from rollbook.shared.ledger import chart
from rollbook.shared.ledger.services import Entry, Line

#: Where money of each method lies until it is banked.
MONEY_ACCOUNTS: dict[str, str] = {
    Payment.Method.CASH: chart.CASH,
    Payment.Method.CHECK: chart.CHEQUES,
    Payment.Method.CARD: chart.CARDS,
    Payment.Method.BANK_TRANSFER: chart.BANK,
    Payment.Method.EWALLET: chart.WALLETS,
    Payment.Method.ONLINE_GATEWAY: chart.GATEWAYS,
    Payment.Method.OTHER: chart.OTHER_RECEIPTS,
}


def payment_entry(payment_id: UUID, *, amount: Money, method: str, credit_minor: int, on: date) -> Entry:
    """Money came in: less is receivable, what is left over is owed to the customer."""
    lines = [
        Line(MONEY_ACCOUNTS[method], amount.minor),
        Line(chart.RECEIVABLE, credit_minor - amount.minor),
        Line(chart.CUSTOMER_CREDIT, -credit_minor),
    ]
    return Entry(on, "billing.payment", payment_id, amount.currency, lines)


def charge_entry(
    source_id: UUID,
    *,
    minor: int,
    currency: str,
    on: date,
    kind: str = "billing.invoice",
    account: str = chart.INCOME,
    concession_minor: int = 0,
) -> Entry:
    """What is owed changed by `minor` (negative: less).

    `concession_minor` is the part of it that discounts made (negative: they took more off): the books show what
    was charged and what was given, not only the difference.
    """
    lines = [
        Line(chart.RECEIVABLE, minor),
        Line(account, concession_minor - minor),
        Line(chart.CONCESSIONS, -concession_minor),
    ]
    return Entry(on, kind, source_id, currency, lines)


def moved_entry(
    source_id: UUID,
    *,
    kind: str,
    currency: str,
    on: date,
    credit_change: int,
    returned: int = 0,
    money_account: str = chart.CASH,
) -> Entry:
    """Money moved between instalments, credit and, when `returned`, out of the house again.

    `credit_change` is the change of the customers' credit (signed). What is receivable takes the rest.
    """
    lines = [
        Line(money_account, -returned),
        Line(chart.CUSTOMER_CREDIT, -credit_change),
        Line(chart.RECEIVABLE, returned + credit_change),
    ]
    return Entry(on, kind, source_id, currency, lines)
