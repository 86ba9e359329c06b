"""Voids, reversals and refunds: appended, never edited, decided by two people (example 13, R36)."""

import pytest
from django.db import DatabaseError, connection, transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.services import decide
from rollbook.core.errors import NotFound
from rollbook.core.money import Money
from rollbook.shared.billing import errors as billing
from rollbook.shared.billing.models import Allocation, Payment, Receipt
from rollbook.shared.billing.selectors import credit_of_customer, prove_books
from rollbook.systems.college.examples import a_member, a_term
from rollbook.systems.college.fees.examples import a_payer, on_plan, payment_id_of
from rollbook.systems.college.fees.services.corrections import request_refund, request_void, reverse
from rollbook.systems.college.records.models import Hold
from rollbook.systems.college.roles import CASHIER_SUPERVISOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.mark.rule("R27", "R36", "R41")
@pytest.mark.example("college", 13)
def test_a_bounced_cheque_reopens_months_and_suspends_what_rested_on_them() -> None:
    payer = a_payer("30000.00")
    bounced = payer.pays("8000.00", method="CHECK", reference="CHQ-1")
    payer.pays("2000.00")
    codes = payer.permit_codes()
    before = set(Allocation.objects.values_list("id", "amount_minor"))
    assert payer.states()[:2] == ["PAID", "PAID"]

    reverse(
        a_member(CASHIER_SUPERVISOR), payment_id=payment_id_of(bounced), kind="BOUNCED", reason="Returned by the bank"
    )

    assert payer.months() == ["2000.00", "0.00", "0.00", "0.00", "0.00", "0.00"]
    assert payer.states()[:2] == ["PARTIAL", "UNPAID"]
    assert before < set(Allocation.objects.values_list("id", "amount_minor"))
    assert payer.permits() == {"PRELIM": "SUSPENDED", "MIDTERM": "SUSPENDED"}
    hold = Hold.objects.get(student=payer.student, released_at__isnull=True)
    assert (hold.kind, hold.is_automatic) == ("FINANCIAL", True)
    assert "ENROL" in hold.blocks

    payer.pays("3000.00")

    assert payer.states()[0] == "PAID"
    assert payer.permits() == {"PRELIM": "ISSUED", "MIDTERM": "SUSPENDED"}
    assert payer.permit_codes() == codes
    assert not Hold.objects.filter(student=payer.student, released_at__isnull=True).exists()
    assert prove_books().is_right


@pytest.mark.rule("R36")
def test_a_void_takes_two_people_and_keeps_the_receipt_number() -> None:
    payer = a_payer("30000.00")
    taken = payer.pays("5000.00")
    asked = request_void(payer.cashier, payment_id=payment_id_of(taken), reason="Wrong student at the window")
    supervisor = a_member(CASHIER_SUPERVISOR)

    decide(supervisor, asked.id, approve=True)

    payment = Payment.objects.get(id=payment_id_of(taken))
    assert payment.state == "VOIDED"
    receipt = Receipt.objects.get(payment=payment)
    assert (receipt.number, receipt.state) == (taken.taken.receipt_number, "VOIDED")
    assert payer.months()[0] == "0.00"
    assert payer.permits() == {"PRELIM": "SUSPENDED"}
    assert prove_books().is_right
    with pytest.raises(billing.AlreadyVoided):
        request_void(payer.cashier, payment_id=payment_id_of(taken), reason="Once more to be sure")


@pytest.mark.rule("R36")
def test_nobody_approves_their_own_void() -> None:
    payer = a_payer("30000.00")
    taken = payer.pays("5000.00")
    supervisor = a_member(CASHIER_SUPERVISOR)
    asked = request_void(supervisor, payment_id=payment_id_of(taken), reason="Wrong student at the window")

    with pytest.raises(SelfApproval) as refusal:
        decide(supervisor, asked.id, approve=True)

    assert (refusal.value.status, refusal.value.code) == (409, "SELF_APPROVAL")
    assert Payment.objects.get(id=payment_id_of(taken)).state == "COMPLETED"
    with pytest.raises(NotFound):
        decide(payer.cashier, asked.id, approve=True)


@pytest.mark.rule("R36")
def test_credit_that_came_from_a_bounced_payment_is_withdrawn_in_the_later_term_too() -> None:
    payer = a_payer("30000.00")
    bounced = payer.pays("31000.00", method="CHECK", reference="CHQ-2")
    later = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)
    assert later.months()[0] == "1000.00"

    reverse(
        a_member(CASHIER_SUPERVISOR), payment_id=payment_id_of(bounced), kind="BOUNCED", reason="Returned by the bank"
    )

    assert payer.months() == ["0.00"] * 6
    assert later.months() == ["0.00"] * 6
    assert credit_of_customer(payer.student.person_id, "PHP") == Money(0, "PHP")
    assert prove_books().is_right


@pytest.mark.rule("R35", "R36")
def test_a_refund_gives_back_credit_first_and_never_more_than_is_refundable() -> None:
    payer = a_payer("30000.00")
    taken = payer.pays("31000.00")
    with pytest.raises(billing.RefundTooLarge):
        request_refund(
            payer.cashier, payment_id=payment_id_of(taken), amount=Money(31_000_01, "PHP"), method="CASH",
            reason="The family asked for it",
        )  # fmt: skip
    asked = request_refund(
        payer.cashier, payment_id=payment_id_of(taken), amount=Money(1_500_00, "PHP"), method="CASH",
        reason="The family asked for it",
    )  # fmt: skip

    decide(a_member(CASHIER_SUPERVISOR), asked.id, approve=True)

    assert credit_of_customer(payer.student.person_id, "PHP") == Money(0, "PHP")
    assert payer.months() == ["5000.00"] * 5 + ["4500.00"]
    assert Payment.objects.get(id=payment_id_of(taken)).state == "PARTIALLY_REFUNDED"
    assert prove_books().is_right


@pytest.mark.rule("R36")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_payment SET amount_minor = 1 WHERE organisation_id = %s",
        "DELETE FROM billing_payment WHERE organisation_id = %s",
        "UPDATE billing_allocation SET amount_minor = 1 WHERE organisation_id = %s",
        "DELETE FROM billing_allocation WHERE organisation_id = %s",
        "DELETE FROM billing_receipt WHERE organisation_id = %s",
        "UPDATE billing_receipt SET number = 'RCP-1' WHERE organisation_id = %s",
        "UPDATE ledger_posting SET amount_minor = 1 WHERE organisation_id = %s",
        "UPDATE billing_instalment SET paid_minor = due_minor + 1 WHERE organisation_id = %s",
        "UPDATE billing_account SET credit_minor = -1 WHERE organisation_id = %s",
    ],
)
def test_postgresql_refuses_to_change_what_was_recorded(statement: str) -> None:
    payer = a_payer("30000.00")
    payer.pays("5000.00")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [payer.cashier.organisation_id])

    assert payer.months()[0] == "5000.00"
