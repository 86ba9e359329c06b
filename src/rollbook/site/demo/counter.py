"""Three weeks at the demonstration's counter: shifts, payments, some mistakes and how they were mended."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from rollbook.core import clock
from rollbook.core.approvals.services import decide
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Instalment, Shift
from rollbook.shared.billing.services.shifts import drawer_of
from rollbook.site.demo.calendar import at
from rollbook.systems.college.fees.services.corrections import request_void
from rollbook.systems.college.fees.services.notes import approve_note, request_note
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.fees.services.shifts import close_shift, open_shift

FLOAT_MINOR = 2_000_00
PAYMENTS_A_DAY = 16
FACES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100, 25, 5, 1)
METHODS = (("CASH", 0.72), ("EWALLET", 0.16), ("CARD", 0.08), ("CHECK", 0.04))


@dataclass(slots=True)
class Counter:
    """The people at work and the students who come."""

    organisation_id: UUID
    cashiers: Sequence[Actor]
    supervisor: Actor
    students: list[tuple[UUID, UUID]]
    chance: random.Random
    references: int = 0

    def a_day(self, day: date) -> int:
        """One working day of every cashier; answers how many payments were taken."""
        return sum(self._a_shift(day, place, cashier) for place, cashier in enumerate(self.cashiers, start=1))

    def _a_shift(self, day: date, place: int, cashier: Actor) -> int:
        minute = 0
        with clock.frozen_at(at(day, 8)), tenant_scope(self.organisation_id):
            shift = open_shift(cashier, station=f"Window {place}", opening_float=Money(FLOAT_MINOR, "PHP"))
        taken = self.chance.randint(PAYMENTS_A_DAY - 5, PAYMENTS_A_DAY + 5)
        for _ in range(taken):
            minute = min(minute + self.chance.randint(6, 38), 510)
            with clock.frozen_at(at(day, 8) + timedelta(minutes=minute)), tenant_scope(self.organisation_id):
                self._a_payment(cashier)
        with clock.frozen_at(at(day, 17)), tenant_scope(self.organisation_id):
            drawer = drawer_of(Shift.objects.get(id=shift.id)).expected_minor
            off = self.chance.choice([0, 0, 0, 0, 0, -20_00, 15_00])
            close_shift(cashier, shift_id=shift.id, denominations=counted(drawer + off))
        return taken

    def _a_payment(self, cashier: Actor) -> None:
        student_id, enrolment_id = self.chance.choice(self.students)
        month = (
            Instalment.objects.filter(invoice__subject_id=enrolment_id, due_minor__gt=0)
            .order_by("number")
            .values_list("due_minor", flat=True)
        ).first()
        due = month or 5_000_00
        minor = self.chance.choice([due, due, due, due * 2, due // 2 // 100 * 100, 1_000_00, 2_500_00, due + 1_250_50])
        method = self.chance.choices([name for name, _ in METHODS], [weight for _, weight in METHODS])[0]
        self.references += 1
        paid = record_payment(
            cashier, student_id=student_id, term_enrolment_id=enrolment_id, amount=Money(minor, "PHP"), method=method,
            external_reference="" if method == "CASH" else f"{method[:2]}-{self.references:06d}",
        )  # fmt: skip
        if method == "CASH" and self.chance.random() < 0.015:
            asked = request_void(cashier, payment_id=paid.taken.payment_id, reason="Entered for the wrong student")
            decide(self.supervisor, asked.id, approve=True, note="Checked at the window")

    def promises(self, day: date, how_many: int) -> int:
        """Students who put their next month in writing; answers how many were approved."""
        approved = 0
        with clock.frozen_at(at(day, 10)):
            for student_id, enrolment_id in self.chance.sample(self.students, how_many):
                with tenant_scope(self.organisation_id):
                    month = _next_month(enrolment_id)
                    if month is None:
                        continue
                    note = request_note(
                        self.cashiers[0], student_id=student_id, term_enrolment_id=enrolment_id, month=month,
                        due_on=day + timedelta(days=self.chance.randint(20, 45)), reason="Salary of the family is late",
                    )  # fmt: skip
                    if self.chance.random() < 0.8:
                        approve_note(self.supervisor, note_id=note.id)
                        approved += 1
        return approved


def _next_month(enrolment_id: UUID) -> int | None:
    """The first month that is neither paid nor covered."""
    rows = Instalment.objects.filter(invoice__subject_id=enrolment_id).order_by("number")
    for number, due, paid, cover in rows.values_list("number", "due_minor", "paid_minor", "cover"):
        if paid < due and not cover:
            return int(number)
    return None


def counted(minor: int) -> dict[str, int]:
    """A drawer counted into notes and coins."""
    pieces = {}
    for face in FACES:
        pieces[str(face)], minor = divmod(minor, face)
    return {face: count for face, count in pieces.items() if count}
