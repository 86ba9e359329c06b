"""The pages of identity: each opens, and refuses who may not."""

import pytest
from django.test import Client

from rollbook.core.identity.examples import PASSWORD, a_member, sign_in
from rollbook.core.tenancy.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/login/", "/institution/", "/password/", "/o/{slug}/login/", "/o/{slug}/password/"]
)
def test_the_gate_opens_for_everybody(client: Client, organisation: Organisation, address: str) -> None:
    response = client.get(address.format(slug=organisation.slug))

    assert response.status_code in (200, 410)
    assert b"Rollbook" in response.content or organisation.name.encode() in response.content


@pytest.mark.parametrize(
    "address",
    [
        "/account/sessions/", "/account/tokens/", "/account/tokens/all/", "/account/tokens/new/", "/account/password/",
        "/account/organisation/",
        "/account/organisation/menu/", "/account/security/", "/account/security/app/", "/account/security/passkeys/",
        "/account/security/passkeys/new/", "/account/confirm/", "/members/", "/members/new/", "/members/acting/",
        "/members/{id}/", "/members/{id}/details/", "/members/{id}/roles/", "/members/{id}/act-as/",
        "/roles/", "/roles/new/", "/roles/administrator/", "/roles/administrator/change/",
        "/api/docs/", "/api/redoc/", "/api/openapi.json",
    ],
)  # fmt: skip
def test_every_page_opens_for_an_administrator(client: Client, organisation: Organisation, address: str) -> None:
    somebody = a_member(organisation, "auditor", name="Cruz, Ben")
    sign_in(client, a_member(organisation, "administrator", password=PASSWORD))

    response = client.get(address.format(id=somebody.id))

    assert response.status_code == 200, response.content[:500]
