"""What others may want to follow. Only `site/wiring.py` connects."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPayment:
    """A payment as others hear of it: whose it is, how much, its receipt, and what it opened."""

    person_id: UUID
    term_enrolment_id: UUID
    payment_id: UUID
    amount: Money
    receipt_number: str
    #: Exams whose permit it opened: (name, code).
    permits: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PaymentsRecorded:
    """Students' money was recorded, at the counter or online."""

    actor: Actor
    payments: Sequence[RecordedPayment]
