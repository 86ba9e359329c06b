"""What the counter sees of one student: months, credit, permits, and where an amount would land."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Account, Payment, PromissoryNote, Receipt
from rollbook.shared.billing.rules import InstalmentState, Landing, settled_through
from rollbook.shared.billing.selectors import credit_of_customer, instalment_states, preview_payment, statement_lines
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.exams.selectors import permits_of_enrolments
from rollbook.systems.college.exams.words import LOCKED
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.errors import StudentNotFound
from rollbook.systems.college.fees.selectors import TermPlan

#: Payments shown beside the form; the rest stand in the list.
LATEST_PAYMENTS = 8


@dataclass(frozen=True, slots=True)
class MonthShown:
    """One month of a plan, with what an amount would add to it."""

    state: InstalmentState
    on: date
    added_minor: int = 0

    @property
    def number(self) -> int:
        """The month's number, 1 for the first."""
        return self.state.number

    @property
    def word(self) -> str:
        """PAID, COVERED, OVERDUE, PARTIAL or UNPAID."""
        return self.state.state_on(self.on)

    @property
    def days_late(self) -> int:
        """How many days ago it was due; 0 while it is not late."""
        return max((self.on - self.state.due_on).days, 0) if self.word == "OVERDUE" else 0


@dataclass(frozen=True, slots=True)
class ExamShown:
    """One exam of a term: its days, the month it asks for, and the student's permit if there is one."""

    code: str
    name: str
    opens_on: date
    closes_on: date
    #: Months 1 to this one open it.
    month: int
    permit_id: UUID | None
    permit_code: str | None
    state: str

    @property
    def is_open(self) -> bool:
        """Whether a permit opens the door of the exam hall."""
        return self.state in ExamPermit.OPENS

    def can_open(self, on: date) -> bool:
        """Whether money could still open it: it is locked or suspended, and the exam is not over."""
        return self.state in (LOCKED, ExamPermit.State.SUSPENDED) and on <= self.closes_on


def exams_of(actor: Actor, term_enrolment_id: UUID) -> list[ExamShown]:
    """The exams of one term enrolment in their order, each with its permit or its lock."""
    return [
        ExamShown(
            row["exam"], row["exam_name"], row["opens_on"], row["closes_on"], row["month"], row["permit_id"],
            row["code"], row["state"],
        )
        for row in permits_of_enrolments(actor, [term_enrolment_id])
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanShown:
    """One plan at the counter."""

    plan: TermPlan
    months: list[MonthShown]
    exams: list[ExamShown]
    currency: str
    credit: Money

    @property
    def total(self) -> Money:
        """What the term costs."""
        return Money(sum(month.state.due_minor for month in self.months), self.currency)

    @property
    def paid(self) -> Money:
        """What of it is paid."""
        return Money(sum(month.state.paid_minor for month in self.months), self.currency)

    @property
    def balance(self) -> Money:
        """What is still owed for the term."""
        return self.total - self.paid

    @property
    def overdue(self) -> Money:
        """What should have been paid by yesterday."""
        return Money(sum(m.state.room_minor for m in self.months if m.word == "OVERDUE"), self.currency)

    @property
    def next_month(self) -> MonthShown | None:
        """The month that takes the next money."""
        return next((month for month in self.months if month.state.room_minor > 0), None)

    @property
    def suggested(self) -> Money | None:
        """What the next month still needs."""
        month = self.next_month
        return Money(month.state.room_minor, self.currency) if month else None

    def needed_for(self, exam: ExamShown) -> Money:
        """What opens an exam: whatever its months still need, promised ones left out."""
        open_ones = [m.state for m in self.months if m.number <= exam.month and not m.state.cover]
        return Money(sum(state.room_minor for state in open_ones), self.currency)

    @property
    def next_locked(self) -> ExamShown | None:
        """The first exam that is not open yet and still can be."""
        return next((exam for exam in self.exams if exam.can_open(self.on)), None)

    @property
    def on(self) -> date:
        """The day on which it is shown."""
        return self.months[0].on if self.months else selectors.today_here()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Where an amount would land, before anything is saved."""

    amount: Money
    landings: Sequence[Landing]
    credit: Money
    months: list[MonthShown]
    exams_opened: list[ExamShown]


def plan_shown(actor: Actor, plan: TermPlan) -> PlanShown:
    """A plan as the counter shows it, and as its own student sees it."""
    if not actor.may(permissions.SEE_ACCOUNTS):
        actor.require(permissions.OWN_ACCOUNT)
        if plan.person_id != actor.person_id:
            raise StudentNotFound
    today = selectors.today_here()
    currency = organisation_in_scope().currency
    months = [MonthShown(state, today) for state in instalment_states(plan.invoice_id)]
    credit = credit_of_customer(plan.person_id, currency)
    return PlanShown(plan, months, exams_of(actor, plan.term_enrolment_id), currency, credit)


def foresee(view: PlanShown, amount: Money) -> Foreseen:
    """Where an amount would land, which permits it would open, what would be left as credit. Nothing is written."""
    preview = preview_payment(view.plan.invoice_id, amount)
    added = {landing.number: landing.minor for landing in preview.landings}
    months = [MonthShown(state, view.on, added.get(state.number, 0)) for state in preview.instalments]
    after = [replace(month.state, paid_minor=month.state.paid_minor + month.added_minor) for month in months]
    reached = settled_through(after)
    opened = [exam for exam in view.exams if exam.can_open(view.on) and exam.month <= reached]
    return Foreseen(amount, preview.landings, Money(preview.credit_minor, amount.currency), months, opened)


def latest_payments(actor: Actor, student_id: UUID) -> list[dict[str, Any]]:
    """The student's payments, newest first."""
    return list(selectors.payment_rows(actor, student_id).order_by("-received_at", "-id")[:LATEST_PAYMENTS])


def notes_of(plan: TermPlan) -> list[PromissoryNote]:
    """The promises that concern a plan, newest first."""
    notes = PromissoryNote.objects.filter(instalment__invoice_id=plan.invoice_id).select_related("instalment")
    return list(notes.order_by("-created_at"))


def movements_of(account_id: UUID | None) -> list[dict[str, Any]]:
    """Everything that moved on a student's account, in order."""
    return statement_lines(account_id) if account_id else []


def account_of(person_id: UUID) -> UUID | None:
    """The account of a student in the organisation's currency, once anything was charged."""
    found: UUID | None = (
        Account.objects.filter(customer_id=person_id, currency=organisation_in_scope().currency)
        .values_list("id", flat=True)
        .first()
    )
    return found


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """One payment with its receipt."""

    payment: Payment
    receipt: Receipt
    cashier_name: str
    student_id: UUID | None

    @property
    def amount(self) -> Money:
        """What was received."""
        return Money(self.payment.amount_minor, self.payment.currency)

    @property
    def returned(self) -> Money:
        """What was given or taken back of it."""
        return Money(self.payment.returned_minor, self.payment.currency)

    @property
    def landed(self) -> list[tuple[int, Money]]:
        """Where it landed when it was recorded, as the receipt froze it."""
        currency = self.receipt.snapshot["currency"]
        return [(part["number"], Money.parse(part["amount"], currency)) for part in self.receipt.snapshot["landed"]]

    @property
    def credit(self) -> Money:
        """What was left as credit when it was recorded."""
        return Money.parse(self.receipt.snapshot["credit"], self.receipt.snapshot["currency"])
