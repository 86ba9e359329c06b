"""Money in the history of a student: for whoever may see single payments, in the one line of time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rollbook.core.approvals.services import decide
from rollbook.core.money import Money
from rollbook.core.permissions.roles import AUDITOR
from rollbook.site import navigation  # noqa: F401 — rooms declare what belongs to a student there
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_browser, a_member, a_registrar
from rollbook.systems.college.fees.examples import a_payer, payment_id_of
from rollbook.systems.college.fees.services.corrections import request_refund
from rollbook.systems.college.records import history
from rollbook.systems.college.records.history import history_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

BECAUSE = "The family asked for it"


def told(actor, student):
    return [(event.title, event.detail) for event in history_of(actor, student.id).events]


def refunded(payer):
    """31,000.00 come in, 1,500.00 go back."""
    taken = payer.pays("31000.00")
    asked = request_refund(
        payer.cashier, payment_id=payment_id_of(taken), amount=Money(1_500_00, "PHP"), method="CASH", reason=BECAUSE
    )
    decide(a_member(roles.CASHIER_SUPERVISOR), asked.id, approve=True)


def test_payments_and_refunds_stand_in_the_line_of_time_of_the_student_who_paid():
    payer, other = a_payer(), a_payer(number="260002")
    refunded(payer)
    other.pays("1234.00")

    lines = told(a_member(AUDITOR), payer.student)

    assert [line for line in lines if line[0].startswith("Payment")] == [
        ("Payment refunded", "₱1,500.00"),
        ("Payment recorded", "₱31,000.00"),
    ]
    assert "Invoice opened" in [title for title, _detail in lines]


def test_who_may_not_see_money_reads_the_rest():
    payer = a_payer()
    refunded(payer)
    registrar = a_registrar()

    titles = [title for title, _detail in told(registrar, payer.student)]

    assert titles
    assert not [title for title in titles if title.startswith(("Payment", "Invoice"))]
    page = a_browser(registrar).get(reverse("students:history_of", args=[payer.student.id])).content.decode()
    assert "31,000.00" not in page
    both = a_member(roles.REGISTRAR, roles.CASHIER)
    assert "31,000.00" in str(told(both, payer.student))
    shown = a_browser(both).get(reverse("students:history_of", args=[payer.student.id])).content.decode()
    assert "₱31,000.00" in shown


def test_the_page_is_bounded_and_asks_as_much_for_many_payments_as_for_one(monkeypatch):
    monkeypatch.setattr(history, "MOST_SHOWN", 5)
    payer, auditor = a_payer(), a_member(AUDITOR)
    payer.pays("1000.00")
    with CaptureQueriesContext(connection) as of_one:
        history_of(auditor, payer.student.id)
    for _number in range(6):
        payer.pays("100.00")
    with CaptureQueriesContext(connection) as of_many:
        first = history_of(auditor, payer.student.id)
    second = history_of(auditor, payer.student.id, before=first.older_than)

    assert len(of_many) == len(of_one)
    assert [event.detail for event in first.events] == ["₱100.00"] * 5
    assert [event.detail for event in second.events][:2] == ["₱100.00", "₱1,000.00"]
