"""Terms that are assessed by the fee schedule, and plans that follow what changes (R26, R31, R35, R37, R62)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.money import Money
from rollbook.shared.billing.models import Invoice, InvoiceLine, PlanRevision
from rollbook.shared.billing.selectors import credit_of_customer, instalment_states, prove_books
from rollbook.shared.ledger.models import Posting
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.examples import a_class, a_taker, an_open_term, item, subjects, the_curriculum
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.cancelling import cancel_term_enrolment
from rollbook.systems.college.enrolment.services.dropping import drop
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.examples import a_cashier, a_member, a_registrar, a_stranger
from rollbook.systems.college.fees.errors import NoScheduleFits, NotAssessed, StudentNotFound
from rollbook.systems.college.fees.examples import a_cashier_at_work, exams_of
from rollbook.systems.college.fees.examples_of_schedules import (
    a_schedule,
    a_supervisor,
    decided,
    dues_of,
    plans_follow_schedules,
)
from rollbook.systems.college.fees.models import Assessment
from rollbook.systems.college.fees.services.assessments import assess, bill_term
from rollbook.systems.college.fees.services.corrections import request_adjustment
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.fees.services.plans import open_plan
from rollbook.systems.college.records.services import change_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

#: Before the first day of classes, and in their first and third weeks.
BEFORE, IN_WEEK_ONE = datetime(2031, 7, 20, 2, tzinfo=UTC), datetime(2031, 8, 5, 2, tzinfo=UTC)


def seven_subjects() -> None:
    """Twenty-one units in the first semester, two of the subjects with a laboratory."""
    for number in (1, 2):
        subjects(f"LAB {number}", units=2, lab_units=Decimal(1))
    subjects(*(f"GE {number}" for number in range(1, 6)))
    the_curriculum()


@pytest.fixture
def taker() -> TermEnrolment:
    seven_subjects()
    return a_taker()


def takes(enrolment: TermEnrolment, *codes: str) -> None:
    """Enrol in classes that are made now."""
    enrol(
        a_registrar(),
        term_enrolment_id=enrolment.id,
        items=[item(a_class(code, f"S{enrolment.student.student_number}")) for code in codes],
    )


def pays(enrolment: TermEnrolment, amount: str) -> None:
    cashier = a_cashier_at_work(f"Window {amount}")
    record_payment(
        cashier, student_id=enrolment.student_id, amount=Money.parse(amount, "PHP"), method="CASH",
        term_enrolment_id=enrolment.id,
    )  # fmt: skip


def income() -> dict[str, int]:
    """What the books say was charged and what was given."""
    found: dict[str, int] = {}
    for code, minor in Posting.objects.values_list("account__code", "amount_minor"):
        found[code] = found.get(code, 0) - minor
    return {code: found.get(code, 0) for code in ("4000", "4900")}


@pytest.mark.example("college", 2)
@pytest.mark.rule("R31")
def test_before_anybody_chose_classes_the_load_of_the_curriculum_is_assessed(taker: TermEnrolment) -> None:
    a_schedule()

    made = assess(a_registrar(), term_enrolment_id=taker.id)

    assert (made.basis, made.units, made.owed_minor, made.number) == ("EXPECTED", 21, 19_500_50, 1)
    assert dues_of(taker) == [3_250_09] * 2 + [3_250_08] * 4
    lines = InvoiceLine.objects.order_by("-amount_minor").values_list("description", "quantity", "amount_minor")
    assert list(lines) == [("Tuition", 21, 13_650_00), ("Miscellaneous", 1, 3_450_50), ("Laboratory", 2, 2_400_00)]
    assert prove_books().is_right


def test_the_schedule_says_how_many_months_and_from_when(taker: TermEnrolment) -> None:
    a_schedule(instalments=4, first_due_on=date(2031, 8, 31))

    assess(a_registrar(), term_enrolment_id=taker.id)

    taker.refresh_from_db()
    months = instalment_states(taker.invoice_id)
    assert [part.due_on for part in months] == [
        date(2031, 8, 31), date(2031, 9, 30), date(2031, 10, 31), date(2031, 11, 30),
    ]  # fmt: skip


def test_assessing_twice_is_the_same_as_once(taker: TermEnrolment) -> None:
    a_schedule()
    first = assess(a_registrar(), term_enrolment_id=taker.id)

    second = assess(a_registrar(), term_enrolment_id=taker.id)

    assert second.id == first.id
    assert Assessment.objects.count() == 1
    assert not PlanRevision.objects.exists()


def test_where_no_schedule_fits_nothing_is_opened_and_the_refusal_says_who_can_help(taker: TermEnrolment) -> None:
    a_schedule(semester=Term.Kind.SUMMER)

    with pytest.raises(NoScheduleFits) as refusal:
        assess(a_registrar(), term_enrolment_id=taker.id)

    assert "administrator" in refusal.value.detail
    assert not Invoice.objects.exists()
    assert not AuditEntry.objects.filter(action="college.fees_assessed").exists()


def test_only_a_term_that_runs_is_assessed(taker: TermEnrolment) -> None:
    a_schedule()
    TermEnrolment.objects.filter(id=taker.id).update(state=TermEnrolment.State.WITHDRAWN)
    with pytest.raises(NotAssessed):
        assess(a_registrar(), term_enrolment_id=taker.id)


def test_strangers_cashiers_and_professors_do_not_assess(taker: TermEnrolment) -> None:
    a_schedule()
    for actor in (a_stranger(), a_cashier(), a_member(roles.PROFESSOR), a_member(roles.STUDENT)):
        with pytest.raises(Forbidden):
            assess(actor, term_enrolment_id=taker.id)
    assert not Assessment.objects.exists()


def test_an_unknown_term_enrolment_is_not_found(taker: TermEnrolment) -> None:
    with pytest.raises(StudentNotFound):
        assess(a_registrar(), term_enrolment_id=taker.student_id)


@pytest.mark.rule("R26")
@pytest.mark.rule("R37")
def test_taking_and_dropping_classes_revises_the_plan_in_the_same_act(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)

    takes(taker, "GE 1", "GE 2", "LAB 1")
    taken = Assessment.objects.order_by("-number").first()
    drop(a_registrar(), subject_enrolment_ids=[SubjectEnrolment.objects.get(subject__code="LAB 1").id])
    dropped = Assessment.objects.order_by("-number").first()

    assert taken is not None
    assert dropped is not None
    assert (taken.number, taken.basis, taken.owed_minor) == (2, "ENROLLED", 9 * 650_00 + 1_200_00 + 3_450_50)
    assert (dropped.number, dropped.units, dropped.owed_minor) == (3, 6, 6 * 650_00 + 3_450_50)
    assert sum(dues_of(taker)) == dropped.owed_minor
    assert PlanRevision.objects.count() == 2
    assert prove_books().is_right


@pytest.mark.rule("R26")
def test_dropping_to_no_units_leaves_the_term_and_what_is_charged_once(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    takes(taker, "GE 1")

    drop(a_registrar(), subject_enrolment_ids=[SubjectEnrolment.objects.get().id])

    assert sum(dues_of(taker)) == 3_450_50
    taker.refresh_from_db()
    assert taker.state == TermEnrolment.State.ACTIVE


@pytest.mark.rule("R37")
def test_money_above_a_smaller_plan_becomes_credit_and_comes_back_when_classes_are_added(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    pays(taker, "19500.50")

    takes(taker, "GE 1")
    credit = credit_of_customer(taker.student.person_id, "PHP")
    takes(taker, "GE 2")

    assert credit == Money(19_500_50 - 5_400_50, "PHP")
    assert credit_of_customer(taker.student.person_id, "PHP") == Money(19_500_50 - 7_350_50, "PHP")
    assert prove_books().is_right


def test_a_plan_of_an_agreed_sum_does_not_follow_the_classes(taker: TermEnrolment) -> None:
    a_schedule()
    plans_follow_schedules()
    open_plan(a_registrar(), term_enrolment_id=taker.id, total=Money(30_000_00, "PHP"))

    takes(taker, "GE 1")

    assert sum(dues_of(taker)) == 30_000_00
    assert not Assessment.objects.exists()


def test_an_agreed_plan_can_be_brought_to_the_schedule(taker: TermEnrolment) -> None:
    a_schedule()
    open_plan(a_registrar(), term_enrolment_id=taker.id, total=Money(30_000_00, "PHP"))

    made = assess(a_registrar(), term_enrolment_id=taker.id, reason="The agreed sum was a mistake")

    assert made.revision_id is not None
    assert sum(dues_of(taker)) == 19_500_50
    assert income() == {"4000": 19_500_50, "4900": 0}
    assert prove_books().is_right


def test_without_a_plan_classes_open_one_where_plans_follow_the_schedule(taker: TermEnrolment) -> None:
    a_schedule()
    takes(taker, "GE 1")
    assert not Invoice.objects.exists()
    plans_follow_schedules()

    takes(taker, "GE 2")

    assert sum(dues_of(taker)) == 6 * 650_00 + 3_450_50


def test_what_two_people_added_to_a_plan_stays_when_classes_change(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    taker.refresh_from_db()
    decided(
        request_adjustment(
            a_cashier(), invoice_id=taker.invoice_id, kind="CREDIT", amount=Money(1_000_00, "PHP"),
            justification="The library fine was a mistake",
        )
    )  # fmt: skip

    takes(taker, "GE 1", "GE 2")

    latest = Assessment.objects.order_by("-number").first()
    assert latest is not None
    assert (latest.total_minor, latest.adjustments_minor, latest.owed_minor) == (7_350_50, -1_000_00, 6_350_50)
    assert sum(dues_of(taker)) == 6_350_50
    assert income() == {"4000": 7_350_50, "4900": -1_000_00}


@pytest.mark.rule("R62")
def test_a_class_left_in_the_first_week_keeps_a_quarter_of_what_it_costs(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    takes(taker, "GE 1", "LAB 1")
    row = SubjectEnrolment.objects.get(subject__code="LAB 1")
    SubjectEnrolment.objects.filter(id=row.id).update(state="WITHDRAWN", result="WITHDRAWN", ended_at=IN_WEEK_ONE)

    made = assess(a_registrar(), term_enrolment_id=taker.id, reason="Withdrew in the first week")

    assert made.total_minor == 3 * 650_00 + 3_450_50 + 487_50 + 300_00
    assert [line["label"] for line in made.lines][-2:] == ["LAB 1, left: 25 % stays"] * 2


@pytest.mark.rule("R62")
def test_a_cancelled_term_gives_back_by_the_refund_table_and_voids_its_permits(taker: TermEnrolment) -> None:
    exams_of(taker.term)
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    pays(taker, "8000.00")
    assert set(taker.permits.values_list("state", flat=True)) == {"ISSUED"}

    with clock.frozen_at(BEFORE):
        cancel_term_enrolment(a_registrar(), term_enrolment_id=taker.id, reason="Moved to another city")

    taker.refresh_from_db()
    assert taker.invoice.state == Invoice.State.CANCELLED
    assert credit_of_customer(taker.student.person_id, "PHP") == Money(8_000_00, "PHP")
    assert set(taker.permits.values_list("state", flat=True)) == {"SUSPENDED"}
    assert prove_books().is_right


def test_who_leaves_a_running_term_loses_its_permits(taker: TermEnrolment) -> None:
    exams_of(taker.term)
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    pays(taker, "8000.00")
    Term.objects.filter(id=taker.term_id).update(state="IN_PROGRESS")

    with clock.frozen_at(IN_WEEK_ONE):
        change_status(
            a_registrar(), student_id=taker.student_id, status="LOA", from_date=clock.now().date(),
            reason="Cares for a sick parent",
        )  # fmt: skip

    assert set(taker.permits.values_list("state", flat=True)) == {"SUSPENDED"}


def test_nobody_owes_anything_for_a_cancelled_term_that_was_not_paid(taker: TermEnrolment) -> None:
    a_schedule()
    assess(a_registrar(), term_enrolment_id=taker.id)
    with clock.frozen_at(BEFORE):
        cancel_term_enrolment(a_registrar(), term_enrolment_id=taker.id, reason="Moved to another city")
    assert sum(dues_of(taker)) == 0
    assert prove_books().is_right


@pytest.mark.rule("R35")
def test_a_whole_term_is_billed_once_with_the_same_rows_as_one_by_one() -> None:
    seven_subjects()
    a_schedule()
    ours, theirs = ([a_taker(f"31{half}{number:03d}") for number in range(6)] for half in ("1", "2"))
    for one in ours:
        assess(a_registrar(), term_enrolment_id=one.id)

    billed = bill_term(a_supervisor(), term_id=ours[0].term_id)
    again = bill_term(a_supervisor(), term_id=ours[0].term_id)

    assert (billed.count, billed.left_out, again.count) == (6, 0, 0)
    assert billed.total == Money(6 * 19_500_50, "PHP")
    assert [shape_of(one) for one in ours] == [shape_of(one) for one in theirs]
    assert prove_books().is_right


def shape_of(enrolment: TermEnrolment) -> list[object]:
    """Every figure that billing one term leaves, without ids and moments."""
    enrolment.refresh_from_db()
    invoice = enrolment.invoice
    parts = instalment_states(invoice.id)
    lines = InvoiceLine.objects.filter(invoice_id=invoice.id).order_by("description")
    made = Assessment.objects.filter(term_enrolment_id=enrolment.id)
    postings = Posting.objects.filter(entry__source_id=invoice.id).order_by("account__code")
    entries = AuditEntry.objects.filter(target_id__in=[invoice.id, *made.values_list("id", flat=True)])
    return [
        enrolment.state, invoice.total_minor, invoice.purpose, invoice.opened_on, parts,
        list(lines.values_list("description", "quantity", "unit_price", "amount_minor")),
        list(made.values_list("number", "basis", "units", "charges_minor", "owed_minor", "lines", "reason")),
        list(made.values_list("schedule", "assessed_on")),
        list(postings.values_list("account__code", "amount_minor", "entry__kind", "entry__entry_date")),
        sorted(entries.values_list("action", flat=True)),
    ]  # fmt: skip


@pytest.mark.rule("R35")
def test_credit_of_an_earlier_term_is_in_the_new_plan_when_a_term_is_billed() -> None:
    seven_subjects()
    a_schedule()
    before = a_taker(term=an_open_term("2030-2"))
    assess(a_registrar(), term_enrolment_id=before.id)
    takes_nothing = sum(dues_of(before))
    pays(before, Money(takes_nothing + 5_000_00, "PHP").to_decimal_string())
    now = TermEnrolment.objects.create(
        student=before.student, term=an_open_term("2031-1"), programme=before.programme,
        curriculum=before.curriculum, created_via="BATCH",
    )  # fmt: skip

    bill_term(a_supervisor(), term_id=now.term_id)

    now.refresh_from_db()
    assert now.invoice.paid_minor == 5_000_00
    assert now.state == TermEnrolment.State.ACTIVE
    assert credit_of_customer(before.student.person_id, "PHP") == Money(0, "PHP")
    assert prove_books().is_right


def test_students_whom_no_schedule_fits_are_counted_and_stay_without_a_plan() -> None:
    seven_subjects()
    a_schedule(year_level=1)
    first, second = a_taker("311001"), a_taker("311002", year_level=2)

    billed = bill_term(a_supervisor(), term_id=first.term_id)

    assert (billed.count, billed.left_out) == (1, 1)
    second.refresh_from_db()
    assert second.invoice_id is None


def test_registrars_and_cashiers_do_not_bill_whole_terms(taker: TermEnrolment) -> None:
    for actor in (a_registrar(), a_cashier()):
        with pytest.raises(Forbidden):
            bill_term(actor, term_id=taker.term_id)
