"""A student's term in money: the assessments, discounts and sponsors that make up what is owed for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Invoice
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import StudentNotFound
from rollbook.systems.college.fees.models import Assessment, Discount, DiscountGrant, Sponsorship
from rollbook.systems.college.fees.policies import REFUND_TABLE
from rollbook.systems.college.fees.reads.assessing import Standing, proposals, standings
from rollbook.systems.college.fees.rules import WHOLE, Given, assess, read_refund_table, rounded
from rollbook.systems.college.fees.selectors import own_student_id


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One line as people read it."""

    label: str
    category: str
    quantity: Decimal
    price: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class TermShown:
    """A student's term with everything that makes up what is owed for it."""

    enrolment: TermEnrolment
    invoice: Invoice | None
    #: Every assessment, the newest first; the first one holds.
    assessments: Sequence[Assessment]
    lines: Sequence[AssessmentLine]
    grants: Sequence[DiscountGrant]
    sponsorships: Sequence[Sponsorship]

    @property
    def latest(self) -> Assessment | None:
        """The assessment that holds."""
        return self.assessments[0] if self.assessments else None


def lines_of(assessment: Assessment) -> list[AssessmentLine]:
    """The lines of an assessment as people read them."""
    currency = assessment.currency
    return [
        AssessmentLine(
            line["label"], line["category"], Decimal(line["quantity"]), Money(line["price_minor"], currency),
            Money(line["minor"], currency),
        )
        for line in assessment.lines
    ]  # fmt: skip


def get_term(actor: Actor, term_enrolment_id: UUID) -> TermShown:
    """A student's term for the counter and the registrar, or one's own."""
    rows = TermEnrolment.objects.filter(student__taken_back_at__isnull=True)
    if not actor.may(permissions.SEE_ASSESSMENTS):
        actor.require(permissions.OWN_ACCOUNT)
        rows = rows.filter(student_id=own_student_id(actor))
    enrolment: TermEnrolment | None = (
        rows.select_related("student__person", "term", "programme", "invoice").filter(id=term_enrolment_id).first()
    )
    if enrolment is None:
        raise StudentNotFound
    made = list(
        Assessment.objects.select_related("schedule").filter(term_enrolment_id=enrolment.id).order_by("-number")
    )
    return TermShown(
        enrolment, enrolment.invoice, made, lines_of(made[0]) if made else [],
        list(DiscountGrant.objects.filter(term_enrolment_id=enrolment.id).order_by("position", "created_at")),
        list(
            Sponsorship.objects.select_related("sponsor")
            .filter(term_enrolment_id=enrolment.id)
            .order_by("state", "-created_at")
        ),
    )  # fmt: skip


def own_terms(actor: Actor) -> Sequence[TermEnrolment]:
    """One's own terms that were assessed, the newest first."""
    actor.require(permissions.OWN_ACCOUNT)
    found: Any = TermEnrolment.objects.filter(student_id=own_student_id(actor), assessments__number=1)
    return list(found.select_related("term").order_by("-term__starts_on"))


def owed_minor(term_enrolment_id: UUID) -> int:
    """What a term's plan comes to; 0 while there is none."""
    found = TermEnrolment.objects.filter(id=term_enrolment_id).values_list("invoice__total_minor", flat=True).first()
    return int(found or 0)


def name_of_term(term_enrolment_id: UUID) -> str:
    """The student's number and the term, for a card."""
    found = (
        TermEnrolment.objects.filter(id=term_enrolment_id).values_list("student__student_number", "term__code").first()
    )
    return ", ".join(found) if found else ""


def what_if_given(term_enrolment_id: UUID, discount: Discount) -> tuple[Money, Money]:
    """What a term costs, and what it would cost with one more discount. Nothing is written."""
    currency = organisation_in_scope().currency
    found = standings([term_enrolment_id])
    proposal = proposals(found).get(term_enrolment_id)
    before = owed_minor(term_enrolment_id)
    if proposal is None:
        return Money(before, currency), Money(before, currency)
    one = proposal.standing
    given = [
        *one.given,
        Given(
            discount.code, discount.name, discount.percent, discount.amount_minor, tuple(discount.categories),
            discount.position, discount.cap_minor,
        ),
    ]  # fmt: skip
    besides = one.latest.adjustments_minor if one.latest else 0
    after = max(0, assess(proposal.schedule.fees, one.subjects, given).total_minor + besides)
    return Money(before or proposal.assessed.total_minor, currency), Money(after, currency)


@dataclass(frozen=True, slots=True)
class RefundStepShown:
    """What leaving in a week would mean."""

    week: int
    #: The last day of it; None for what comes after the table's last week.
    until: date | None
    percent: Decimal
    owed: Money
    #: What of the money paid would become credit.
    credit: Money
    is_now: bool


def refund_preview(actor: Actor, term_enrolment_id: UUID) -> list[RefundStepShown]:
    """What leaving every class would come to, week by week of the refund table. Nothing is written.

    Before the first day the whole term is cancelled and the percentage is that of the money paid (R62); after it
    the classes are left, what is charged once in the term stays, and the percentage is that of each class.
    """
    shown = get_term(actor, term_enrolment_id)
    if shown.invoice is None:
        return []
    one = standings([term_enrolment_id])[0]
    proposal = proposals([one]).get(term_enrolment_id) if shown.latest else None
    now = clock.now()
    today = organisation_in_scope().local_date(now)
    table = read_refund_table(policies.get(REFUND_TABLE, now))
    steps: list[tuple[int, date | None, Decimal]] = [
        (step.week, _last_day(one.starts_on, step.week), step.percent) for step in table
    ]
    steps.append((max((week for week, _, _ in steps), default=0) + 1, None, Decimal(0)))
    # What has passed is nobody's choice any more; the first that is left is today's.
    ahead = [step for step in steps if step[1] is None or step[1] >= today]
    shown_steps = []
    for place, (week, until, percent) in enumerate(ahead):
        owed = _owed_when_left(one, proposal, shown.invoice, week, percent)
        credit = max(0, shown.invoice.paid_minor - owed)
        currency = shown.invoice.currency
        shown_steps.append(
            RefundStepShown(week, until, percent, Money(owed, currency), Money(credit, currency), is_now=place == 0)
        )
    return shown_steps


def _last_day(starts_on: date, week: int) -> date:
    return starts_on + timedelta(days=7 * week - 1)


def _owed_when_left(one: Standing, proposal: Any, invoice: Invoice, week: int, percent: Decimal) -> int:
    if week == 0:
        paid = int(invoice.paid_minor)
        return paid - rounded(paid * percent / WHOLE)
    if proposal is None:
        return int(invoice.total_minor)
    left = [replace(taken, kept=WHOLE - percent) if taken.kept == WHOLE else taken for taken in one.taken]
    besides = one.latest.adjustments_minor if one.latest else 0
    return max(0, assess(proposal.schedule.fees, left, one.given).total_minor + besides)
