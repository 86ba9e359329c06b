"""Payments at the counter: where money lands, what it opens, and what is refused (examples 4 to 10, 33)."""

from collections.abc import Callable

import pytest
from django.db import transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.money import Money
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import Allocation, Payment, Receipt
from rollbook.shared.billing.selectors import credit_of_customer, instalment_states, prove_books
from rollbook.shared.ledger.models import JournalEntry, Posting
from rollbook.systems.college.enrolment.rules import month1_gate
from rollbook.systems.college.examples import a_cashier, a_stranger, a_term
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.fees.errors import TermNeeded
from rollbook.systems.college.fees.examples import Payer, a_payer, on_plan
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.records.models import Hold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.mark.rule("R33", "R41")
@pytest.mark.example("college", 4)
def test_money_fills_the_months_in_order_and_opens_the_exams_they_pay_for() -> None:
    payer = a_payer("30000.00")

    first = payer.pays("8000.00")

    assert payer.months() == ["5000.00", "3000.00", "0.00", "0.00", "0.00", "0.00"]
    assert payer.states()[:3] == ["PAID", "PARTIAL", "UNPAID"]
    assert [permit["exam"] for permit in first.permits_issued] == ["PRELIM"]
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "ACTIVE"
    assert payer.permits() == {"PRELIM": "ISSUED"}

    second = payer.pays("2000.00")

    assert payer.states()[:2] == ["PAID", "PAID"]
    assert [permit["exam"] for permit in second.permits_issued] == ["MIDTERM"]
    assert payer.permits() == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED"}
    assert prove_books().is_right


@pytest.mark.rule("R27")
@pytest.mark.example("college", 5)
def test_one_centavo_short_keeps_the_gate_closed_and_that_centavo_opens_it() -> None:
    payer = a_payer("30000.00")
    payer.pays("4999.99")

    assert payer.states()[0] == "PARTIAL"
    verdict = month1_gate(instalment_states(payer.invoice.id), "PHP")
    assert not verdict.is_open
    assert verdict.code == "MONTH1_UNPAID"
    assert "0.01 still due" in verdict.text
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "PENDING_PAYMENT"

    payer.pays("0.01")

    assert month1_gate(instalment_states(payer.invoice.id), "PHP").is_open
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "ACTIVE"


@pytest.mark.rule("R35")
@pytest.mark.example("college", 6)
def test_what_is_left_over_becomes_credit_and_pays_the_next_term() -> None:
    payer = a_payer("30000.00")

    payer.pays("31250.50")

    assert payer.states() == ["PAID"] * 6
    assert credit_of_customer(payer.student.person_id, "PHP") == Money(1250_50, "PHP")

    next_term = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)

    assert next_term.months()[0] == "1250.50"
    assert credit_of_customer(payer.student.person_id, "PHP") == Money(0, "PHP")
    assert prove_books().is_right


@pytest.mark.rule("R35")
@pytest.mark.example("college", 6)
def test_exactly_the_total_leaves_no_credit() -> None:
    payer = a_payer("30000.00")

    payer.pays("30000.00")

    assert payer.states() == ["PAID"] * 6
    assert credit_of_customer(payer.student.person_id, "PHP") == Money(0, "PHP")


@pytest.mark.rule("R33", "R41")
@pytest.mark.example("college", 7)
def test_a_month_that_is_one_centavo_short_opens_no_exam() -> None:
    payer = a_payer("32000.00")

    payer.pays("16000.00")

    assert payer.months()[:3] == ["5333.34", "5333.34", "5333.32"]
    assert payer.states()[:3] == ["PAID", "PAID", "PARTIAL"]
    assert payer.permits() == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED"}


@pytest.mark.rule("R33")
@pytest.mark.example("college", 8)
def test_a_later_month_cannot_be_chosen_while_an_earlier_one_is_open() -> None:
    payer = a_payer("30000.00")
    payer.pays("5000.00")
    receipts = Receipt.objects.count()

    with pytest.raises(billing.MonthNotSequential) as refusal, transaction.atomic():
        payer.pays("5000.00", target_month=3)

    assert (refusal.value.status, refusal.value.code) == (409, "MONTH_NOT_SEQUENTIAL")
    assert refusal.value.facts == {"target": 3, "first_open": 2}
    assert Payment.objects.count() == 1
    assert Receipt.objects.count() == receipts
    assert payer.pays("5000.00", target_month=2).taken.receipt_number.endswith("000002")


@pytest.mark.rule("R39")
@pytest.mark.example("college", 33)
def test_a_voided_receipt_keeps_its_number_and_the_year_turns_at_local_midnight(
    frozen_clock: Callable[[str], None],
) -> None:
    frozen_clock("2026-12-31T15:00:00+00:00")
    payer = a_payer("30000.00")
    taken = [payer.pays("10.00") for _ in range(123)]
    assert taken[-1].taken.receipt_number == "RCP-2026-000123"
    Receipt.objects.filter(payment_id=taken[-1].taken.payment_id).update(state="VOIDED")

    assert payer.pays("10.00").taken.receipt_number == "RCP-2026-000124"
    frozen_clock("2026-12-31T15:59:59+00:00")
    assert payer.pays("10.00").taken.receipt_number == "RCP-2026-000125"
    frozen_clock("2026-12-31T16:00:00+00:00")
    assert payer.pays("10.00").taken.receipt_number == "RCP-2027-000001"


@pytest.mark.rule("R39")
@pytest.mark.example("college", 33)
def test_a_payment_that_was_rolled_back_leaves_no_gap() -> None:
    payer = a_payer("30000.00")
    assert payer.pays("10.00").taken.receipt_number.endswith("000001")
    with pytest.raises(KeyboardInterrupt):
        _pay_and_fail(payer)

    assert payer.pays("10.00").taken.receipt_number.endswith("000002")


@pytest.mark.rule("R34")
def test_a_payment_that_fails_at_its_very_end_leaves_nothing_of_all_that_followed() -> None:
    payer = a_payer("30000.00")
    before = _everything()
    with pytest.raises(KeyboardInterrupt):
        _pay_and_fail(payer, "5000.00")

    assert _everything() == before
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "PENDING_PAYMENT"

    payer.pays("5000.00")

    after = _everything()
    assert [name for name in before if after[name] == before[name]] == ["Hold"]
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "ACTIVE"


def _everything() -> dict[str, int]:
    """How many rows there are of each kind that a payment may write."""
    kinds = (Payment, Allocation, Receipt, JournalEntry, Posting, AuditEntry, ExamPermit, Hold)
    return {kind.__name__: kind.objects.count() for kind in kinds}


@transaction.atomic
def _pay_and_fail(payer: Payer, amount: str = "10.00") -> None:
    payer.pays(amount)
    raise KeyboardInterrupt


def test_two_open_terms_and_no_choice_is_refused_with_the_choices() -> None:
    payer = a_payer("30000.00")
    other = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)

    with pytest.raises(TermNeeded) as refusal:
        record_payment(payer.cashier, student_id=payer.student.id, amount=Money(100, "PHP"), method=Payment.Method.CASH)

    assert [choice["term"] for choice in refusal.value.facts["choices"]] == ["2031-1", "2031-2"]
    assert refusal.value.facts["choices"][1]["term_enrolment_id"] == str(other.enrolment.id)
    assert not Payment.objects.exists()


@pytest.mark.rule("R34")
@pytest.mark.parametrize("minor", [0, -500, 1_000_000_000])
def test_an_amount_out_of_range_is_refused_and_nothing_is_written(minor: int) -> None:
    payer = a_payer("30000.00")

    with pytest.raises(billing.AmountOutOfRange):
        record_payment(payer.cashier, student_id=payer.student.id, amount=Money(minor, "PHP"), method="CASH")

    assert not Payment.objects.exists()
    assert not Allocation.objects.exists()


@pytest.mark.rule("R40")
def test_money_at_the_counter_needs_the_cashiers_own_open_shift() -> None:
    payer = a_payer("30000.00", cashier=None)
    with pytest.raises(billing.NoOpenShift):
        record_payment(a_cashier(), student_id=payer.student.id, amount=Money(100, "PHP"), method="CASH")

    assert not Payment.objects.exists()


def test_a_transfer_needs_its_reference_and_a_used_one_is_refused() -> None:
    payer = a_payer("30000.00")
    with pytest.raises(billing.ReferenceNeeded):
        payer.pays("100.00", method="BANK_TRANSFER")
    payer.pays("100.00", method="BANK_TRANSFER", reference="BPI-77")

    with pytest.raises(billing.DuplicateReference) as refusal, transaction.atomic():
        payer.pays("200.00", method="BANK_TRANSFER", reference="BPI-77")

    assert refusal.value.status == 409
    assert Payment.objects.count() == 1


def test_somebody_without_the_right_takes_no_money() -> None:
    payer = a_payer("30000.00")

    with pytest.raises(Forbidden):
        record_payment(a_stranger(), student_id=payer.student.id, amount=Money(100, "PHP"), method="CASH")

    assert not Payment.objects.exists()
