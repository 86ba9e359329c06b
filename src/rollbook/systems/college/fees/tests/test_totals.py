"""The totals of a student's account for who keeps the record: sums by term, never a payment."""

import pytest
from django.urls import reverse

from rollbook.core.audit.models import AccessEntry
from rollbook.core.errors import Forbidden
from rollbook.core.money import Money
from rollbook.shared.billing.models import Invoice
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_browser, a_cashier, a_member, a_registrar, a_stranger, a_student
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.reads.totals import totals_of
from rollbook.systems.college.records.errors import StudentNotFound
from rollbook.systems.college.records.models import Student

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def pesos(amount):
    return Money.parse(amount, "PHP")


@pytest.fixture
def payer(frozen_clock):
    """Six months of 5,000.00 from 31 August; 8,000.00 are paid, and it is October: September is late by 2,000.00."""
    frozen_clock("2031-08-20T02:00:00+00:00")
    made = a_payer(number="310001")
    made.pays("8000.00")
    frozen_clock("2031-10-02T02:00:00+00:00")
    return made


def the_student():
    return Student.objects.get(student_number="310001")


def test_a_registrar_sees_what_is_owed_paid_and_late_and_that_leaves_a_trace(payer):
    looked = AccessEntry.objects.count()

    found = totals_of(a_registrar(), the_student().id)

    (term,) = found.terms
    assert (term.total, term.paid, term.balance, term.late) == tuple(
        map(pesos, ("30000.00", "8000.00", "22000.00", "2000.00"))
    )
    assert (found.total, found.paid, found.balance, found.late, found.credit) == (
        term.total, term.paid, term.balance, term.late, pesos("0.00"),
    )  # fmt: skip
    assert AccessEntry.objects.count() == looked + 1


def test_of_a_cancelled_plan_nothing_is_owed(payer):
    Invoice.objects.update(state=Invoice.State.CANCELLED)

    found = totals_of(a_registrar(), the_student().id)

    assert (found.balance, found.late, found.paid) == (pesos("0.00"), pesos("0.00"), pesos("8000.00"))
    assert found.terms[0].is_cancelled


def test_only_who_keeps_the_record_sees_the_totals(payer):
    for actor in (a_cashier(), a_member(roles.PROGRAM_HEAD), a_member(roles.PROFESSOR), a_stranger()):
        with pytest.raises(Forbidden):
            totals_of(actor, the_student().id)
    with pytest.raises(StudentNotFound):
        totals_of(a_registrar(), the_student().person_id)


def test_the_page_has_sums_and_no_receipt(payer):
    browser = a_browser(a_registrar())

    page = browser.get(reverse("fees:totals", args=[the_student().id])).content.decode()

    assert "22,000.00" in page
    assert "2,000.00" in page
    assert "RCP-" not in page
    unbilled = browser.get(reverse("fees:totals", args=[a_student("310009").id])).content.decode()
    assert "Nothing was billed yet" in unbilled


def test_the_same_over_json(payer):
    place = f"/api/v1/college/students/{the_student().id}/account-totals"

    answer = a_browser(a_registrar()).get(place).json()

    sums = {"total": "30000.00", "paid": "8000.00", "balance": "22000.00", "late": "2000.00"}
    assert answer == {
        "student_id": str(the_student().id), "currency": "PHP", **sums, "credit": "0.00",
        "terms": [{"term": "2031-1", "is_cancelled": False, **sums}],
    }  # fmt: skip
    for actor in (a_cashier(), a_member(roles.PROGRAM_HEAD), a_stranger()):
        assert a_browser(actor).get(place).status_code == 403
    nobody = place.replace(str(the_student().id), str(the_student().person_id))
    assert a_browser(a_registrar()).get(nobody).status_code == 404
