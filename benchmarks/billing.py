"""Billing a whole term by the fee schedule beside the same act in a loop.

    python -m benchmarks billing --students 5000 --loop 200

Some students are assessed one after the other, all the others at once; the time of the loop is told for all of them,
and the rows that both leave are compared. It runs in a scratch installation that is removed again.
"""

import argparse
import sys
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from benchmarks.grades import Beside, timed, written
from benchmarks.installation import prepare

SUBJECTS = 7
TERM = "2027-1"


def make_college(students: int) -> tuple[UUID, list[UUID]]:
    """A college whose students were taken over into a term of seven subjects and have no plan yet."""
    from rollbook.core import clock
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.ledger.services import open_chart
    from rollbook.site.organisations import create_organisation
    from rollbook.systems.college.fees.models import FeeLine, FeeSchedule
    from rollbook.systems.college.records.services import import_students

    organisation_id = create_organisation(
        slug="billing", name="Billing College", system="college", currency="PHP", timezone="Asia/Manila"
    )
    heading = "student_number,family_name,given_name,programme,term"
    lines = [heading, *(f"B{number:06d},Bill,Student {number},BSIT,2026-2" for number in range(students))]
    with tenant_scope(organisation_id), clock.frozen_at(datetime(2027, 1, 1, tzinfo=UTC)):
        open_chart()
        import_students(
            Actor.system(organisation_id, job="benchmark"), file_name="roll.csv",
            content="\n".join(lines).encode(), create_missing=True,
        )  # fmt: skip
        schedule = FeeSchedule.objects.create(code="GENERAL", name="Everybody")
        for position, (label, category, basis, price) in enumerate(
            (
                ("Tuition", "TUITION", "PER_UNIT", 650_00),
                ("Laboratory", "LABORATORY", "PER_LAB_SUBJECT", 1_200_00),
                ("Library", "MISCELLANEOUS", "FLAT", 800_00),
                ("Registration", "MISCELLANEOUS", "FLAT", 350_50),
            ),
            start=1,
        ):
            FeeLine.objects.create(
                schedule=schedule, position=position, label=label, category=category, basis=basis, price_minor=price
            )
        FeeSchedule.objects.filter(id=schedule.id).update(state="ACTIVE", activated_at=clock.now())
        return organisation_id, _enrol()


def _enrol() -> list[UUID]:
    from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Programme, Subject, Term
    from rollbook.systems.college.enrolment.models import TermEnrolment
    from rollbook.systems.college.records.models import Student

    term = Term.objects.create(
        code=TERM, academic_year="2027-2028", kind="FIRST", starts_on=date(2027, 8, 1), ends_on=date(2027, 12, 31),
        state="ENROLMENT_OPEN",
    )  # fmt: skip
    programme = Programme.objects.get(code="BSIT")
    curriculum = Curriculum.objects.create(programme=programme, name="2027", effective_academic_year="2027-2028")
    for number in range(SUBJECTS):
        subject = Subject.objects.create(
            code=f"S{number}", title=f"Subject {number}", lecture_units=2 if number < 2 else 3,
            lab_units=1 if number < 2 else 0,
        )  # fmt: skip
        CurriculumEntry.objects.create(curriculum=curriculum, subject=subject, year_level=1, semester="FIRST")
    enrolments = TermEnrolment.objects.bulk_create(
        TermEnrolment(student_id=student_id, term=term, programme=programme, curriculum=curriculum, created_via="BATCH")
        for student_id in Student.objects.order_by("id").values_list("id", flat=True)
    )
    return [enrolment.id for enrolment in enrolments]


def billing(organisation_id: UUID, enrolment_ids: list[UUID], loop: int) -> Beside:
    """Some terms are assessed one after the other, the others at once; the rows they leave are compared."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.billing.models import Instalment, InvoiceLine
    from rollbook.shared.billing.selectors import prove_books
    from rollbook.shared.ledger.models import Posting
    from rollbook.systems.college.fees.models import Assessment
    from rollbook.systems.college.fees.services.assessments import FIRST, assess_in_bulk, assess_now

    actor = Actor.system(organisation_id, job="benchmark")
    part, rest = enrolment_ids[:loop], enrolment_ids[loop:]

    def one_by_one() -> None:
        for enrolment_id in part:
            with tenant_scope(organisation_id):
                assess_now(actor, enrolment_id, reason=FIRST)

    def at_once() -> None:
        with tenant_scope(organisation_id):
            assess_in_bulk(actor, rest)

    def left(ids: list[UUID]) -> list[Any]:
        with tenant_scope(organisation_id):
            made = Assessment.objects.filter(term_enrolment_id__in=ids)
            invoices = list(made.values_list("invoice_id", flat=True))
            rows: list[tuple[str, int, set[tuple[Any, ...]]]] = []
            for name, found, fields in (
                ("assessments", made, ("number", "basis", "units", "charges_minor", "owed_minor", "reason")),
                ("months", Instalment.objects.filter(invoice_id__in=invoices),
                 ("number", "due_minor", "paid_minor", "due_on")),
                ("lines", InvoiceLine.objects.filter(invoice_id__in=invoices),
                 ("description", "quantity", "unit_price", "amount_minor")),
                ("postings", Posting.objects.filter(entry__source_id__in=invoices),
                 ("account__code", "amount_minor", "entry__kind")),
            ):  # fmt: skip
                rows.append((name, found.count() // len(ids), set(found.values_list(*fields))))
            return rows

    # All at once first: plans that the session made while the tables were empty would make it wait for nothing.
    seconds, loop_seconds = timed(at_once), timed(one_by_one)
    with tenant_scope(organisation_id):
        is_right = prove_books().is_right
    return Beside("billing a term", len(rest), seconds, len(part), loop_seconds, is_right and left(part) == left(rest))


def measure(students: int, loop: int) -> int:
    """Print it; rows that differ, or books that do not add up, are a failure."""
    prepare()
    organisation_id, enrolment_ids = make_college(students + loop)
    return written("billing", [billing(organisation_id, enrolment_ids, loop)])


def main() -> int:
    """Read what is wished, and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks billing")
    parser.add_argument("--students", type=int, default=5_000)
    parser.add_argument("--loop", type=int, default=200, help="how many are done one after the other (default: 200)")
    wanted = parser.parse_args()
    return measure(wanted.students, wanted.loop)


if __name__ == "__main__":
    sys.exit(main())
