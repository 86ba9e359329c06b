"""The same acts on pages: buttons and forms, with what was typed kept when they are refused."""

import re

import pytest
from django.test import Client

from rollbook.core.identity.examples import PASSWORD, a_member, a_second_factor, sign_in
from rollbook.core.identity.models import ApiToken, Membership, PasswordLink, Session
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
REASON = {"reason": "Left the school in June"}


@pytest.fixture
def administrator(client: Client, organisation: Organisation) -> Membership:
    member = a_member(organisation, "administrator", name="Santos, Maria", password=PASSWORD)
    sign_in(client, member)
    return member


def now(member: Membership) -> Membership:
    with tenant_scope(member.organisation_id):
        return Membership.objects.get(id=member.id)  # type: ignore[no-any-return]


def test_inviting_and_what_was_typed_when_it_is_refused(client: Client, administrator: Membership) -> None:
    made = client.post("/members/new/", {"display_name": "Cruz, Ben", "login_name": "E-1", "roles": ["auditor"]})
    refused = client.post("/members/new/", {"display_name": "Diaz, Eva", "login_name": "E-1"})

    assert re.fullmatch(r"/members/[0-9a-f-]{36}/", made["Location"])
    assert refused.status_code == 409
    assert "The number e-1 belongs to another member" in refused.content.decode()
    assert 'value="Diaz, Eva"' in refused.content.decode()


def test_details_and_roles(client: Client, administrator: Membership, organisation: Organisation) -> None:
    member = a_member(organisation, "auditor", login_name="e-1")

    assert client.post(f"/members/{member.id}/details/", {"name": "Cruz, Ben", "login_name": "E-2"}).status_code == 303
    changed = client.post(f"/members/{member.id}/roles/", {"roles": ["administrator"], "version": "2"})
    stale = client.post(f"/members/{member.id}/roles/", {"roles": [], "version": "2"})

    assert (changed.status_code, stale.status_code) == (303, 412)
    assert (now(member).name, now(member).login_name, now(member).roles) == ("Cruz, Ben", "e-2", ["administrator"])


def test_access_ends_and_comes_back(client: Client, administrator: Membership, organisation: Organisation) -> None:
    member = a_member(organisation)

    assert client.get(f"/members/{member.id}/end/").status_code == 303
    assert now(member).is_active
    assert client.post(f"/members/{member.id}/end/", {"reason": "x"}).status_code == 422
    assert client.post(f"/members/{member.id}/end/", REASON).status_code == 303
    assert not now(member).is_active
    assert client.post(f"/members/{member.id}/give-back/", REASON).status_code == 303
    assert now(member).is_active


def test_links_are_sent_or_shown(client: Client, administrator: Membership, organisation: Organisation) -> None:
    with_address = a_member(organisation)
    without = a_member(organisation, email=None, login_name="2031-1")

    assert client.post(f"/members/{with_address.id}/link/send/").status_code == 303
    assert client.post(f"/members/{with_address.id}/link/show/").status_code == 409
    assert client.post(f"/members/{without.id}/link/send/").status_code == 409
    shown = client.post(f"/members/{without.id}/link/show/").content.decode()

    found = re.search(r"https?://[^/]+(/o/[^<]+/)<", shown)
    assert found is not None
    assert Client().get(found.group(1), follow=True).status_code == 200
    with tenant_scope(organisation.id):
        assert PasswordLink.objects.count() == 2


def test_second_factors_are_removed(client: Client, administrator: Membership, organisation: Organisation) -> None:
    member = a_member(organisation)
    a_second_factor(member.user)

    assert b"Remove second factors" in client.get(f"/members/{member.id}/").content
    assert client.post(f"/members/{member.id}/second-factors/remove/", REASON).status_code == 303
    assert b"Remove second factors" not in client.get(f"/members/{member.id}/").content.split(b"<dialog")[0]


def test_ones_own_sessions_are_ended(client: Client, administrator: Membership) -> None:
    for _ in range(3):
        sign_in(Client(), administrator)
    other = Session.objects.order_by("-started_at").first()
    assert other is not None

    assert client.post(f"/account/sessions/{other.id}/end/").status_code == 303
    assert Session.objects.count() == 3
    assert client.post("/account/sessions/others/end/").status_code == 303
    assert Session.objects.count() == 1
    assert client.get("/account/sessions/").status_code == 200


def test_a_token_is_made_shown_once_and_revoked(client: Client, administrator: Membership) -> None:
    body = {"name": "Report", "scopes": ["core.identity.view_members"], "lasts_days": "30"}
    made = client.post("/account/tokens/new/", body).content.decode()
    assert re.search(r"rollbook_[0-9a-f]{32}_[0-9a-f]{64}", made)
    assert made.count("rollbook_") < 3

    listed = client.get("/account/tokens/").content.decode()
    assert "Report" in listed
    assert not re.search(r"rollbook_[0-9a-f]{32}_", listed)
    with tenant_scope(administrator.organisation_id):
        token = ApiToken.objects.get()
    assert client.post(f"/account/tokens/{token.id}/revoke/").status_code == 303
    assert "Revoked" in client.get("/account/tokens/").content.decode()


def test_nothing_more_than_one_holds_can_be_put_into_a_token(client: Client, administrator: Membership) -> None:
    body = {"name": "Report", "scopes": ["college.everything"], "lasts_days": "30"}

    assert client.post("/account/tokens/new/", body).status_code == 422
    with tenant_scope(administrator.organisation_id):
        assert not ApiToken.objects.exists()


@pytest.mark.isolation
def test_pages_of_another_organisations_member_do_not_exist(
    client: Client, administrator: Membership, other_organisation: Organisation
) -> None:
    stranger = a_member(other_organisation, "auditor", email=None, login_name="1")

    for page in ("", "details/", "roles/", "act-as/"):
        assert client.get(f"/members/{stranger.id}/{page}").status_code == 404, page
    for act in ("end/", "give-back/", "link/send/", "link/show/", "second-factors/remove/"):
        assert client.post(f"/members/{stranger.id}/{act}", REASON).status_code == 404, act
    assert now(stranger).is_active


@pytest.mark.isolation
def test_a_member_without_rights_sees_only_their_own(client: Client, organisation: Organisation) -> None:
    member, other = a_member(organisation, password=PASSWORD), a_member(organisation)
    sign_in(client, member)

    for page in (
        "/members/",
        "/members/new/",
        f"/members/{other.id}/",
        "/members/acting/",
        "/roles/",
        "/account/tokens/all/",
    ):
        assert client.get(page).status_code == 403, page
    for page in ("/account/sessions/", "/account/tokens/", "/account/security/", "/account/password/"):
        assert client.get(page).status_code == 200, page
