"""In the demonstration a student pays end to end: the account that is loaded fits the stand-in that is started."""

import json
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Payment
from rollbook.shared.gateways.standins.server import running
from rollbook.shared.webhooks.jobs import handle_events
from rollbook.site.configuration import Configuration
from rollbook.site.demo.online import open_account
from rollbook.site.runtime import standins, supervisor
from rollbook.systems.college.examples import a_member
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.tests.browsing import a_key, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def addresses_are_known() -> None:
    """Reading every address of the house for the first time takes longer than a transaction may stand idle."""
    reverse("fees:pay_online")


def test_a_student_of_the_demonstration_pays_on_the_stand_ins_page(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        payer = a_payer("30000.00")
        student = browser_of(a_member("student", person_id=UUID(str(payer.student.person_id))))
    account = open_account(Actor.system(organisation.id, job="demonstration"))
    with running() as stand_ins:
        paymongo = stand_ins.by_name["paymongo"]
        with tenant_scope(organisation.id):
            standins._open(paymongo, account, "http://127.0.0.1:9")
        told: list[bytes] = []
        paymongo.postman.deliver = lambda event_id, body: told.append(body)
        with override_settings(GATEWAY_URLS={**settings.GATEWAY_URLS, "paymongo": f"{stand_ins.address}/paymongo/v1"}):
            begun = student.post(
                "/api/v1/college/me/checkout", "{}", content_type="application/json",
                headers={"Idempotency-Key": a_key()},
            ).json()  # fmt: skip
        page = httpx.get(begun["redirect_url"])
        paid = httpx.post(begun["redirect_url"], data={"do": "pay"})
        endpoint = paymongo.world.endpoints[0]
        for body in told:
            name, value = paymongo.postman.sign(body, endpoint.secret, _now())
            answer = Client().post(
                urlsplit(endpoint.url).path, body, content_type="application/json", headers={name: value}
            )
            assert answer.status_code == 200
    handle_events(organisation_id=organisation.id)

    assert "5,000.00" in page.text
    assert "No real money" in page.text
    assert paid.status_code == 303
    assert paid.headers["Location"].endswith(f"/my/payments/online/{begun['payment_id']}/")
    with tenant_scope(organisation.id):
        assert str(Payment.objects.get().id) == begun["payment_id"]
        assert payer.months()[0] == "5000.00"
    assert json.loads(told[0])["data"]["attributes"]["livemode"] is False


def _now() -> int:
    import time

    return int(time.time())


def test_stand_ins_never_run_in_production() -> None:
    def parts(**changed: object) -> list[str]:
        return supervisor.parts_of(Configuration(**changed))  # type: ignore[arg-type]

    assert parts() == ["web", "worker"]
    assert parts(standins_port=23_050) == ["web", "worker", "standins"]
    assert parts(standins_port=23_050, env="production") == ["web", "worker"]
