"""Online payments: one effect for each event, in whatever order it comes (example 11)."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import Checkout, Payment, Receipt
from rollbook.shared.billing.selectors import prove_books
from rollbook.shared.gateways import paymongo
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services.online import receive_event, start_checkout
from rollbook.systems.college.roles import STUDENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

SECRET = "whsk_test_secret"
NOW = datetime(2031, 8, 1, 9, 0, tzinfo=UTC)


def an_event(
    kind: str, checkout: Checkout, *, event_id: str = "", amount: int | None = None, live: bool = False
) -> bytes:
    payment = {
        "id": "pay_1",
        "type": "payment",
        "attributes": {
            "amount": checkout.amount_minor if amount is None else amount,
            "currency": "PHP",
            "metadata": {"reference": str(checkout.id)},
        },
    }
    attributes = {"type": kind, "livemode": live, "data": payment}
    return json.dumps({"data": {"id": f"evt_{new_id()}", "type": "event", "attributes": attributes}}).encode()


def delivered(organisation: Organisation, body: bytes, *, secret: str = SECRET) -> WebhookEvent:
    stamp = str(int(NOW.timestamp()))
    header = f"t={stamp},te={paymongo.signature(secret, stamp, body)},li="
    actor = Actor.system(organisation.id, job="webhook")
    return receive_event(actor, body=body, header=header, secret=SECRET, is_live=False, now=NOW)


def checkout_of(payer: Payer, amount_minor: int = 5_000_00) -> Checkout:
    student = a_member(STUDENT, person_id=UUID(str(payer.student.person_id)))
    return start_checkout(student, amount=Money(amount_minor, "PHP"))


@pytest.mark.example("college", 11)
def test_an_event_delivered_three_times_is_one_payment(organisation: Organisation) -> None:
    payer = a_payer("30000.00")
    checkout = checkout_of(payer)
    body = an_event("payment.paid", checkout)

    events = {delivered(organisation, body).id for _ in range(3)}
    other = delivered(organisation, an_event("checkout_session.payment.paid", checkout))

    assert len(events) == 1
    assert WebhookEvent.objects.get(id=events.pop()).deliveries == 3
    assert (other.state, other.note) == ("PROCESSED", "It was recorded before.")
    assert Payment.objects.count() == Receipt.objects.count() == 1
    assert payer.months()[0] == "5000.00"
    assert payer.permits() == {"PRELIM": "ISSUED"}
    checkout.refresh_from_db()
    assert checkout.state == "COMPLETED"
    assert prove_books().is_right


@pytest.mark.example("college", 11)
def test_a_refund_that_comes_before_its_payment_waits_for_it(organisation: Organisation) -> None:
    payer = a_payer("30000.00")
    checkout = checkout_of(payer)

    early = delivered(organisation, an_event("payment.refunded", checkout))
    assert early.state == "PARKED"
    assert not Payment.objects.exists()

    delivered(organisation, an_event("payment.paid", checkout))

    early.refresh_from_db()
    assert early.state == "PROCESSED"
    assert Payment.objects.get().state == "REFUNDED"
    assert payer.months()[0] == "0.00"
    assert "ISSUED" not in payer.permits().values()
    assert prove_books().is_right


def test_a_wrong_amount_is_parked_and_never_completed(organisation: Organisation) -> None:
    payer = a_payer("30000.00")
    checkout = checkout_of(payer)

    event = delivered(organisation, an_event("payment.paid", checkout, amount=1))

    assert event.state == "PARKED"
    assert not Payment.objects.exists()
    assert payer.months()[0] == "0.00"


def test_a_bad_signature_is_stored_and_nothing_else_is_done(organisation: Organisation) -> None:
    payer = a_payer("30000.00")
    checkout = checkout_of(payer)

    event = delivered(organisation, an_event("payment.paid", checkout), secret="somebody_else")

    assert (event.state, event.signature_ok) == ("REFUSED", False)
    assert not Payment.objects.exists()


def test_an_event_of_the_other_mode_is_parked(organisation: Organisation) -> None:
    checkout = checkout_of(a_payer("30000.00"))

    assert delivered(organisation, an_event("payment.paid", checkout, live=True)).state == "PARKED"
    assert not Payment.objects.exists()
