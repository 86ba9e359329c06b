"""Tables of billing."""

from rollbook.shared.billing.models.changes import Adjustment, PlanRevision, PromissoryNote, Refund, Reversal
from rollbook.shared.billing.models.files import BankFile, BankFileRow
from rollbook.shared.billing.models.invoices import Account, Instalment, Invoice, InvoiceLine
from rollbook.shared.billing.models.payments import Allocation, Checkout, CreditEntry, Payment, Receipt
from rollbook.shared.billing.models.shifts import Shift, ShiftMovement

__all__ = [
    "Account",
    "Adjustment",
    "Allocation",
    "BankFile",
    "BankFileRow",
    "Checkout",
    "CreditEntry",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "Payment",
    "PlanRevision",
    "PromissoryNote",
    "Receipt",
    "Refund",
    "Reversal",
    "Shift",
    "ShiftMovement",
]
