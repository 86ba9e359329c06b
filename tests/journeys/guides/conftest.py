"""Guides are run in a college of their own, whose payment provider is a stand-in on this machine."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.gateways.services.accounts import access_to, webhook_secrets_of
from rollbook.shared.gateways.standins.server import Running, running
from rollbook.site.demo.online import open_account
from rollbook.site.testing.live import live_server
from tests.journeys import support
from tests.journeys.college.conftest import college, come_in
from tests.journeys.college.world import College
from tests.journeys.guides.studies import begin_studies

__all__ = ["college", "come_in"]


@pytest.fixture(scope="session")
def providers() -> Iterator[Running]:
    """The payment providers' stand-ins, where the application looks for the providers."""
    with running() as stand_ins, pytest.MonkeyPatch.context() as patch:
        address = f"{stand_ins.address}/paymongo/v1"
        # The web server is a process of its own; background work is done in this one.
        patch.setenv("ROLLBOOK_PAYMONGO_URL", address)
        with override_settings(GATEWAY_URLS={**settings.GATEWAY_URLS, "paymongo": address}):
            yield stand_ins


@pytest.fixture(scope="session")
def site(college: College, providers: Running) -> Iterator[support.Site]:
    """The college, served by the product's own web server."""
    with live_server() as address:
        yield support.Site(address)


@pytest.fixture(scope="session")
def studying(college: College) -> College:
    """The college with classes, grades and an account at a payment provider."""
    begin_studies(college)
    return college


@pytest.fixture(scope="session")
def paying_online(college: College, providers: Running, site: support.Site) -> None:
    """The college's account at the provider, whose events come back to the site."""
    account = open_account(Actor.system(college.organisation_id, job="guides"))
    paymongo = providers.by_name["paymongo"]
    with tenant_scope(college.organisation_id):
        paymongo.world.secret_keys.add(access_to(account).secret_key)
        secret = webhook_secrets_of(account)[0]
    paymongo.listen(site.url(f"/api/v1/webhooks/paymongo/{account.endpoint_key}"), secret)
