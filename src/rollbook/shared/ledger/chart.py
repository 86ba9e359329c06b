"""The accounts that every organisation's books start with."""

from dataclasses import dataclass

from rollbook.shared.ledger.models import LedgerAccount


@dataclass(frozen=True, slots=True)
class ChartLine:
    """An account to be opened."""

    code: str
    name: str
    kind: str


CASH = "1010"
CHEQUES = "1020"
CARDS = "1030"
BANK = "1040"
WALLETS = "1050"
GATEWAYS = "1060"
OTHER_RECEIPTS = "1090"
RECEIVABLE = "1200"
CUSTOMER_CREDIT = "2100"
INCOME = "4000"
CONCESSIONS = "4900"
CASH_OVER_AND_SHORT = "6900"

STARTING_CHART = [
    ChartLine(CASH, "Cash on hand", LedgerAccount.Kind.ASSET),
    ChartLine(CHEQUES, "Cheques on hand", LedgerAccount.Kind.ASSET),
    ChartLine(CARDS, "Card receipts in transit", LedgerAccount.Kind.ASSET),
    ChartLine(BANK, "Bank", LedgerAccount.Kind.ASSET),
    ChartLine(WALLETS, "E-wallets", LedgerAccount.Kind.ASSET),
    ChartLine(GATEWAYS, "Payment providers in transit", LedgerAccount.Kind.ASSET),
    ChartLine(OTHER_RECEIPTS, "Other receipts", LedgerAccount.Kind.ASSET),
    ChartLine(RECEIVABLE, "Receivable from customers", LedgerAccount.Kind.ASSET),
    ChartLine(CUSTOMER_CREDIT, "Customers' credit", LedgerAccount.Kind.LIABILITY),
    ChartLine(INCOME, "Fees charged", LedgerAccount.Kind.INCOME),
    ChartLine(CONCESSIONS, "Concessions and adjustments", LedgerAccount.Kind.INCOME),
    ChartLine(CASH_OVER_AND_SHORT, "Cash over and short", LedgerAccount.Kind.EXPENSE),
]
