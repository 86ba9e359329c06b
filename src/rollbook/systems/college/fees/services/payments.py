"""Taking a student's money."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.services.payments import PaymentTaken, take_payment
from rollbook.shared.billing.services.receipts import ReceiptSeries
from rollbook.systems.college.exams.services.issuing import NamedPermit
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.selectors import TermPlan, plan_to_pay
from rollbook.systems.college.fees.services.following import follow

SERIES = ReceiptSeries("MAIN")


@dataclass(frozen=True, slots=True)
class StudentPayment:
    """A recorded payment and the plan it went to."""

    plan: TermPlan
    taken: PaymentTaken

    @property
    def permits_issued(self) -> list[NamedPermit]:
        """The permits that opened with this payment."""
        opened: list[NamedPermit] = self.taken.followed.get("permits_issued", [])
        return opened


def record_payment(
    actor: Actor,
    *,
    student_id: UUID,
    amount: Money,
    method: str,
    term_enrolment_id: UUID | None = None,
    external_reference: str = "",
    received_at: datetime | None = None,
    target_month: int | None = None,
    note: str = "",
) -> StudentPayment:
    """Take money for a student's term at the counter: months fill in order, permits follow, one receipt."""
    actor.require(permissions.RECORD_PAYMENT)
    plan = plan_to_pay(student_id, term_enrolment_id)
    taken = take_payment(
        actor,
        invoice_id=plan.invoice_id,
        amount=amount,
        method=method,
        external_reference=external_reference,
        received_at=received_at,
        target_number=target_month,
        at_counter=True,
        note=note,
        series=SERIES,
        receipt_facts=plan.receipt_facts(),
        on_landed=follow(actor, term_enrolment_id=plan.term_enrolment_id, may_be_held=plan.is_held),
    )
    return StudentPayment(plan, taken)
