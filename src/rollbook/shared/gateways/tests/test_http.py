"""One way out: what is tried again, what is not, and that nobody calls while a transaction is open."""

import socket
import time
from collections.abc import Iterator

import pytest

from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.gateways import http
from rollbook.shared.gateways.examples import SECRET_KEY, standing_in
from rollbook.shared.gateways.http import CalledInsideTransaction, Door
from rollbook.shared.gateways.outcomes import OutcomeUnknown, ProviderRefused, ProviderUnreachable
from rollbook.shared.gateways.standins.server import Running, StandIn


@pytest.fixture
def stand_ins() -> Iterator[Running]:
    with standing_in() as running:
        yield running


@pytest.fixture
def paymongo(stand_ins: Running) -> StandIn:
    found: StandIn = stand_ins.by_name["paymongo"]
    return found


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(http, "READ_SECONDS", 0.4)


def a_door(stand_ins: Running, key: str = SECRET_KEY) -> Door:
    return Door(stand_ins.address + "/paymongo/v1", user=key)


def calls(standin: StandIn) -> int:
    return len(standin.world.calls)


@pytest.mark.django_db
def test_nobody_calls_a_provider_while_a_transaction_is_open(organisation: Organisation, stand_ins: Running) -> None:
    with tenant_scope(organisation.id), pytest.raises(CalledInsideTransaction):
        a_door(stand_ins).get("/payments/pay_1")


def test_a_question_that_broke_is_asked_again(stand_ins: Running, paymongo: StandIn) -> None:
    paymongo.trouble("/payments", "error", times=2, status=503)

    with pytest.raises(ProviderRefused) as refused:
        a_door(stand_ins).get("/payments/pay_1")

    assert (refused.value.status, refused.value.code) == (404, "resource_not_found")
    assert calls(paymongo) == 3


def test_an_act_without_a_key_is_never_sent_twice(stand_ins: Running, paymongo: StandIn) -> None:
    paymongo.trouble("/refunds", "error", times=5, status=500)

    with pytest.raises(OutcomeUnknown):
        a_door(stand_ins).post("/refunds", json={})

    assert calls(paymongo) == 1


@pytest.mark.parametrize("kind", ["silence", "lost"])
def test_an_act_whose_answer_never_comes_is_unknown(stand_ins: Running, paymongo: StandIn, kind: str) -> None:
    paymongo.trouble("/refunds", kind, seconds=0.8)

    with pytest.raises(OutcomeUnknown):
        a_door(stand_ins).post("/refunds", json={})

    assert calls(paymongo) == 1


def test_an_act_that_was_turned_away_unread_is_sent_again(stand_ins: Running, paymongo: StandIn) -> None:
    paymongo.trouble("/refunds", "error", times=2, status=429)

    with pytest.raises(ProviderRefused):
        a_door(stand_ins).post("/refunds", json={})

    assert calls(paymongo) == 3


def test_an_act_with_a_key_may_be_sent_again(stand_ins: Running) -> None:
    stripe = stand_ins.by_name["stripe"]
    stripe.trouble("/refunds", "error", times=1, status=500)
    door = Door(stand_ins.address + "/stripe/v1", headers={"Authorization": f"Bearer {SECRET_KEY}"})

    with pytest.raises(ProviderRefused):
        door.post("/refunds", form={"payment_intent": "pi_none"}, repeat_key="k1")

    assert calls(stripe) == 2


def test_nobody_at_home_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ProviderUnreachable):
            Door(f"http://127.0.0.1:{port}").post("/refunds", json={})


def test_a_wrong_key_is_refused_and_says_only_the_providers_word(stand_ins: Running) -> None:
    with pytest.raises(ProviderRefused) as refused:
        a_door(stand_ins, "sk_test_wrong").get("/payments/pay_1")

    assert (refused.value.status, refused.value.code) == (401, "authentication_failed")
    assert "sk_test_wrong" not in str(refused.value)


def test_a_door_never_shows_its_key() -> None:
    assert SECRET_KEY not in repr(Door("http://x", user=SECRET_KEY, headers={"Authorization": SECRET_KEY}))


def test_the_pauses_grow_and_stay_bounded() -> None:
    assert max(http._pause(attempt) for attempt in range(20)) <= http.LONGEST_PAUSE_SECONDS
    started = time.monotonic()
    assert http._pause(0) > 0
    assert time.monotonic() - started < 1
