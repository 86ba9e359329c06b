"""The gate of month 1, decided from the instalments alone (R27)."""

from collections.abc import Iterable
from dataclasses import dataclass

from rollbook.core.money import Money
from rollbook.shared.billing.rules import InstalmentState


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """Whether month 1 lets the student enrol, and if not, what is missing."""

    is_open: bool
    #: What is still due of month 1; None when there is no plan to pay.
    still_due: Money | None

    @property
    def code(self) -> str:
        """The reason in the words of the API, empty when the gate is open."""
        return "" if self.is_open else "MONTH1_UNPAID"

    @property
    def text(self) -> str:
        """The reason as a person reads it."""
        if self.is_open:
            return ""
        return "no payment plan yet" if self.still_due is None else f"{self.still_due.to_decimal_string()} still due"


def month1_gate(instalments: Iterable[InstalmentState], currency: str) -> GateVerdict:
    """The gate is open when instalment 1 is paid or covered (R27)."""
    first = next((part for part in instalments if part.number == 1), None)
    if first is None:
        return GateVerdict(is_open=False, still_due=None)
    return GateVerdict(is_open=first.is_settled, still_due=Money(first.room_minor, currency))
