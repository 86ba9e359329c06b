"""What a student owes and has paid, term by term, for those who keep the record and take no money."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Sum

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Instalment, Invoice
from rollbook.shared.billing.selectors import credit_of_customer
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.selectors import today_here
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.selectors import get_student


@dataclass(frozen=True, slots=True)
class TermTotals:
    """One term: what it costs, what came in, what is open and what of that is late."""

    term: str
    is_cancelled: bool
    total: Money
    paid: Money
    late: Money

    @property
    def balance(self) -> Money:
        """What is still owed; nothing of a plan that was cancelled."""
        return Money(0, self.total.currency) if self.is_cancelled else self.total - self.paid


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """A student's terms, the latest first, and what they come to."""

    student: Student
    terms: Sequence[TermTotals]
    total: Money
    paid: Money
    balance: Money
    late: Money
    credit: Money


def totals_of(actor: Actor, student_id: UUID) -> AccountTotals:
    """The totals of a student's account; who looks at another's record leaves a trace."""
    actor.require(permissions.SEE_TOTALS)
    student, currency = get_student(actor, student_id), organisation_in_scope().currency
    rows = list(
        TermEnrolment.objects.filter(student=student, invoice__isnull=False, invoice__currency=currency)
        .order_by("-term__starts_on", "-id")
        .values_list(
            "term__code", "invoice_id", "invoice__state", "invoice__total_minor", "invoice__paid_minor"
        )
    )  # fmt: skip
    late = _late([row[1] for row in rows])
    terms = [
        TermTotals(
            term, state == Invoice.State.CANCELLED, Money(total, currency), Money(paid, currency),
            Money(0 if state == Invoice.State.CANCELLED else late.get(invoice_id, 0), currency),
        )
        for term, invoice_id, state, total, paid in rows
    ]  # fmt: skip
    nothing, live = Money(0, currency), [term for term in terms if not term.is_cancelled]
    return AccountTotals(
        student=student, terms=terms, total=sum((term.total for term in live), nothing),
        paid=sum((term.paid for term in terms), nothing), balance=sum((term.balance for term in live), nothing),
        late=sum((term.late for term in live), nothing), credit=credit_of_customer(student.person_id, currency),
    )  # fmt: skip


def _late(invoice_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What should have been paid before today, unless somebody stands in for it."""
    rows = (
        Instalment.objects.filter(
            invoice_id__in=invoice_ids, cover="", due_on__lt=today_here(), paid_minor__lt=F("due_minor")
        )
        .order_by()
        .values("invoice_id")
        .annotate(late=Sum(F("due_minor") - F("paid_minor")))
    )
    return {row["invoice_id"]: row["late"] for row in rows}
