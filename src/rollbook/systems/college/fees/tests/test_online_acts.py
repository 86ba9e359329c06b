"""Going to the provider and back, reconciliation and refunds, against a stand-in over real HTTP."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core import clock
from rollbook.core.approvals.services import decide
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Checkout, Payment
from rollbook.shared.billing.selectors import prove_books
from rollbook.shared.gateways import http
from rollbook.shared.gateways.examples import an_account, delivered, standing_in
from rollbook.shared.gateways.jobs import (
    gateway_reconcile,
    gateway_reconcile_daily,
    gateway_reconcile_one,
    reconcile_refunds,
    send_refunds,
)
from rollbook.shared.gateways.models import GatewayAccount, GatewayRefund, GatewaySession
from rollbook.shared.messaging.models import Notice
from rollbook.shared.webhooks.jobs import handle_events
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.errors import NotPaidOnline
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.services.corrections import request_refund
from rollbook.systems.college.fees.tests.browsing import a_browser, a_key, browser_of, text_of
from rollbook.systems.college.roles import CASHIER_SUPERVISOR, STUDENT

pytestmark = [pytest.mark.django_db]


class Scene:
    """A college that takes online payments through one provider's stand-in, and a student with a plan."""

    def __init__(self, organisation: Organisation, standin: Any, provider: str) -> None:
        self.organisation = organisation
        self.standin = standin
        self.told: list[bytes] = []
        standin.postman.deliver = lambda event_id, body: self.told.append(body)
        with tenant_scope(organisation.id):
            self.payer: Payer = a_payer("30000.00")
            self.account: GatewayAccount = an_account(provider)
            self.student: Actor = a_member(STUDENT, person_id=UUID(str(self.payer.student.person_id)))
            self.browser: Client = browser_of(self.student)

    def checkout(self, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        return self.browser.post(
            "/api/v1/college/me/checkout", json.dumps(body or {}), content_type="application/json",
            headers={"Idempotency-Key": key or a_key()},
        )  # fmt: skip

    def begun(self, amount: str = "5000.00") -> GatewaySession:
        assert self.checkout({"amount": amount}).status_code == 201
        with tenant_scope(self.organisation.id):
            session: GatewaySession = GatewaySession.objects.select_related("checkout").latest("created_at")
            return session

    def paid(self, amount: str = "5000.00") -> Payment:
        session = self.begun(amount)
        self.standin.pay(session.provider_session_id)
        self.deliver()
        with tenant_scope(self.organisation.id):
            payment: Payment = Payment.objects.get(id=session.checkout_id)
            return payment

    def deliver(self, times: int = 1) -> None:
        for body in [body for body in self.told for _ in range(times)]:
            assert delivered(self.account, body).status_code == 200
        self.told.clear()
        handle_events(organisation_id=self.organisation.id)

    def state(self) -> str:
        with tenant_scope(self.organisation.id):
            return str(Checkout.objects.latest("created_at").state)

    def months(self) -> list[str]:
        with tenant_scope(self.organisation.id):
            return self.payer.months()

    def refund(self) -> GatewayRefund:
        with tenant_scope(self.organisation.id):
            refund: GatewayRefund = GatewayRefund.objects.latest("created_at")
            return refund

    def give_back(self, payment: Payment, amount: str = "1000.00", **more: Any) -> GatewayRefund:
        with tenant_scope(self.organisation.id):
            asked = request_refund(
                self.payer.cashier, payment_id=payment.id, amount=Money.parse(amount, "PHP"),
                method=Payment.Method.ONLINE_GATEWAY, reason="The student left the college", **more,
            )  # fmt: skip
            decide(a_member(CASHIER_SUPERVISOR), asked.id, approve=True)
        return self.refund()


@pytest.fixture(params=["paymongo", "stripe"])
def scene(
    request: pytest.FixtureRequest, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    monkeypatch.setattr(http, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(http, "READ_SECONDS", 0.6)
    with standing_in() as running:
        yield Scene(organisation, running.by_name[request.param], request.param)


@pytest.mark.example("college", 11)
def test_the_whole_way_from_the_button_to_the_receipt(scene: Scene) -> None:
    answer = scene.checkout({"amount": "5000.00"})
    told = answer.json()
    assert (answer.status_code, told["state"], told["amount"]) == (201, "PENDING", "5000.00")
    assert told["redirect_url"].startswith("http://127.0.0.1:")
    session = scene.standin.world.resources[told["redirect_url"].rsplit("/", 1)[1]]

    scene.standin.pay(session["id"])
    back = scene.browser.get(reverse("fees:online_payment", args=[told["payment_id"]]))
    assert "On its way" in text_of(back)
    assert scene.state() == "PENDING"
    scene.deliver(times=3)
    again = scene.browser.get(reverse("fees:online_payment", args=[told["payment_id"]]))

    assert "recorded" in text_of(again)
    with tenant_scope(scene.organisation.id):
        payment = Payment.objects.get()
        assert str(payment.id) == told["payment_id"]
        assert prove_books().is_right
    assert scene.months()[0] == "5000.00"
    stands = scene.browser.get(f"/api/v1/college/me/checkout/{told['payment_id']}").json()
    assert (stands["state"], stands["redirect_url"]) == ("COMPLETED", None)


def test_the_same_key_is_the_same_checkout(scene: Scene) -> None:
    key = a_key()
    first, second = scene.checkout({"amount": "5000.00"}, key=key), scene.checkout({"amount": "5000.00"}, key=key)
    other = scene.checkout({"amount": "6000.00"}, key=key)

    assert first.json()["payment_id"] == second.json()["payment_id"]
    assert first.json()["redirect_url"] == second.json()["redirect_url"]
    assert second["Idempotent-Replay"] == "true"
    assert other.status_code == 422
    posts = [call for call in scene.standin.world.calls if call[0] == "POST"]
    assert len(posts) == 1


@pytest.mark.parametrize(("kind", "status"), [("error", 500), ("error", 400), ("silence", 0)])
def test_when_the_provider_is_down_nothing_is_taken_and_the_payment_waits(scene: Scene, kind: str, status: int) -> None:
    scene.standin.trouble("/checkout", kind, times=3, status=status, seconds=0.9)

    answer = scene.checkout({"amount": "5000.00"})

    assert (answer.status_code, answer.json()["code"]) == (502, "GATEWAY")
    assert scene.state() == "PENDING"
    with tenant_scope(scene.organisation.id):
        assert GatewaySession.objects.get().fault == ("REFUSED" if status == 400 else "UNKNOWN")
        assert not Payment.objects.exists()
    with clock.frozen_at(clock.now() + timedelta(hours=23)):
        gateway_reconcile(organisation_id=scene.organisation.id)
        assert scene.state() == "PENDING"
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        gateway_reconcile(organisation_id=scene.organisation.id)
    assert scene.state() == "EXPIRED"


def test_a_payment_whose_webhook_never_came_is_found_by_asking(scene: Scene) -> None:
    with clock.frozen_at(clock.now() - timedelta(minutes=20)):
        session = scene.begun()
    scene.standin.pay(session.provider_session_id)
    scene.told.clear()

    gateway_reconcile(organisation_id=scene.organisation.id)
    gateway_reconcile(organisation_id=scene.organisation.id)

    assert scene.state() == "COMPLETED"
    assert scene.months()[0] == "5000.00"


def test_what_is_on_its_way_for_less_than_a_quarter_of_an_hour_is_left_alone(scene: Scene) -> None:
    scene.begun()
    before = len(scene.standin.world.calls)

    gateway_reconcile(organisation_id=scene.organisation.id)

    assert len(scene.standin.world.calls) == before


def test_a_checkout_that_nobody_paid_is_closed_there_and_over_here(scene: Scene) -> None:
    session = scene.begun()
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        gateway_reconcile_daily(organisation_id=scene.organisation.id)

    assert scene.state() == "EXPIRED"
    kept = scene.standin.world.resources[session.provider_session_id]
    assert (kept.get("status") or kept["attributes"]["status"]) == "expired"


def test_a_provider_that_is_down_while_asked_changes_nothing(scene: Scene) -> None:
    session = scene.begun()
    scene.standin.pay(session.provider_session_id)
    scene.told.clear()
    scene.standin.trouble("/checkout", "error", times=3, status=503)
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        gateway_reconcile(organisation_id=scene.organisation.id)
        assert scene.state() == "PENDING"
        gateway_reconcile_one(organisation_id=scene.organisation.id, session_id=session.id)

    assert scene.state() == "COMPLETED"


def test_an_answer_that_does_not_fit_is_cried_out_and_not_recorded(scene: Scene) -> None:
    with tenant_scope(scene.organisation.id):
        supervisor = a_member(CASHIER_SUPERVISOR, person_id=UUID(str(scene.payer.student.person_id)))
    session = scene.begun()
    wrong = {"amount": 1} if scene.account.provider == "paymongo" else {"amount_total": 1}
    scene.standin.pay(session.provider_session_id, changed=wrong)
    scene.told.clear()

    gateway_reconcile_one(organisation_id=scene.organisation.id, session_id=session.id)

    assert scene.state() == "PENDING"
    with tenant_scope(scene.organisation.id):
        assert not Payment.objects.exists()
        assert Notice.objects.filter(recipient_id=supervisor.person_id, kind="SYSTEM").count() == 1


# --- refunds ---------------------------------------------------------------------------------------------------


def test_a_refund_goes_to_the_provider_after_two_people_decided(scene: Scene) -> None:
    payment = scene.paid()
    assert scene.give_back(payment).state == "WAITING"

    send_refunds(organisation_id=scene.organisation.id)
    send_refunds(organisation_id=scene.organisation.id)
    scene.deliver(times=2)

    refund = scene.refund()
    assert refund.state == "SUCCEEDED"
    assert len(scene.standin.world.of_kind("refund")) == 1
    with tenant_scope(scene.organisation.id):
        payment.refresh_from_db()
        assert (payment.state, payment.returned_minor) == ("PARTIALLY_REFUNDED", 1_000_00)
        assert set(WebhookEvent.objects.values_list("state", flat=True)) <= {"PROCESSED", "IGNORED"}
        assert prove_books().is_right
    assert scene.months()[0] == "4000.00"


def test_the_event_of_our_refund_may_be_faster_than_the_answer(scene: Scene) -> None:
    payment = scene.paid()
    refund = scene.give_back(payment)
    scene.standin.trouble("/refunds", "lost", times=3, seconds=0.9)

    send_refunds(organisation_id=scene.organisation.id)
    assert scene.refund().state == "UNKNOWN"
    scene.deliver()

    assert scene.refund().state == "SUCCEEDED"
    assert scene.refund().id == refund.id
    with tenant_scope(scene.organisation.id):
        payment.refresh_from_db()
        assert payment.returned_minor == 1_000_00


def test_a_refund_whose_answer_was_lost_is_asked_about_and_not_sent_twice(scene: Scene) -> None:
    scene.give_back(scene.paid())
    scene.standin.trouble("/refunds", "lost", times=3, seconds=0.9)
    send_refunds(organisation_id=scene.organisation.id)
    scene.told.clear()
    assert scene.refund().state == "UNKNOWN"

    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        reconcile_refunds(organisation_id=scene.organisation.id)

    assert scene.refund().state == "SUCCEEDED"
    assert len(scene.standin.world.of_kind("refund")) == 1


def test_a_refund_that_never_arrived_is_sent_again_only_when_the_provider_does_not_know_it(scene: Scene) -> None:
    scene.give_back(scene.paid())
    # Stripe's client repeats with its key; PayMongo's may not.
    times = 3 if scene.account.provider == "stripe" else 1
    scene.standin.trouble("/refunds", "silence", times=times, seconds=0.9)
    send_refunds(organisation_id=scene.organisation.id)
    now = clock.now()

    with clock.frozen_at(now + timedelta(minutes=11)):
        reconcile_refunds(organisation_id=scene.organisation.id)
        assert scene.refund().state == "UNKNOWN"
    with clock.frozen_at(now + timedelta(minutes=31)):
        reconcile_refunds(organisation_id=scene.organisation.id)
        assert scene.refund().state == "WAITING"
        send_refunds(organisation_id=scene.organisation.id)

    assert scene.refund().state == "SUCCEEDED"
    assert len(scene.standin.world.of_kind("refund")) == 1


def test_a_refund_that_failed_on_its_way_is_cried_out_and_sent_again_by_a_person(scene: Scene) -> None:
    with tenant_scope(scene.organisation.id):
        supervisor = a_member(CASHIER_SUPERVISOR, person_id=UUID(str(scene.payer.student.person_id)))
        browser = browser_of(supervisor)
    scene.standin.refund_status = "pending"
    scene.give_back(scene.paid())
    send_refunds(organisation_id=scene.organisation.id)
    assert scene.refund().state == "PENDING"
    scene.standin.end_refund(scene.refund().provider_refund_id, "failed")
    scene.deliver()
    assert scene.refund().state == "FAILED"
    with tenant_scope(scene.organisation.id):
        assert Notice.objects.filter(recipient_id=supervisor.person_id, kind="SYSTEM").count() == 1

    page = text_of(browser.get(reverse("fees:reconciliation")))
    assert "Send again" in page
    browser.post(reverse("fees:send_refund_again", args=[scene.refund().id]))

    assert scene.refund().state == "WAITING"


def test_a_failed_refund_may_be_settled_another_way(scene: Scene) -> None:
    payment = scene.paid()
    scene.give_back(payment)
    scene.standin.trouble("/refunds", "error", status=400)
    send_refunds(organisation_id=scene.organisation.id)
    assert scene.refund().state == "FAILED"
    with tenant_scope(scene.organisation.id):
        browser = a_browser(CASHIER_SUPERVISOR)
    address = reverse("fees:end_refund", args=[scene.refund().id])

    refused = browser.post(address, {"reason": ""})
    done = browser.post(address, {"reason": "By bank transfer BPI-778"})
    again = browser.post(address, {"reason": "By bank transfer BPI-779"})

    assert (refused.status_code, done.status_code, again.status_code) == (422, 303, 422)
    assert scene.refund().state == "SETTLED"


def test_what_was_given_back_in_the_providers_pages_is_recorded_by_two_people_without_sending_it(scene: Scene) -> None:
    payment = scene.paid()
    made = scene.standin.refund_by_hand(payment.external_reference, 1_000_00)
    scene.deliver()
    with tenant_scope(scene.organisation.id):
        assert "PARKED" in set(WebhookEvent.objects.values_list("state", flat=True))

    refund = scene.give_back(payment, provider_refund_id=made["id"])
    send_refunds(organisation_id=scene.organisation.id)

    assert refund.state == "SUCCEEDED"
    assert len(scene.standin.world.of_kind("refund")) == 1
    with tenant_scope(scene.organisation.id):
        WebhookEvent.objects.filter(state="PARKED").update(next_at=clock.now())
    handle_events(organisation_id=scene.organisation.id)
    with tenant_scope(scene.organisation.id):
        assert "PARKED" not in set(WebhookEvent.objects.values_list("state", flat=True))
        payment.refresh_from_db()
        assert payment.returned_minor == 1_000_00


def test_a_whole_refund_in_the_providers_pages_takes_the_payment_back(scene: Scene) -> None:
    payment = scene.paid()
    scene.standin.refund_by_hand(payment.external_reference, 5_000_00)
    scene.deliver(times=2)

    with tenant_scope(scene.organisation.id):
        payment.refresh_from_db()
        assert payment.state == "REFUNDED"
        assert prove_books().is_right
    assert scene.months()[0] == "0.00"


def test_cash_cannot_go_back_through_a_provider(scene: Scene) -> None:
    with tenant_scope(scene.organisation.id):
        paid = scene.payer.pays("5000.00")
        with pytest.raises(NotPaidOnline):
            request_refund(
                scene.payer.cashier,
                payment_id=paid.taken.payment_id,
                amount=Money(100, "PHP"),
                method=Payment.Method.ONLINE_GATEWAY,
                reason="It was paid in cash",
            )


# --- pages -----------------------------------------------------------------------------------------------------


def test_the_student_goes_through_the_page(scene: Scene) -> None:
    address = reverse("fees:pay_online")
    page = text_of(scene.browser.get(address))
    assert "Test mode" in page
    assert "5,000.00" in page

    wrong = scene.browser.post(address, {"amount": "0.50", "idempotency_key": a_key()})
    sent = scene.browser.post(address, {"amount": "6,000.00", "idempotency_key": a_key()})

    assert wrong.status_code == 422
    assert sent.status_code == 303
    shown = text_of(scene.browser.get(sent["Location"]))
    assert "/pay/" in shown
    with tenant_scope(scene.organisation.id):
        assert Checkout.objects.get().amount_minor == 6_000_00


def test_the_page_says_when_the_provider_did_not_answer(scene: Scene) -> None:
    scene.standin.trouble("/checkout", "error", times=3, status=503)

    sent = scene.browser.post(reverse("fees:pay_online"), {"amount": "5,000.00", "idempotency_key": a_key()})

    assert "did not answer" in text_of(scene.browser.get(sent["Location"]))


def test_another_student_sees_nothing_of_it(scene: Scene) -> None:
    session = scene.begun()
    with tenant_scope(scene.organisation.id):
        other = a_payer("30000.00", number="260002")
        stranger = browser_of(a_member(STUDENT, person_id=UUID(str(other.student.person_id))))

    assert stranger.get(reverse("fees:online_payment", args=[session.checkout_id])).status_code == 404
    assert stranger.get(f"/api/v1/college/me/checkout/{session.checkout_id}").status_code == 404


def test_the_supervisor_sees_what_came_and_has_the_provider_asked(scene: Scene) -> None:
    payment = scene.paid()
    with tenant_scope(scene.organisation.id):
        browser, cashier = a_browser(CASHIER_SUPERVISOR), a_browser("cashier")
        session = GatewaySession.objects.get(checkout_id=payment.id)
    page = text_of(browser.get(reverse("fees:reconciliation")))
    one = text_of(browser.get(reverse("fees:online_session", args=[session.id])))
    asked = browser.post(reverse("fees:ask_provider", args=[session.id]))

    assert "5,000.00" in page
    assert session.provider_session_id in one
    assert asked.status_code == 303
    assert cashier.get(reverse("fees:reconciliation")).status_code == 403
