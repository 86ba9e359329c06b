"""How the rooms that are paid online take the money: a room registers itself by the purpose of its invoices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.services.landed import FollowUp
from rollbook.shared.billing.services.receipts import MAIN_SERIES, ReceiptSeries


@dataclass(frozen=True, slots=True)
class OnlinePolicy:
    """How a room takes online payments: its receipts, what they say, what must follow, where the payer comes back."""

    on_landed: FollowUp
    receipt_facts: Callable[[UUID], dict[str, Any]]
    series: ReceiptSeries = MAIN_SERIES


PolicyOf = Callable[[Actor], OnlinePolicy]

_payees: dict[str, PolicyOf] = {}


def register_payee(purpose: str, policy_of: PolicyOf) -> None:
    """Let a room be paid online for its invoices."""
    if _payees.setdefault(purpose, policy_of) is not policy_of:
        raise ValueError(f"The purpose {purpose} has two payees.")


def policy_for(actor: Actor, invoice_id: UUID) -> OnlinePolicy:
    """How the room of an invoice takes its money."""
    purpose = Invoice.objects.filter(id=invoice_id).values_list("purpose", flat=True).get()
    if purpose not in _payees:
        raise LookupError(f"No room is paid online for {purpose}: it calls register_payee(…).")
    return _payees[purpose](actor)
