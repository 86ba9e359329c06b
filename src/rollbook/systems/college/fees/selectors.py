"""Reads of the college's money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core import clock
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.fees.errors import NoOpenTerm, StudentNotFound, TermClosed, TermNeeded

#: Terms that still take payments.
_TAKING_MONEY = ("SETUP", "ENROLMENT_OPEN", "IN_PROGRESS", "GRADING")

_PLANS = """
SELECT s.id, s.student_number, p.family_name, p.given_name, p.middle_name, p.suffix, g.code,
       e.id, e.state, t.code, t.state, e.invoice_id, i.account_id, s.person_id
  FROM college_records_student s
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
  LEFT JOIN college_enrolment_termenrolment e
    ON e.organisation_id = s.organisation_id AND e.student_id = s.id AND e.state IN ('PENDING_PAYMENT', 'ACTIVE')
   AND e.invoice_id IS NOT NULL
  LEFT JOIN college_catalogue_term t ON t.organisation_id = s.organisation_id AND t.id = e.term_id
  LEFT JOIN billing_invoice i ON i.organisation_id = s.organisation_id AND i.id = e.invoice_id
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

    @property
    def takes_money(self) -> bool:
        """Whether the term is still open for payments."""
        return self.term_state in _TAKING_MONEY

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
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID, [require_organisation_id(), student_id])
        rows = cursor.fetchall()
    if not rows:
        raise StudentNotFound
    return [TermPlan(*row) for row in rows if row[7] is not None]


def plan_to_pay(student_id: UUID, term_enrolment_id: UUID | None) -> TermPlan:
    """The plan that a payment is for: the one named, or the only one there is. Never "the first one"."""
    plans = plans_of(student_id)
    if term_enrolment_id is not None:
        named = [plan for plan in plans if plan.term_enrolment_id == term_enrolment_id]
        if not named:
            raise StudentNotFound
        plan = named[0]
        if not plan.takes_money:
            raise TermClosed(term=plan.term_code, state=plan.term_state.lower())
        return plan
    open_plans = [plan for plan in plans if plan.takes_money]
    if not open_plans:
        raise NoOpenTerm
    if len(open_plans) > 1:
        raise TermNeeded(
            choices=[{"term_enrolment_id": str(plan.term_enrolment_id), "term": plan.term_code} for plan in open_plans]
        )
    return open_plans[0]


def plans_by_number(numbers: Sequence[str]) -> dict[str, list[TermPlan]]:
    """Open plans of many students by number; a student without one has an empty list, a stranger no entry."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBERS, [require_organisation_id(), list(numbers)])
        rows = cursor.fetchall()
    found: dict[str, list[TermPlan]] = {}
    for row in rows:
        plans = found.setdefault(row[1], [])
        if row[7] is not None:
            plan = TermPlan(*row)
            if plan.takes_money:
                plans.append(plan)
    return found


def plan_of_invoice(invoice_id: UUID) -> UUID | None:
    """The term enrolment that an invoice is for."""
    found: UUID | None = TermEnrolment.objects.filter(invoice_id=invoice_id).values_list("id", flat=True).first()
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
