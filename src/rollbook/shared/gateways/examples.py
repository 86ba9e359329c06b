"""Provider accounts and deliveries for tests. What matters to a test is said in the test."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.test import Client
from django.test.utils import override_settings

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.sealing import seal
from rollbook.shared.gateways.standins import paymongo, stripe
from rollbook.shared.gateways.standins.server import Running, running
from rollbook.shared.webhooks.rules import new_endpoint_key

SECRET_KEY = "sk_test_abcdefgh12345678"  # noqa: S105 - a stand-in's
WEBHOOK_SECRET = "whsk_test_secret"  # noqa: S105 - a stand-in's


def an_account(provider: str = "paymongo", *, is_live: bool = False, secret: str = WEBHOOK_SECRET) -> GatewayAccount:
    """An account that two people have opened."""
    organisation_id = require_organisation_id()
    account: GatewayAccount = GatewayAccount.objects.create(
        provider=provider, label="College", is_live=is_live, state=GatewayAccount.State.ACTIVE,
        endpoint_key=new_endpoint_key(organisation_id, f"{provider}-aaaaaaaaaaaaaaaa"),
    )  # fmt: skip
    key = SECRET_KEY.replace("test", "live") if is_live else SECRET_KEY
    for kind, value in ((GatewaySecret.Kind.SECRET_KEY, key), (GatewaySecret.Kind.WEBHOOK_SECRET, secret)):
        GatewaySecret.objects.create(
            account=account, kind=kind, sealed=seal(value), ending=value[-4:], state=GatewaySecret.State.ACTIVE
        )
    return account


def an_actor_at_work() -> Actor:
    """The system, at work on the providers."""
    return Actor.system(require_organisation_id(), job="test")


def delivered(
    account: GatewayAccount, body: bytes, *, secret: str = WEBHOOK_SECRET, moment: int | None = None,
    header: str | None = None,
) -> Any:  # fmt: skip
    """A delivery as the provider makes it, through the address that it has."""
    sign = {"paymongo": paymongo.sign, "stripe": stripe.sign}[account.provider]
    name, value = sign(body, secret, int(time.time()) if moment is None else moment)
    if account.is_live and account.provider == "paymongo":
        value = value.replace("te=", "li_=").replace("li=", "te=").replace("li_=", "li=")
    headers: Mapping[str, str] = {name: value if header is None else header}
    address = f"/api/v1/webhooks/{account.provider}/{account.endpoint_key}"
    return Client().post(address, data=body, content_type="application/json", headers=headers)


@contextmanager
def standing_in() -> Iterator[Running]:
    """The providers' stand-ins at work, with the key that `an_account` has, and our settings pointed at them."""
    with running() as stand_ins:
        for standin in stand_ins.by_name.values():
            standin.world.secret_keys.add(SECRET_KEY)
        urls = {name: stand_ins.address + standin.prefix for name, standin in stand_ins.by_name.items()}
        with override_settings(GATEWAY_URLS=urls):
            yield stand_ins
