"""Believable plans and payments for tests of the college's money. What matters to a test is said in the test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Invoice
from rollbook.shared.billing.selectors import instalment_states
from rollbook.shared.ledger.services import open_chart
from rollbook.shared.people.checking import NewPerson
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_cashier, a_programme, a_registrar, a_term
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod
from rollbook.systems.college.fees.services.payments import StudentPayment, record_payment
from rollbook.systems.college.fees.services.plans import open_plan
from rollbook.systems.college.fees.services.shifts import open_shift
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.services import add_student

STANDARD_4 = {"PRELIM": 1, "MIDTERM": 2, "PREFINAL": 3, "FINAL": 4}


@dataclass(frozen=True, slots=True)
class Payer:
    """A student with a plan, and a cashier whose shift is open."""

    student: Student
    enrolment: TermEnrolment
    invoice: Invoice
    cashier: Actor

    def pays(self, amount: str, *, method: str = "CASH", reference: str = "", **more: object) -> StudentPayment:
        """Pay at the counter."""
        return record_payment(
            self.cashier, student_id=self.student.id, amount=Money.parse(amount, "PHP"), method=method,
            external_reference=reference, term_enrolment_id=self.enrolment.id, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def months(self) -> list[str]:
        """What is paid of each month, as text."""
        return [Money(part.paid_minor, "PHP").to_decimal_string() for part in instalment_states(self.invoice.id)]

    def dues(self) -> list[str]:
        """What is due in each month, as text."""
        return [Money(part.due_minor, "PHP").to_decimal_string() for part in instalment_states(self.invoice.id)]

    def states(self, today: date | None = None) -> list[str]:
        """The state of each month, by default on the plan's first day."""
        parts = instalment_states(self.invoice.id)
        return [part.state_on(today or parts[0].due_on) for part in parts]

    def permits(self) -> dict[str, str]:
        """The state of each permit by exam."""
        return dict(self.enrolment.permits.values_list("exam_period__code", "state"))

    def permit_codes(self) -> dict[str, str]:
        """The code of each permit by exam."""
        return dict(self.enrolment.permits.values_list("exam_period__code", "code"))


def exams_of(term: Term, mapping: dict[str, int] = STANDARD_4) -> None:
    """Exam periods of a term with the month each asks for."""
    for position, (code, month) in enumerate(mapping.items(), start=1):
        period = ExamPeriod.objects.create(
            term=term, code=code, name=code.title(), position=position, opens_on=term.starts_on, closes_on=term.ends_on
        )
        ExamMonthMapping.objects.create(
            term=term,
            exam_period=period,
            instalment_number=month,
            version=1,
            effective_at=clock.now(),
            reason="Template",
        )


def a_student(number: str = "260001", *, programme: Programme | None = None, term: Term | None = None) -> Student:
    """Somebody who studies here."""
    programme = programme or Programme.objects.filter(code="BSIT").first() or a_programme()
    term = term or Term.objects.order_by("starts_on").first() or a_term()
    return add_student(
        a_registrar(), person=NewPerson(family_name="Dela Cruz", given_name="Juana"), programme_id=programme.id,
        admission_term_id=term.id, student_number=number,
    )  # fmt: skip


def a_cashier_at_work(station: str = "Window 1", opening_float: str = "2000.00") -> Actor:
    """A cashier whose shift is open."""
    cashier = a_cashier()
    open_shift(cashier, station=station, opening_float=Money.parse(opening_float, "PHP"))
    return cashier


def a_payer(
    total: str = "30000.00",
    *,
    number: str = "260001",
    instalments: int = 6,
    first_due_on: date = date(2031, 8, 31),
    exams: dict[str, int] | None = STANDARD_4,
    cashier: Actor | None = None,
) -> Payer:
    """A student on plan P5 (6 × 5,000.00) unless said otherwise, in a term with the standard exams."""
    open_chart()
    term = Term.objects.filter(code="2031-1").first() or a_term()
    if exams and not ExamPeriod.objects.filter(term=term).exists():
        exams_of(term, exams)
    student = a_student(number, term=term)
    return on_plan(student, term, total, instalments=instalments, first_due_on=first_due_on, cashier=cashier)


def on_plan(
    student: Student, term: Term, total: str, *, instalments: int = 6, first_due_on: date = date(2031, 8, 31),
    cashier: Actor | None = None,
) -> Payer:  # fmt: skip
    """The student's plan of a term."""
    enrolment: TermEnrolment = TermEnrolment.objects.create(
        student=student, term=term, programme=student.programme, created_via=TermEnrolment.CreatedVia.REGISTRAR
    )
    invoice = open_plan(
        a_registrar(), term_enrolment_id=enrolment.id, total=Money.parse(total, "PHP"), instalments=instalments,
        first_due_on=first_due_on,
    )  # fmt: skip
    return Payer(student, enrolment, invoice, cashier or a_cashier_at_work(f"Window {student.student_number}"))


def numbers(receipts: Sequence[StudentPayment]) -> list[str]:
    """The receipt numbers of payments."""
    return [payment.taken.receipt_number for payment in receipts]


def payment_id_of(payment: StudentPayment) -> UUID:
    """The id of a recorded payment."""
    return payment.taken.payment_id
