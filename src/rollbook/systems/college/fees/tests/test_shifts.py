"""The drawer: opened with a float, closed with a count (example 42, R40)."""

import pytest

from rollbook.core.approvals.services import decide
from rollbook.core.money import Money
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import Shift
from rollbook.shared.billing.selectors import prove_books
from rollbook.shared.billing.services.shifts import drawer_of
from rollbook.systems.college.examples import a_cashier, a_member
from rollbook.systems.college.fees.examples import Payer, a_payer, payment_id_of
from rollbook.systems.college.fees.services.corrections import request_void
from rollbook.systems.college.fees.services.shifts import close_shift, open_shift, request_close_with_variance
from rollbook.systems.college.roles import CASHIER_SUPERVISOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def _a_day_at_the_window() -> tuple[Payer, Shift]:
    """Float 2,000.00, cash in 18,500.00 of which 500.00 is voided."""
    payer = a_payer("30000.00")
    payer.pays("18000.00")
    mistaken = payer.pays("500.00")
    asked = request_void(payer.cashier, payment_id=payment_id_of(mistaken), reason="Counted the notes twice")
    decide(a_member(CASHIER_SUPERVISOR), asked.id, approve=True)
    return payer, Shift.objects.get(cashier_id=payer.cashier.user_id)


@pytest.mark.rule("R40")
@pytest.mark.example("college", 42)
def test_a_drawer_that_is_far_off_waits_for_a_supervisor() -> None:
    payer, shift = _a_day_at_the_window()
    assert drawer_of(shift).expected_minor == 20_000_00
    count = {"100000": 19, "50000": 1, "10000": 3, "5000": 1}

    with pytest.raises(billing.VarianceNeedsSupervisor) as refusal:
        close_shift(payer.cashier, shift_id=shift.id, denominations=count)

    assert refusal.value.facts["variance"] == "-150.00 PHP"
    asked = request_close_with_variance(
        payer.cashier, shift_id=shift.id, denominations=count, reason="Change was given twice at noon"
    )
    decide(a_member(CASHIER_SUPERVISOR), asked.id, approve=True)
    shift.refresh_from_db()
    assert (shift.state, shift.variance_minor) == ("CLOSED", -150_00)
    assert prove_books().is_right


@pytest.mark.rule("R40")
@pytest.mark.example("college", 42)
def test_a_small_difference_closes_at_once() -> None:
    payer, shift = _a_day_at_the_window()

    closed = close_shift(
        payer.cashier, shift_id=shift.id, denominations={"100000": 19, "50000": 1, "10000": 4, "5000": 1}
    )

    assert (closed.state, closed.counted_minor, closed.variance_minor) == ("CLOSED", 19_950_00, -50_00)
    assert prove_books().is_right
    with pytest.raises(billing.ShiftNotOpen):
        close_shift(payer.cashier, shift_id=shift.id, denominations={})


@pytest.mark.rule("R40")
def test_a_cashier_has_one_shift_and_a_station_too() -> None:
    cashier = a_cashier()
    open_shift(cashier, station="Window 1", opening_float=Money(0, "PHP"))

    with pytest.raises(billing.ShiftOpen, match="yours at Window 1"):
        open_shift(cashier, station="Window 2", opening_float=Money(0, "PHP"))
    with pytest.raises(billing.ShiftOpen, match="somebody else's at Window 1"):
        open_shift(a_cashier(), station="Window 1", opening_float=Money(0, "PHP"))

    assert Shift.objects.count() == 1


@pytest.mark.rule("R40")
def test_nobody_closes_somebody_elses_shift() -> None:
    payer, shift = _a_day_at_the_window()

    with pytest.raises(billing.ShiftNotFound):
        close_shift(a_cashier(), shift_id=shift.id, denominations={})

    assert Shift.objects.get(id=shift.id).state == "OPEN"
    assert payer.cashier.user_id == shift.cashier_id
