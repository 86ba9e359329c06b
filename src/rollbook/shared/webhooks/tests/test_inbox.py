"""The inbox in the hands of operators: seen without personal data, tried again, discarded with a reason."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.money import Money
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import Payment
from rollbook.shared.gateways.examples import an_account, delivered
from rollbook.shared.gateways.models import GatewayAccount, GatewaySession
from rollbook.shared.gateways.standins.paymongo import event_of
from rollbook.shared.webhooks import services
from rollbook.shared.webhooks.errors import EventNotFound, EventSettled
from rollbook.shared.webhooks.jobs import handle_events
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.rules import next_try, organisation_of_key
from rollbook.systems.college.examples import a_cashier, a_member, an_administrator
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.services.online import begin_checkout
from rollbook.systems.college.fees.tests.browsing import browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def account(tenant: Organisation) -> GatewayAccount:
    return an_account()


@pytest.fixture
def browser() -> Client:
    return browser_of(an_administrator())


def a_parked_event(account: GatewayAccount, *, intent: str = "pi_1") -> WebhookEvent:
    told = {
        "amount": 5_000_00, "currency": "PHP", "livemode": False, "status": "paid", "payment_intent_id": intent,
        "billing": {"name": "Zyxw Dela Cruz", "email": "zyxw@example.test"},
    }  # fmt: skip
    body = event_of("payment.paid", {"id": "pay_1", "type": "payment", "attributes": told})[1]
    assert delivered(account, body).status_code == 200
    handle_events(organisation_id=account.organisation_id)
    event: WebhookEvent = WebhookEvent.objects.get()
    assert event.state == "PARKED"
    return event


def test_an_operator_sees_what_came_but_no_name_and_no_address(account: GatewayAccount, browser: Client) -> None:
    event = a_parked_event(account)

    listed = text_of(browser.get(reverse("webhooks:inbox")))
    shown = text_of(browser.get(reverse("webhooks:event", args=[event.id])))
    over_json = browser.get("/api/v1/webhooks/events").json()

    assert "payment.paid" in listed
    assert "pay_1" in shown
    assert "500000 PHP" in shown
    assert over_json["items"][0]["state"] == "PARKED"
    assert "Zyxw" not in listed + shown + json.dumps(over_json)
    assert "zyxw@" not in listed + shown + json.dumps(over_json)


def test_what_is_tried_again_by_hand_has_its_effect_once(account: GatewayAccount, browser: Client) -> None:
    payer = a_payer("30000.00")
    event = a_parked_event(account)
    student = a_member("student", person_id=UUID(str(payer.student.person_id)))
    session: GatewaySession = begin_checkout(student, amount=Money(5_000_00, "PHP"))
    session.provider_intent_id = "pi_1"
    session.save(update_fields=["provider_intent_id"])

    first = browser.post(reverse("webhooks:replay", args=[event.id]))
    second = browser.post(reverse("webhooks:replay", args=[event.id]))

    assert (first.status_code, second.status_code) == (303, 409)
    event.refresh_from_db()
    assert event.state == "PROCESSED"
    assert Payment.objects.count() == 1
    assert AuditEntry.objects.filter(action="webhooks.replayed").count() == 1


def test_what_is_discarded_stays_with_its_reason_and_is_never_handled(account: GatewayAccount, browser: Client) -> None:
    event = a_parked_event(account)
    admin = an_administrator()
    with pytest.raises(Invalid):
        services.discard(admin, event_id=event.id, reason=" ")

    browser.post(reverse("webhooks:discard", args=[event.id]), {"reason": "A test of the provider"})
    WebhookEvent.objects.filter(id=event.id).update(next_at=event.created_at)
    handle_events(organisation_id=account.organisation_id)

    event.refresh_from_db()
    assert event.state == "DISCARDED"
    assert AuditEntry.objects.get(action="webhooks.discarded").reason == "A test of the provider"
    with pytest.raises(EventSettled):
        services.replay(admin, event_id=event.id)


def test_a_cashier_decides_nothing_about_the_inbox(account: GatewayAccount) -> None:
    event = a_parked_event(account)
    for act in (
        lambda: services.replay(a_cashier(), event_id=event.id),
        lambda: services.discard(a_cashier(), event_id=event.id, reason="No"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert browser_of(a_cashier()).get(reverse("webhooks:inbox")).status_code == 403


def test_an_event_of_another_college_is_not_there(account: GatewayAccount) -> None:
    from rollbook.core.ids import new_id

    with pytest.raises(EventNotFound):
        services.replay(an_administrator(), event_id=new_id())


def test_an_event_whose_handling_breaks_is_tried_again_and_stops_no_other(
    account: GatewayAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rollbook.shared.gateways.services import settling

    def broken(*_words: Any, **_more: Any) -> Any:
        raise RuntimeError("boom")

    body = event_of("payment.paid", {"id": "pay_1", "type": "payment", "attributes": {"amount": 1, "currency": "PHP"}})[
        1
    ]
    other = event_of("source.chargeable", {"id": "src_1", "type": "source", "attributes": {}})[1]
    delivered(account, body)
    delivered(account, other)
    with monkeypatch.context() as patch:
        patch.setattr(settling, "settle_paid", broken)
        handle_events(organisation_id=account.organisation_id)

    states = dict(WebhookEvent.objects.values_list("kind", "state"))
    assert states == {"payment.paid": "FAILED", "source.chargeable": "IGNORED"}
    failed = WebhookEvent.objects.get(kind="payment.paid")
    assert failed.next_at is not None
    assert "boom" not in failed.note
    WebhookEvent.objects.filter(id=failed.id).update(next_at=failed.created_at)
    handle_events(organisation_id=account.organisation_id)
    failed.refresh_from_db()
    assert failed.state == "PARKED"


@pytest.mark.parametrize("key", ["", "x", "0" * 32, "0" * 32 + "_short", "g" * 32 + "_aaaaaaaaaaaaaaaaaaaa", "../x"])
def test_what_is_no_key_of_ours_names_no_organisation(key: str) -> None:
    assert organisation_of_key(key) is None


def test_the_pauses_grow_to_an_hour() -> None:
    from datetime import UTC, datetime

    now = datetime(2031, 7, 1, tzinfo=UTC)
    minutes = [int((next_try(tries, now) - now).total_seconds()) // 60 for tries in (0, 1, 2, 3, 7, 50)]
    assert minutes == [1, 1, 2, 4, 60, 60]


def test_accounts_are_proposed_and_shown_without_their_secrets(account: GatewayAccount, browser: Client) -> None:
    listed = text_of(browser.get(reverse("gateways:accounts")))
    shown = text_of(browser.get(reverse("gateways:account", args=[account.id])))
    form = {
        "provider": "stripe", "mode": "test", "label": "Stripe", "secret_key": "sk_test_abcdefgh9876",
        "webhook_secret": "", "reason": "A second way to pay",
    }  # fmt: skip
    proposed = browser.post(reverse("gateways:new_account"), form)
    wrong = browser.post(reverse("gateways:new_account"), {**form, "mode": "live"})
    secret = browser.post(
        reverse("gateways:new_secret", args=[account.id]),
        {"kind": "WEBHOOK_SECRET", "value": "whsk_another_one", "reason": "Rolled every year"},
    )

    assert "College" in listed
    assert account.endpoint_key in shown
    assert "whsk_test_secret" not in shown
    assert (proposed.status_code, wrong.status_code, secret.status_code) == (303, 422, 303)
    assert GatewayAccount.objects.get(provider="stripe").state == "WAITING"
    assert "sk_test_abcdefgh9876" not in text_of(wrong)
