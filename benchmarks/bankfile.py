"""A bank file of 20,000 payments, credited by the same function that the page and the command call."""

import csv
import io
import random
import time
from dataclasses import dataclass
from uuid import UUID

STUDENTS = 4_000
ROWS = 20_000
#: So many of a thousand rows cannot be credited: unknown students, doubled references, malformed amounts.
BAD_ROWS = 12


@dataclass(frozen=True, slots=True)
class Imported:
    """One file and how long it took."""

    rows: int
    credited: int
    waiting: int
    seconds: float

    @property
    def rate(self) -> float:
        """Payments credited in a second."""
        return self.credited / self.seconds


def open_roll() -> UUID:
    """A college of its own whose students have six months of 5,000.00 each to pay."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.site.organisations import create_organisation
    from rollbook.systems.college.fees.services.enroller import PlanEnroller
    from rollbook.systems.college.records.services import import_students

    organisation_id = create_organisation(
        slug="bankfile", name="Bankfile College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "student_number",
            "family_name",
            "given_name",
            "programme",
            "term",
            "plan_total",
            "instalments",
            "first_due_on",
        ]
    )
    for number in range(STUDENTS):
        writer.writerow([f"B{number:06d}", "File", f"Student {number}", "BSIT", "2031-1", "30000.00", 6, "2031-08-31"])
    with tenant_scope(organisation_id):
        import_students(
            Actor.system(organisation_id, job="benchmark"), file_name="roll.csv", content=text.getvalue().encode(),
            create_missing=True, enroller=PlanEnroller(),
        )  # fmt: skip
    return organisation_id


def bank_file(number: int) -> bytes:
    """A file whose rows reach every plan about five times; amounts cross months and end in credit here and there."""
    dice = random.Random(number)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["reference", "student_number", "amount", "method", "paid_at"])
    for row in range(ROWS):
        reference, student = f"F{number}-{row:07d}", f"B{dice.randrange(STUDENTS):06d}"
        amount = f"{dice.randrange(100, 3000)}.{dice.randrange(100):02d}"
        fault = dice.randrange(1000)
        if fault < BAD_ROWS // 3:
            student = f"X{row}"
        elif fault < 2 * BAD_ROWS // 3:
            reference = f"F{number}-{max(row - 1, 0):07d}"
        elif fault < BAD_ROWS:
            amount = "1,2,3"
        writer.writerow([reference, student, amount, "BANK_TRANSFER", f"2026-01-20T10:{row % 60:02d}"])
    return text.getvalue().encode()


def import_file(organisation_id: UUID, number: int) -> Imported:
    """Credit one file."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.systems.college.fees.services.bankfiles import import_payments

    content = bank_file(number)
    begin = time.perf_counter()
    outcome = import_payments(
        Actor.system(organisation_id, job="benchmark"), name=f"file-{number}.csv", content=content
    )
    seconds = time.perf_counter() - begin
    return Imported(outcome.row_count, outcome.credited_count, outcome.unmatched_count, seconds)
