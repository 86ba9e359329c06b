"""Splits, due days and revisions of plans (examples 1, 2, 3, 14)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.errors import Forbidden
from rollbook.core.money import Money, split_minor
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import PlanRevision
from rollbook.shared.billing.rules import InstalmentState, due_dates, revised_dues
from rollbook.shared.billing.selectors import credit_of_customer, prove_books
from rollbook.systems.college.examples import a_member, a_stranger
from rollbook.systems.college.fees.errors import PlanExists
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.services.plans import open_plan, revise_plan
from rollbook.systems.college.roles import CASHIER_SUPERVISOR


def text(parts: list[int]) -> list[str]:
    return [Money(part, "PHP").to_decimal_string() for part in parts]


@pytest.mark.rule("R31")
@pytest.mark.example("college", 1)
def test_thirty_two_thousand_over_six_months() -> None:
    assert text(split_minor(32_000_00, 6)) == ["5333.34", "5333.34", "5333.33", "5333.33", "5333.33", "5333.33"]
    assert sum(split_minor(32_000_00, 6)) == 32_000_00


@pytest.mark.rule("R31")
@pytest.mark.example("college", 1)
@pytest.mark.django_db
@pytest.mark.usefixtures("tenant")
def test_a_plan_of_thirty_two_thousand_is_split_the_same_way() -> None:
    assert a_payer("32000.00").dues() == ["5333.34", "5333.34", "5333.33", "5333.33", "5333.33", "5333.33"]


@pytest.mark.rule("R31")
@pytest.mark.example("college", 2)
def test_other_totals_split_to_the_centavo() -> None:
    assert text(split_minor(10_000_00, 6)) == ["1666.67"] * 4 + ["1666.66"] * 2
    assert text(split_minor(28_754_35, 6)) == ["4792.40"] + ["4792.39"] * 5
    assessed = Money.rounded(21 * Decimal("650.00") + 2 * Decimal("1200.00") + Decimal("3450.50"), "PHP")
    assert assessed.to_decimal_string() == "19500.50"
    assert text(split_minor(assessed.minor, 6)) == ["3250.09"] * 2 + ["3250.08"] * 4


@pytest.mark.rule("R32")
@pytest.mark.example("college", 3)
def test_due_days_keep_the_first_day_and_clamp_to_the_end_of_the_month() -> None:
    assert due_dates(date(2026, 8, 31), 6) == [
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
    ]
    assert due_dates(date(2027, 12, 30), 3)[2] == date(2028, 2, 29)


@pytest.mark.rule("R32")
@pytest.mark.django_db
@pytest.mark.usefixtures("tenant")
def test_a_month_that_is_not_paid_by_its_day_is_overdue_from_the_next_day() -> None:
    payer = a_payer("30000.00", first_due_on=date(2031, 8, 31))
    payer.pays("7000.00")

    assert payer.states(date(2031, 9, 30))[:3] == ["PAID", "PARTIAL", "UNPAID"]
    assert payer.states(date(2031, 10, 1))[:3] == ["PAID", "OVERDUE", "UNPAID"]
    assert payer.states(date(2031, 11, 1))[:3] == ["PAID", "OVERDUE", "OVERDUE"]


@pytest.mark.rule("R37")
@given(
    paid=st.lists(st.integers(0, 500_00), min_size=1, max_size=12),
    new_total=st.integers(0, 10_000_00),
)
def test_revised_dues_add_up_to_the_new_total_and_are_never_negative(paid: list[int], new_total: int) -> None:
    parts = [InstalmentState(n, 500_00, minor, date(2031, 8, 31)) for n, minor in enumerate(paid, start=1)]

    dues = revised_dues(parts, new_total)

    assert sum(dues) == new_total
    assert min(dues) >= 0
    untouched = [due for due, part in zip(dues, parts, strict=True) if part.room_minor == 0]
    if new_total >= 500_00 * len(untouched) and len(untouched) < len(parts):
        assert set(untouched) <= {500_00}


@pytest.mark.django_db
@pytest.mark.usefixtures("tenant")
class TestRevisions:
    @pytest.mark.rule("R37")
    @pytest.mark.example("college", 14)
    def test_a_reassessment_keeps_paid_months_and_splits_the_rest_anew(self) -> None:
        payer = a_payer("30000.00")
        payer.pays("12000.00")
        supervisor = a_member(CASHIER_SUPERVISOR)

        revise_plan(
            supervisor, invoice_id=payer.invoice.id, new_total=Money(27_500_00, "PHP"), reason="Dropped one subject"
        )

        assert payer.dues() == ["5000.00", "5000.00", "4375.00", "4375.00", "4375.00", "4375.00"]
        assert payer.months()[2] == "2000.00"
        assert payer.states()[2] == "PARTIAL"

        revise_plan(
            supervisor, invoice_id=payer.invoice.id, new_total=Money(27_001_00, "PHP"), reason="Dropped a laboratory"
        )

        assert payer.dues()[2:] == ["4250.25"] * 4
        revision = PlanRevision.objects.order_by("-version").first()
        assert revision is not None
        assert revision.before[2] == {"number": 3, "due": "4375.00", "paid": "2000.00"}
        assert revision.after[2] == {"number": 3, "due": "4250.25", "paid": "2000.00"}
        assert prove_books().is_right

    @pytest.mark.rule("R37")
    def test_a_scholarship_given_late_is_never_lost(self) -> None:
        payer = a_payer("30000.00")
        payer.pays("30000.00")

        revise_plan(
            a_member(CASHIER_SUPERVISOR), invoice_id=payer.invoice.id, new_total=Money(24_000_00, "PHP"),
            reason="Scholarship of twenty percent",
        )  # fmt: skip

        assert payer.dues() == ["5000.00"] * 4 + ["4000.00", "0.00"]
        assert payer.months() == ["5000.00"] * 4 + ["4000.00", "0.00"]
        assert credit_of_customer(payer.student.person_id, "PHP") == Money(6_000_00, "PHP")
        assert prove_books().is_right

    @pytest.mark.rule("R37")
    def test_unspent_credit_of_the_term_fills_its_plan_when_it_grows(self) -> None:
        payer = a_payer("30000.00")
        payer.pays("31000.00")

        revise_plan(
            a_member(CASHIER_SUPERVISOR), invoice_id=payer.invoice.id, new_total=Money(30_700_00, "PHP"),
            reason="A laboratory was added",
        )  # fmt: skip

        assert payer.dues()[5] == "5700.00"
        assert payer.months()[5] == "5700.00"
        assert credit_of_customer(payer.student.person_id, "PHP") == Money(300_00, "PHP")
        assert prove_books().is_right

    @pytest.mark.rule("R37")
    def test_a_revision_needs_a_reason_and_the_right(self) -> None:
        payer = a_payer("30000.00")
        with pytest.raises(Forbidden):
            revise_plan(a_stranger(), invoice_id=payer.invoice.id, new_total=Money(1, "PHP"), reason="No right to it")
        with pytest.raises(billing.ReasonTooShort):
            revise_plan(
                a_member(CASHIER_SUPERVISOR), invoice_id=payer.invoice.id, new_total=Money(1, "PHP"), reason="ok"
            )

        assert payer.dues() == ["5000.00"] * 6
        assert not PlanRevision.objects.exists()

    def test_a_term_has_one_plan(self) -> None:
        payer = a_payer("30000.00")

        with pytest.raises(PlanExists):
            open_plan(a_member("registrar"), term_enrolment_id=payer.enrolment.id, total=Money(1_00, "PHP"))
