"""Both providers through the port, against stand-ins over real HTTP: the same sentences hold for each."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rollbook.core import clock
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.shared.gateways import http, stripe
from rollbook.shared.gateways.examples import SECRET_KEY, standing_in
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderRefused
from rollbook.shared.gateways.port import Access, CheckoutMade, CheckoutOrder, Effect, Gateway, RefundOrder, Status
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.standins import paymongo as paymongo_standin
from rollbook.shared.gateways.standins import stripe as stripe_standin

ACCESS = Access(SECRET_KEY, is_live=False)
pytestmark = pytest.mark.parametrize("name", sorted(PROVIDERS))


@pytest.fixture
def standin(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(http, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(http, "READ_SECONDS", 1.0)
    with standing_in() as running:
        found = running.by_name[name]
        found.told = []
        found.postman.deliver = lambda event_id, body: found.told.append(body)
        yield found


@pytest.fixture
def gateway(name: str) -> Gateway:
    return PROVIDERS[name]


def an_order(reference: str = "", minor: int = 5_000_00) -> CheckoutOrder:
    return CheckoutOrder(
        reference=reference or str(new_id()), amount=Money(minor, "PHP"), description="San Isidro: 260001, 2031-1",
        success_url="https://college.example/back", cancel_url="https://college.example/back",
        expires_at=clock.now() + timedelta(hours=23),
    )  # fmt: skip


def a_paid_checkout(gateway: Gateway, standin: Any, reference: str = "") -> tuple[CheckoutMade, Any]:
    made = gateway.create_checkout(ACCESS, an_order(reference))
    standin.pay(made.provider_id)
    return made, gateway.fetch_checkout(ACCESS, made.provider_id).payment


def test_a_checkout_is_made_paid_and_seen(gateway: Gateway, standin: Any) -> None:
    reference = str(new_id())
    made = gateway.create_checkout(ACCESS, an_order(reference))
    assert made.redirect_url.startswith("http://127.0.0.1:")
    assert gateway.fetch_checkout(ACCESS, made.provider_id).status == Status.OPEN

    standin.pay(made.provider_id)
    seen = gateway.fetch_checkout(ACCESS, made.provider_id)

    assert seen.status == Status.PAID
    assert seen.payment is not None
    assert (seen.payment.reference, seen.payment.amount_minor, seen.payment.currency) == (reference, 5_000_00, "PHP")
    assert (seen.payment.is_live, seen.payment.status) == (False, Status.PAID)


def test_the_event_and_the_answer_say_the_same(gateway: Gateway, standin: Any) -> None:
    reference = str(new_id())
    _, seen = a_paid_checkout(gateway, standin, reference)
    said = [gateway.read_event(body) for body in standin.told]

    paid = [one for one in said if one is not None and one.effect == Effect.PAID]
    assert paid
    for one in paid:
        assert one.payment is not None
        assert (one.payment.provider_id, one.payment.reference, one.payment.amount_minor) == (
            seen.provider_id, reference, 5_000_00,
        )  # fmt: skip
        assert one.subject == seen.provider_id


def test_a_checkout_is_closed_before_it_is_called_over(gateway: Gateway, standin: Any) -> None:
    made = gateway.create_checkout(ACCESS, an_order())

    gateway.expire_checkout(ACCESS, made.provider_id)

    assert gateway.fetch_checkout(ACCESS, made.provider_id).status == Status.EXPIRED


def test_a_refund_is_made_once_and_known_by_our_id(gateway: Gateway, standin: Any) -> None:
    _, payment = a_paid_checkout(gateway, standin)
    own = str(new_id())
    order = RefundOrder(own_id=own, payment_id=payment.provider_id, amount=Money(1_000_00, "PHP"))

    seen = gateway.refund(ACCESS, order)

    found = gateway.refunds_of(ACCESS, payment.provider_id)
    assert [(one.provider_id, one.own_id, one.amount_minor) for one in found] == [(seen.provider_id, own, 1_000_00)]
    assert seen.status == Status.SUCCEEDED
    told = [one for body in standin.told if (one := gateway.read_event(body)) and one.effect == Effect.REFUNDED]
    assert {one.payment.provider_id for one in told if one.payment} == {payment.provider_id}


def test_more_than_was_paid_is_refused(gateway: Gateway, standin: Any) -> None:
    _, payment = a_paid_checkout(gateway, standin)
    order = RefundOrder(own_id=str(new_id()), payment_id=payment.provider_id, amount=Money(5_000_01, "PHP"))

    with pytest.raises(ProviderRefused):
        gateway.refund(ACCESS, order)


def test_a_refund_whose_answer_was_lost_is_found_afterwards(gateway: Gateway, standin: Any) -> None:
    _, payment = a_paid_checkout(gateway, standin)
    own = str(new_id())
    order = RefundOrder(own_id=own, payment_id=payment.provider_id, amount=Money(1_000_00, "PHP"))
    # Stripe recognises the repetition by its key, so it has to be lost every time.
    standin.trouble("/refunds", "lost", times=1 if not gateway.recognises_repeats else 3, seconds=1.3)

    with pytest.raises(OutcomeUnknown):
        gateway.refund(ACCESS, order)

    assert [one.own_id for one in gateway.refunds_of(ACCESS, payment.provider_id)] == [own]


def test_a_key_of_the_other_mode_is_noticed(gateway: Gateway) -> None:
    assert gateway.key_fault("sk_test_1234", is_live=False) == ""
    assert "sk_live_" in gateway.key_fault("sk_test_1234", is_live=True)
    assert "sk_test_" in gateway.key_fault("sk_live_1234", is_live=False)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'"x"', b"\xff", b'{"data":null}', b'{"object":"event"}', b'{"data":{"id":"evt_1"}}']
)
def test_a_body_that_is_no_event_cannot_be_read(gateway: Gateway, body: bytes) -> None:
    assert gateway.read_event(body) is None


def test_an_amount_that_is_no_whole_number_cannot_be_read(name: str, gateway: Gateway) -> None:
    broken = {
        "paymongo": paymongo_standin.event_of(
            "payment.paid", {"id": "pay_1", "type": "payment", "attributes": {"amount": 50.5, "currency": "PHP"}}
        ),
        "stripe": stripe_standin.event_of(
            "checkout.session.completed",
            {"id": "cs_1", "object": "checkout.session", "amount_total": "500000", "payment_status": "paid"},
        ),
    }
    assert gateway.read_event(broken[name][1]) is None


def test_stripes_signature_of_a_rolled_secret_is_believed(name: str) -> None:
    now = clock.now()
    stamp = str(int(now.timestamp()))
    good = stripe.signature("whsec_new", stamp, b"{}")

    assert stripe.signature_fault(f"t={stamp},v1=00,v1={good},v0=11", b"{}", secret="whsec_new", now=now) == ""
    assert stripe.signature_fault(f"t={stamp},v1={good}", b"{ }", secret="whsec_new", now=now) != ""
    late = now + timedelta(seconds=302)
    assert "stale" in stripe.signature_fault(f"t={stamp},v1={good}", b"{}", secret="whsec_new", now=late)
    for header in ("", "t=,v1=", "t=abc,v1=é", f"v1={good}", f"t={stamp}"):
        assert stripe.signature_fault(header, b"{}", secret="whsec_new", now=now)
