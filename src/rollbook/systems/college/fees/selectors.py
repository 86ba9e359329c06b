"""Reads of the college's money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from rollbook.core import clock
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Account, Invoice, Payment, Receipt, Shift
from rollbook.shared.billing.selectors import credit_of_customer, preview_payment
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import NoOpenTerm, StudentNotFound, TermClosed, TermNeeded
from rollbook.systems.college.records import selectors as records

#: Terms that still take payments.
_TAKING_MONEY = ("SETUP", "ENROLMENT_OPEN", "IN_PROGRESS", "GRADING")

_PLANS = """
SELECT s.id, s.student_number, p.family_name, p.given_name, p.middle_name, p.suffix, g.code,
       e.id, e.state, t.code, t.state, e.invoice_id, i.account_id, s.person_id, i.paid_minor < i.total_minor,
       EXISTS (SELECT FROM college_records_hold h
                WHERE h.organisation_id = s.organisation_id AND h.student_id = s.id AND h.kind = 'FINANCIAL'
                  AND h.is_automatic AND h.released_at IS NULL)
  FROM college_records_student s
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
  LEFT JOIN (college_enrolment_termenrolment e
             JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id)
    ON e.organisation_id = s.organisation_id AND e.student_id = s.id
   AND (e.state IN ('PENDING_PAYMENT', 'ACTIVE') OR i.state = 'OPEN' AND i.paid_minor < i.total_minor)
  LEFT JOIN college_catalogue_term t ON t.organisation_id = s.organisation_id AND t.id = e.term_id
 WHERE s.organisation_id = %s AND s.taken_back_at IS NULL AND {condition}
 ORDER BY t.starts_on, e.id
"""
_BY_ID = _PLANS.format(condition="s.id = %s")
_BY_NUMBERS = _PLANS.format(condition="s.student_number = ANY (%s)")


@dataclass(frozen=True, slots=True)
class TermPlan:
    """A student's plan of one term, as the counter needs it."""

    student_id: UUID
    student_number: str
    family_name: str
    given_name: str
    middle_name: str
    suffix: str
    programme_code: str
    term_enrolment_id: UUID
    enrolment_state: str
    term_code: str
    term_state: str
    invoice_id: UUID
    account_id: UUID
    person_id: UUID
    owes: bool
    #: Whether something owed holds the student, as it stood when the plan was read.
    is_held: bool

    @property
    def is_running(self) -> bool:
        """Whether the term is still open for payments of any amount."""
        return self.term_state in _TAKING_MONEY

    @property
    def takes_money(self) -> bool:
        """Whether money may be paid: the term runs, or it is over and something of it is still owed."""
        return self.is_running or self.owes

    @property
    def student_name(self) -> str:
        """Family name first, as rolls are kept."""
        given = " ".join(filter(None, [self.given_name, self.middle_name, self.suffix]))
        return ", ".join(filter(None, [self.family_name, given]))

    def receipt_facts(self) -> dict[str, str]:
        """What a receipt freezes about the student."""
        return {
            "payer_number": self.student_number,
            "payer_name": self.student_name,
            "programme": self.programme_code,
            "term": self.term_code,
        }


def plans_of(student_id: UUID) -> list[TermPlan]:
    """A student's live plans, oldest term first; an unknown student is refused."""
    return identity_and_plans(student_id)[1]


def identity_and_plans(student_id: UUID) -> tuple[TermPlan, list[TermPlan]]:
    """Who the student is (a plan whose term may be empty) and their live plans, in one statement."""
    with prepared_cursor() as cursor:
        cursor.execute(_BY_ID, [require_organisation_id(), student_id])
        rows = cursor.fetchall()
    if not rows:
        raise StudentNotFound
    return TermPlan(*rows[0]), [TermPlan(*row) for row in rows if row[7] is not None]


def plan_to_pay(student_id: UUID, term_enrolment_id: UUID | None) -> TermPlan:
    """The plan that a payment is for: the one named, or the only one of a running term. Never "the first one".

    What is owed of a term that is over is paid by name, or when no term runs.
    """
    plans = plans_of(student_id)
    if term_enrolment_id is not None:
        named = [plan for plan in plans if plan.term_enrolment_id == term_enrolment_id]
        if not named:
            raise StudentNotFound
        plan = named[0]
        if not plan.takes_money:
            raise TermClosed(term=plan.term_code, state=plan.term_state.lower())
        return plan
    open_plans = _open_to_payment(plans)
    if not open_plans:
        raise NoOpenTerm
    if len(open_plans) > 1:
        raise TermNeeded(
            choices=[{"term_enrolment_id": str(plan.term_enrolment_id), "term": plan.term_code} for plan in open_plans]
        )
    return open_plans[0]


def _open_to_payment(plans: Sequence[TermPlan]) -> list[TermPlan]:
    """The plans of running terms; where none runs, those of terms that are over and still owe."""
    return [plan for plan in plans if plan.is_running] or [plan for plan in plans if plan.owes]


def plans_by_number(numbers: Sequence[str]) -> dict[str, list[TermPlan]]:
    """Open plans of many students by number; a student without one has an empty list, a stranger no entry."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBERS, [require_organisation_id(), list(numbers)])
        rows = cursor.fetchall()
    found: dict[str, list[TermPlan]] = {}
    for row in rows:
        plans = found.setdefault(row[1], [])
        if row[7] is not None:
            plans.append(TermPlan(*row))
    return {number: _open_to_payment(plans) for number, plans in found.items()}


def plan_of_invoice(invoice_id: UUID) -> UUID | None:
    """The term enrolment that an invoice is for."""
    found: UUID | None = TermEnrolment.objects.filter(invoice_id=invoice_id).values_list("id", flat=True).first()
    return found


def plan_facts_of_invoice(invoice_id: UUID) -> dict[str, str]:
    """What a receipt says of the student whose plan an invoice is."""
    student_id = TermEnrolment.objects.filter(invoice_id=invoice_id).values_list("student_id", flat=True).first()
    if student_id is None:
        return {}
    return next((plan.receipt_facts() for plan in plans_of(student_id) if plan.invoice_id == invoice_id), {})


def planned_payer(invoice_id: UUID) -> tuple[UUID, UUID] | None:
    """Whose plan an invoice is: the person, and the term enrolment."""
    found: tuple[UUID, UUID] | None = (
        TermEnrolment.objects.filter(invoice_id=invoice_id).values_list("student__person_id", "id").first()
    )
    return found


def plans_of_invoices(invoice_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The term enrolment of each invoice."""
    rows = TermEnrolment.objects.filter(invoice_id__in=list(invoice_ids)).values_list("invoice_id", "id")
    return dict(rows)


ACCOUNTS = """
SELECT s.student_number, t.code AS term, n.number AS instalment, n.due_minor, n.paid_minor, a.credit_minor, i.currency
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
  JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id
  JOIN billing_account a ON a.organisation_id = e.organisation_id AND a.id = i.account_id
  JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = i.id
 WHERE e.organisation_id = %s AND s.taken_back_at IS NULL
 ORDER BY s.student_number, t.starts_on, t.code, n.number
"""


def every_account() -> list[tuple[Any, ...]]:
    """Every instalment of every plan with what is due and paid, and the student's credit; for the export."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [require_organisation_id()])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def today_here() -> date:
    """The organisation's local day."""
    return organisation_in_scope().local_date(clock.now())


def find_students(actor: Actor, text: str, most: int) -> list[dict[str, Any]]:
    """Students for the counter: by number, barcode or name, with what they still owe. Two statements."""
    actor.require(permissions.SEE_ACCOUNTS)
    found = records.find_students(actor, text, limit=most)
    balances = balances_of([student.id for student in found])
    currency = organisation_in_scope().currency
    return [
        {
            "id": student.id,
            "student_number": student.student_number,
            "name": student.name,
            "programme": student.programme,
            "balance": Money(balances.get(student.id, 0), currency).to_decimal_string(),
        }
        for student in found
    ]


def balances_of(student_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each student still owes over all terms, in minor units."""
    rows = (
        TermEnrolment.objects.filter(student_id__in=list(student_ids), invoice__state=Invoice.State.OPEN)
        .values("student_id")
        .annotate(owed=Sum(F("invoice__total_minor") - F("invoice__paid_minor")))
    )
    return {row["student_id"]: row["owed"] for row in rows}


def account(actor: Actor, student_id: UUID, amount: Money | None) -> dict[str, Any]:
    """A student's account at the counter, or one's own: identity, plans, credit, and where `amount` would land."""
    if not actor.may(permissions.SEE_ACCOUNTS):
        actor.require(permissions.OWN_ACCOUNT)
        if student_id != own_student_id(actor):
            raise StudentNotFound
    identity, plans = identity_and_plans(student_id)
    organisation = organisation_in_scope()
    today = today_here()
    shown = [_plan_shown(plan, amount, today) for plan in plans]
    credit = credit_of_customer(identity.person_id, organisation.currency)
    return {
        "student_id": identity.student_id,
        "student_number": identity.student_number,
        "name": identity.student_name,
        "programme": identity.programme_code,
        "currency": organisation.currency,
        "balance": Money(balances_of([student_id]).get(student_id, 0), organisation.currency).to_decimal_string(),
        "credit": credit.to_decimal_string(),
        "plans": shown,
    }


def _plan_shown(plan: TermPlan, amount: Money | None, today: date) -> dict[str, Any]:
    currency = organisation_in_scope().currency
    preview = preview_payment(plan.invoice_id, amount or Money(0, currency))
    return {
        "term_enrolment_id": plan.term_enrolment_id,
        "invoice_id": plan.invoice_id,
        "term": plan.term_code,
        "instalments": [
            {
                "number": part.number,
                "due": Money(part.due_minor, currency).to_decimal_string(),
                "paid": Money(part.paid_minor, currency).to_decimal_string(),
                "due_on": part.due_on,
                "state": part.state_on(today),
            }
            for part in preview.instalments
        ],
        "landings": [
            {"number": landing.number, "amount": Money(landing.minor, currency).to_decimal_string()}
            for landing in preview.landings
        ],
        "credit_after": Money(preview.credit_minor, currency).to_decimal_string() if amount else None,
    }


def own_student_id(actor: Actor) -> UUID:
    """The student that the actor is."""
    found: UUID = records.get_own_student(actor).id
    return found


def payment_rows(actor: Actor, student_id: UUID | None) -> "QuerySet[Any, Any]":
    """Payments with their receipts: of one student, or of everybody for those at the counter."""
    rows = Payment.objects.all()
    if not actor.may(permissions.SEE_ACCOUNTS):
        actor.require(permissions.OWN_ACCOUNT)
        student_id = own_student_id(actor)
    if student_id is not None:
        rows = rows.filter(account__customer_id__in=records.live_students().filter(id=student_id).values("person_id"))
    receipt = Receipt.objects.filter(payment_id=OuterRef("id"))
    student = records.live_students().filter(person_id=OuterRef("account__customer_id"))
    shown: QuerySet[Any, Any] = rows.annotate(
        receipt_id=Subquery(receipt.values("id")[:1]),
        receipt_number=Subquery(receipt.values("number")[:1]),
        student_number=Subquery(student.values("student_number")[:1]),
    ).values(
        "id", "amount_minor", "currency", "method", "external_reference", "received_at", "state", "returned_minor",
        "receipt_id", "receipt_number", "student_number",
    )  # fmt: skip
    return shown


def shift_rows(actor: Actor) -> "QuerySet[Any, Any]":
    """One's own shifts, or everybody's for a supervisor."""
    shifts = Shift.objects.all()
    if not actor.may(permissions.SEE_ALL_SHIFTS):
        actor.require(permissions.RUN_SHIFT)
        shifts = shifts.filter(cashier_id=actor.acting_user_id())
    shown: QuerySet[Any, Any] = shifts.values(
        "id", "cashier_name", "station", "currency", "state", "opened_at", "closed_at", "opening_float_minor",
        "counted_minor", "expected_minor", "variance_minor",
    )  # fmt: skip
    return shown


def credit_rows(actor: Actor) -> "QuerySet[Any, Any]":
    """Students who have unapplied money with us."""
    actor.require(permissions.SEE_ACCOUNTS)
    credit = Account.objects.filter(customer_id=OuterRef("person_id"), credit_minor__gt=0)
    shown: QuerySet[Any, Any] = (
        records.live_students()
        .annotate(credit_minor=Subquery(credit.values("credit_minor")[:1]))
        .filter(credit_minor__isnull=False)
        .values("id", "student_number", "credit_minor")
    )
    return shown
