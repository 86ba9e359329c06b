"""Online payments: one effect for each event, in whatever order it comes (example 11)."""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import Checkout, Payment, Receipt
from rollbook.shared.billing.selectors import prove_books
from rollbook.shared.gateways.examples import an_account, delivered
from rollbook.shared.gateways.models import GatewayAccount, GatewaySession
from rollbook.shared.gateways.standins.paymongo import event_of
from rollbook.shared.messaging.models import Notice
from rollbook.shared.webhooks.jobs import handle_events
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.errors import AmountTooSmall, NothingDue
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.jobs import render_receipts
from rollbook.systems.college.fees.services.online import begin_checkout
from rollbook.systems.college.roles import STUDENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def account(tenant: Organisation) -> GatewayAccount:
    return an_account()


@pytest.fixture
def payer(account: GatewayAccount) -> Payer:
    return a_payer("30000.00")


def begun(payer: Payer, amount_minor: int | None = 5_000_00) -> GatewaySession:
    student = a_member(STUDENT, person_id=UUID(str(payer.student.person_id)))
    return begin_checkout(student, amount=Money(amount_minor, "PHP") if amount_minor else None)


def paid(checkout: Checkout, *, payment_id: str = "pay_1", **changed: Any) -> dict[str, Any]:
    told = {
        "amount": checkout.amount_minor,
        "currency": "PHP",
        "livemode": False,
        "status": "paid",
        "fee": 125_00,
        "metadata": {"reference": str(checkout.id)},
        "refunds": [],
        **changed,
    }
    return {"id": payment_id, "type": "payment", "attributes": told}


def said(account: GatewayAccount, kind: str, resource: dict[str, Any], *, livemode: bool = False, **how: Any) -> int:
    status: int = delivered(account, event_of(kind, resource, livemode=livemode)[1], **how).status_code
    return status


def handled(organisation: Organisation) -> None:
    handle_events(organisation_id=organisation.id)


def states() -> list[tuple[str, str]]:
    rows = WebhookEvent.objects.order_by("created_at", "id")
    return list(rows.values_list("kind", "state"))


@pytest.mark.example("college", 11)
def test_an_event_delivered_three_times_is_one_payment(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout
    body = event_of("payment.paid", paid(checkout))[1]

    answers = [delivered(account, body).status_code for _ in range(3)]
    handled(tenant)
    said(account, "checkout_session.payment.paid", session_with(checkout, paid(checkout)))
    handled(tenant)

    assert answers == [200, 200, 200]
    assert WebhookEvent.objects.get(kind="payment.paid").deliveries == 3
    other = WebhookEvent.objects.get(kind="checkout_session.payment.paid")
    assert (other.state, other.note) == ("PROCESSED", "It was recorded before.")
    assert Payment.objects.count() == Receipt.objects.count() == 1
    assert Payment.objects.get().id == checkout.id
    assert payer.months()[0] == "5000.00"
    assert payer.permits() == {"PRELIM": "ISSUED"}
    checkout.refresh_from_db()
    assert checkout.state == "COMPLETED"
    assert GatewaySession.objects.get().fee_minor == 125_00
    assert prove_books().is_right


def session_with(checkout: Checkout, payment: dict[str, Any]) -> dict[str, Any]:
    told = {"reference_number": str(checkout.id), "payments": [payment], "livemode": False}
    return {"id": "cs_1", "type": "checkout_session", "attributes": told}


@pytest.mark.example("college", 11)
def test_a_refund_that_comes_before_its_payment_waits_for_it(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout

    said(account, "payment.refunded", paid(checkout))
    handled(tenant)
    assert states() == [("payment.refunded", "PARKED")]
    assert not Payment.objects.exists()

    said(account, "payment.paid", paid(checkout))
    handled(tenant)

    assert dict(states()) == {"payment.refunded": "PROCESSED", "payment.paid": "PROCESSED"}
    assert Payment.objects.get().state == "REFUNDED"
    assert payer.months()[0] == "0.00"
    assert "ISSUED" not in payer.permits().values()
    assert prove_books().is_right


def test_who_paid_is_told_with_the_receipt_and_the_permit(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout
    said(account, "payment.paid", paid(checkout))
    handled(tenant)
    render_receipts(organisation_id=tenant.id)

    told = {one.kind: one.facts for one in Notice.objects.filter(recipient_id=payer.student.person_id)}
    assert told["PAYMENT"]["amount_minor"] == 5_000_00
    assert told["PAYMENT"]["receipt_number"] == Receipt.objects.get().number
    assert told["PERMIT"]["exams"] == ["PRELIM"]


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"amount": 1}, "amount differs"), ({"currency": "USD"}, "amount differs")],
)
def test_a_wrong_amount_or_currency_is_parked_and_cried_out(
    tenant: Organisation, payer: Payer, account: GatewayAccount, changed: dict[str, Any], word: str
) -> None:
    supervisor = a_member("cashier_supervisor", person_id=UUID(str(payer.student.person_id)))
    checkout = begun(payer).checkout

    said(account, "payment.paid", paid(checkout, **changed))
    handled(tenant)
    handled(tenant)

    event = WebhookEvent.objects.get()
    assert event.state == "PARKED"
    assert word in event.note
    assert event.next_at is None
    assert not Payment.objects.exists()
    assert Notice.objects.filter(kind="SYSTEM", recipient_id=supervisor.person_id).count() == 1
    assert payer.months()[0] == "0.00"


def test_an_event_of_the_other_mode_is_parked(tenant: Organisation, payer: Payer, account: GatewayAccount) -> None:
    checkout = begun(payer).checkout

    assert said(account, "payment.paid", paid(checkout, livemode=True), livemode=True) == 200
    handled(tenant)

    assert states() == [("payment.paid", "PARKED")]
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("how", "note"),
    [
        ({"secret": "somebody_else"}, "does not fit"),
        ({"header": ""}, "cannot be read"),
        ({"moment": -301}, "stale"),
        ({"moment": 301}, "stale"),
    ],
)
def test_what_is_not_believed_is_stored_and_nothing_else_is_done(
    tenant: Organisation, payer: Payer, account: GatewayAccount, how: dict[str, Any], note: str
) -> None:
    checkout = begun(payer).checkout
    if "moment" in how:
        how = {"moment": int(time.time()) + how["moment"] + (2 if how["moment"] > 0 else -2)}

    answer = delivered(account, event_of("payment.paid", paid(checkout))[1], **how)
    handled(tenant)

    assert answer.status_code == 401
    assert json.loads(answer.content)["code"] == "BAD_SIGNATURE"
    event = WebhookEvent.objects.get()
    assert (event.state, event.signature_ok, event.event_id) == ("REFUSED", False, "")
    assert note in event.note
    assert not Payment.objects.exists()


def test_nothing_is_delivered_to_an_address_that_is_nobodys(tenant: Organisation, account: GatewayAccount) -> None:
    body = event_of("payment.paid", {"id": "pay_1", "type": "payment", "attributes": {}})[1]
    account.endpoint_key = account.endpoint_key[:-4] + "zzzz"
    nowhere = delivered(account, body)
    account.endpoint_key = f"{new_id().hex}_aaaaaaaaaaaaaaaaaaaaaa"
    elsewhere = delivered(account, body)

    assert (nowhere.status_code, elsewhere.status_code) == (404, 404)
    assert not WebhookEvent.objects.exists()


def test_an_unknown_payment_waits_a_day_and_then_somebody_is_told(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    supervisor = a_member("cashier_supervisor", person_id=UUID(str(payer.student.person_id)))
    resource = paid(begun(payer).checkout, metadata={"reference": str(new_id())})
    said(account, "payment.paid", resource)
    handled(tenant)
    event = WebhookEvent.objects.get()
    assert (event.state, event.next_at is not None) == ("PARKED", True)

    with clock.frozen_at(event.created_at + timedelta(hours=23)):
        handled(tenant)
    event.refresh_from_db()
    assert event.state == "PARKED"
    with clock.frozen_at(event.created_at + timedelta(hours=24, minutes=1)):
        handled(tenant)
        handled(tenant)

    event.refresh_from_db()
    assert (event.state, event.next_at, event.tries) == ("FAILED", None, 3)
    assert Notice.objects.filter(kind="SYSTEM", recipient_id=supervisor.person_id).count() == 1


def test_a_payment_without_our_reference_is_found_by_the_intent(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    session = begun(payer)
    session.provider_intent_id = "pi_7"
    session.save(update_fields=["provider_intent_id"])

    said(account, "payment.paid", paid(session.checkout, metadata={}, payment_intent_id="pi_7"))
    handled(tenant)

    assert states() == [("payment.paid", "PROCESSED")]
    assert payer.months()[0] == "5000.00"


def test_a_second_payment_of_one_checkout_is_not_credited_and_somebody_is_told(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout
    said(account, "payment.paid", paid(checkout, payment_id="pay_1"))
    said(account, "payment.paid", paid(checkout, payment_id="pay_2"))
    handled(tenant)

    assert sorted(state for _, state in states()) == ["PARKED", "PROCESSED"]
    assert Payment.objects.count() == 1


def test_a_payment_that_comes_after_the_checkout_was_over_is_recorded_all_the_same(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout
    Checkout.objects.filter(id=checkout.id).update(state="EXPIRED")
    said(account, "payment.paid", paid(checkout))
    handled(tenant)

    checkout.refresh_from_db()
    assert checkout.state == "COMPLETED"
    assert payer.months()[0] == "5000.00"


def test_a_failed_attempt_leaves_the_checkout_open(tenant: Organisation, payer: Payer, account: GatewayAccount) -> None:
    checkout = begun(payer).checkout
    said(account, "payment.failed", paid(checkout, status="failed"))
    handled(tenant)

    checkout.refresh_from_db()
    assert checkout.state == "PENDING"
    assert states() == [("payment.failed", "PROCESSED")]


def test_a_part_given_back_in_the_providers_pages_waits_for_a_person(
    tenant: Organisation, payer: Payer, account: GatewayAccount
) -> None:
    checkout = begun(payer).checkout
    said(account, "payment.paid", paid(checkout))
    refund = {
        "id": "ref_9",
        "type": "refund",
        "attributes": {"amount": 100_00, "status": "succeeded", "payment_id": "pay_1"},
    }
    said(account, "payment.refunded", paid(checkout, refunds=[refund]))
    handled(tenant)

    assert dict(states())["payment.refunded"] == "PARKED"
    assert Payment.objects.get().state == "COMPLETED"


def test_without_an_amount_the_next_due_remainder_is_paid(payer: Payer) -> None:
    payer.pays("1000.00")

    assert begun(payer, None).checkout.amount_minor == 4_000_00


def test_less_than_one_peso_is_refused_unless_less_is_due(payer: Payer) -> None:
    with pytest.raises(AmountTooSmall):
        begun(payer, 99)
    assert begun(payer, 1_00).checkout.amount_minor == 1_00
    payer.pays("4999.99")
    assert begun(payer, None).checkout.amount_minor == 1
    assert Checkout.objects.count() == 2


def test_who_owes_nothing_cannot_pay_online(payer: Payer) -> None:
    payer.pays("30000.00")

    with pytest.raises(NothingDue):
        begun(payer)
    assert not Checkout.objects.exists()


def test_what_is_said_first_is_stored_as_it_was(tenant: Organisation, account: GatewayAccount, payer: Payer) -> None:
    body = event_of("payment.paid", paid(begun(payer).checkout))[1]
    delivered(account, body)

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM webhooks_webhookevent WHERE organisation_id = %s", [tenant.id])
        assert bytes(cursor.fetchone()[0]) == body
