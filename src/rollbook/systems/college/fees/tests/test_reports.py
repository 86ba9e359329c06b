"""The reports of money, held against sums made by hand."""

from datetime import date
from decimal import Decimal

import pytest

from rollbook.shared.analytics.errors import ReportNotFound
from rollbook.shared.analytics.examples import rows_of
from rollbook.shared.analytics.reading import totals
from rollbook.shared.analytics.register import reports
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_cashier, a_member, a_registrar
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services.corrections import reverse
from rollbook.systems.college.records.models import Student

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def supervisor():
    return a_member(roles.CASHIER_SUPERVISOR, name="Sofia Villar")


@pytest.fixture
def payers(frozen_clock) -> list[Payer]:
    """Three students on six months of 5,000.00 from 31 August 2031: one paid all, one a part, one nothing."""
    frozen_clock("2031-08-20T02:00:00+00:00")
    made = [a_payer(number=f"31000{place}") for place in (1, 2, 3)]
    made[0].pays("30000.00")
    made[1].pays("8000.00")
    return made


def test_pending_payments_hold_who_still_owes_with_the_last_payment(payers, supervisor):
    assert rows_of(
        supervisor, "pending-payments", "number", "total_minor", "paid_minor", "balance_minor", "last_on"
    ) == [
        ("310002", Decimal("30000.00"), Decimal("8000.00"), Decimal("22000.00"), date(2031, 8, 20)),
        ("310003", Decimal("30000.00"), Decimal("0.00"), Decimal("30000.00"), None),
    ]
    assert totals(reports()["pending-payments"], supervisor, {"term": ("2031-1",)}).sums == {
        "total_minor": {"PHP": 60_000_00}, "paid_minor": {"PHP": 8_000_00}, "balance_minor": {"PHP": 52_000_00},
    }  # fmt: skip


def test_collections_hold_each_payment_and_leave_out_what_bounced(payers, supervisor, frozen_clock):
    frozen_clock("2031-08-21T02:00:00+00:00")
    bounced = payers[2].pays("1500.00", method="CHECK", reference="CHK-1")
    payers[2].pays("700.00", method="CARD", reference="CRD-1")
    reverse(
        supervisor, payment_id=bounced.taken.payment_id, kind="BOUNCED", reason="The cheque bounced at the bank"
    )  # fmt: skip

    found = rows_of(supervisor, "collections", "number", "received_on", "method", "reference", "net_minor")
    assert found == [
        ("310001", date(2031, 8, 20), "Cash", "", Decimal("30000.00")),
        ("310002", date(2031, 8, 20), "Cash", "", Decimal("8000.00")),
        ("310003", date(2031, 8, 21), "Card", "CRD-1", Decimal("700.00")),
    ]
    by_card = rows_of(supervisor, "collections", "number", method=["CARD"])
    of_the_day = rows_of(supervisor, "collections", "number", received_from=["2031-08-20"], received_to=["2031-08-20"])
    assert (by_card, of_the_day) == ([("310003",)], [("310001",), ("310002",)])
    assert len({receipt for (receipt,) in rows_of(supervisor, "collections", "receipt")}) == 3


def test_aging_puts_each_late_month_into_its_bucket(payers, supervisor, frozen_clock):
    # Due on 31 August, 30 September, 31 October and 30 November: 92, 62, 31 and 1 day ago.
    frozen_clock("2031-12-01T02:00:00+00:00")

    assert rows_of(supervisor, "aging", "number", "to_30", "to_60", "to_90", "above_90", "late_minor", "since") == [
        (
            "310003", Decimal("5000.00"), Decimal("5000.00"), Decimal("5000.00"), Decimal("5000.00"),
            Decimal("20000.00"), date(2031, 8, 31),
        ),
        (
            "310002", Decimal("5000.00"), Decimal("5000.00"), Decimal("2000.00"), None, Decimal("12000.00"),
            date(2031, 9, 30),
        ),
    ]  # fmt: skip


def test_nothing_is_late_on_the_day_on_which_it_is_due(payers, supervisor, frozen_clock):
    frozen_clock("2031-08-31T15:59:59+00:00")

    assert rows_of(supervisor, "aging") == []


def test_a_student_taken_back_owes_nothing_here(payers, supervisor, frozen_clock):
    Student.objects.filter(student_number="310003").update(taken_back_at="2031-08-22T00:00:00+00:00")

    assert rows_of(supervisor, "pending-payments", "number") == [("310002",)]


def test_a_registrar_sees_what_is_pending_and_no_collections_a_cashier_neither(payers):
    assert len(rows_of(a_registrar(), "pending-payments")) == 2
    with pytest.raises(ReportNotFound):
        rows_of(a_registrar(), "collections")
    for key in ("pending-payments", "collections", "aging"):
        with pytest.raises(Exception, match="role|not find"):
            rows_of(a_cashier(), key)
