"""Identity over JSON: a happy path and a refusal for each endpoint; the cases are below, in the services' tests."""

import json
from typing import Any

import pytest
from django.test import Client

from rollbook.core.identity.examples import PASSWORD, a_member, an_administrator, sign_in
from rollbook.core.identity.models import LoginEvent, Membership, Session
from rollbook.core.identity.services import standing_in
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
BASE = "/api/v1/identity"


@pytest.fixture
def administrator(client: Client, organisation: Organisation) -> Membership:
    member = a_member(organisation, "administrator", name="Santos, Maria", password=PASSWORD)
    sign_in(client, member)
    return member


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = json.dumps(body) if body is not None else ""
    return client.generic(method, f"{BASE}{path}", data, content_type="application/json", headers=headers)


def test_me(client: Client, administrator: Membership) -> None:
    answer = client.get(f"{BASE}/me").json()

    assert answer["membership_id"] == str(administrator.id)
    assert answer["roles"] == ["administrator"]
    assert "core.identity.manage_members" in answer["permissions"]


def test_nobody_gets_a_problem_that_says_what_to_do(client: Client) -> None:
    response = client.get(f"{BASE}/me")

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "Please sign in first."


def test_a_session_needs_its_csrf_token_over_the_api_too(administrator: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, administrator)

    response = send(strict, "POST", "/members", {"display_name": "Ida", "login_name": "1", "roles": []})

    assert response.status_code == 403
    with tenant_scope(administrator.organisation_id):
        assert not Membership.objects.filter(login_name="1").exists()


class TestSessions:
    def test_one_sees_and_ends_ones_own(self, client: Client, administrator: Membership) -> None:
        sign_in(Client(), administrator)
        listed = client.get(f"{BASE}/sessions").json()
        other = next(session for session in listed if not session["is_present"])

        assert len(listed) == 2
        assert send(client, "DELETE", f"/sessions/{other['id']}").status_code == 204
        assert [session["is_present"] for session in client.get(f"{BASE}/sessions").json()] == [True]
        events = client.get(f"{BASE}/login-events").json()
        assert [event["kind"] for event in events] == ["session_ended"]

    def test_somebody_elses_does_not_exist(
        self, client: Client, administrator: Membership, organisation: Organisation
    ) -> None:
        colleague = a_member(organisation, "administrator")
        sign_in(Client(), colleague)
        theirs = Session.objects.get(user_id=colleague.user_id)

        assert send(client, "DELETE", f"/sessions/{theirs.id}").status_code == 404
        assert Session.objects.filter(id=theirs.id).exists()

    def test_the_password_changes_and_this_session_goes_on(self, client: Client, administrator: Membership) -> None:
        assert send(client, "POST", "/password", {"password": "Another-1896-flower"}).status_code == 204
        assert client.get(f"{BASE}/me").status_code == 200
        weak = send(client, "POST", "/password", {"password": "weak"})
        assert (weak.status_code, weak.json()["errors"][0]["field"]) == (422, "password")


class TestTokens:
    def test_issue_list_use_revoke(self, client: Client, administrator: Membership) -> None:
        body = {"name": "Report", "scopes": ["core.identity.view_members"], "lasts_days": 30}
        made = send(client, "POST", "/tokens", body)
        assert made.status_code == 201
        secret = made.json()["secret"]

        machine = Client()
        bearer = {"Authorization": f"Bearer {secret}"}
        assert machine.get(f"{BASE}/members", headers=bearer).status_code == 200
        assert machine.get(f"{BASE}/roles", headers=bearer).status_code == 403
        listed = client.get(f"{BASE}/tokens").json()["items"]
        assert [(token["name"], token["ending"]) for token in listed] == [("Report", secret[-4:])]
        assert "secret" not in listed[0]
        assert len(client.get(f"{BASE}/tokens/all").json()["items"]) == 1

        assert send(client, "DELETE", f"/tokens/{made.json()['id']}").status_code == 204
        refused = machine.get(f"{BASE}/members", headers=bearer)
        assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_REFUSED")

    def test_a_token_makes_no_tokens(self, client: Client, administrator: Membership) -> None:
        scopes = ["core.identity.issue_tokens"]
        secret = send(client, "POST", "/tokens", {"name": "A", "scopes": scopes}).json()["secret"]

        refused = send(Client(), "POST", "/tokens", {"name": "B", "scopes": scopes}, Authorization=f"Bearer {secret}")

        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_BY_TOKEN")


class TestMembers:
    def test_from_invitation_to_the_end_of_access(self, client: Client, administrator: Membership) -> None:
        body = {"display_name": "Cruz, Ben", "email": "ben@example.edu", "roles": ["auditor"]}
        made = send(client, "POST", "/members", body)
        assert (made.status_code, made["ETag"]) == (201, '"1"')
        path = f"/members/{made.json()['id']}"

        change = {"name": "Cruz, Benjamin", "login_name": "E-1"}
        assert send(client, "PATCH", path, change).json()["name"] == "Cruz, Benjamin"
        roles = {"roles": ["administrator"]}
        assert send(client, "PUT", f"{path}/roles", roles).status_code == 428
        assert send(client, "PUT", f"{path}/roles", roles, **{"If-Match": '"1"'}).status_code == 412
        changed = send(client, "PUT", f"{path}/roles", roles, **{"If-Match": '"2"'})
        assert (changed.json()["roles"], changed["ETag"]) == (["administrator"], '"3"')
        assert send(client, "POST", f"{path}/link").status_code == 202
        reason = {"reason": "Left the school in June"}
        assert send(client, "POST", f"{path}/deactivate", reason).json()["is_active"] is False
        assert send(client, "POST", f"{path}/reactivate", reason).json()["is_active"] is True
        assert client.get(f"{BASE}{path}").json()["email"] == "ben@example.edu"

    def test_the_list_is_read_page_by_page(
        self, client: Client, administrator: Membership, organisation: Organisation
    ) -> None:
        for name in ("Cruz", "Abad", "Bello"):
            a_member(organisation, name=name)

        first = client.get(f"{BASE}/members?limit=3").json()
        second = client.get(f"{BASE}/members", {"limit": 3, "cursor": first["next_cursor"]}).json()

        assert [item["name"] for item in first["items"]] == ["Abad", "Bello", "Cruz"]
        assert [item["name"] for item in second["items"]] == ["Santos, Maria"]
        assert second["next_cursor"] is None

    @pytest.mark.isolation
    def test_another_organisations_member_does_not_exist(
        self, client: Client, administrator: Membership, other_organisation: Organisation
    ) -> None:
        stranger = a_member(other_organisation, "auditor")
        reason = {"reason": "Not one of ours at all"}

        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"name": "X", "login_name": "1"}),
            ("PUT", "/roles", {"roles": []}),
            ("POST", "/deactivate", reason),
            ("POST", "/link", None),
        ):
            answer = send(client, method, f"/members/{stranger.id}{path}", body, **{"If-Match": "*"})
            assert (method, path, answer.status_code) == (method, path, 404)

    def test_an_unknown_field_is_refused(self, client: Client, administrator: Membership) -> None:
        body = {"display_name": "Ida", "login_name": "1", "roles": [], "is_admin": True}

        assert send(client, "POST", "/members", body).status_code == 422


class TestRoles:
    def test_make_read_change(self, client: Client, administrator: Membership) -> None:
        body = {"key": "night_desk", "label": "Night desk", "permissions": ["core.identity.view_members"]}
        assert send(client, "POST", "/roles", body).status_code == 201
        twice = send(client, "POST", "/roles", body)
        assert (twice.status_code, twice.json()["code"]) == (409, "ROLE_EXISTS")
        change = {"label": "Night", "permissions": [], "needs_second_factor": True, "is_staff": True}
        changed = send(client, "PUT", "/roles/night_desk", change, **{"If-Match": '"1"'})
        assert (changed.json()["label"], changed["ETag"]) == ("Night", '"2"')
        assert client.get(f"{BASE}/roles/night_desk").json()["permissions"] == []
        assert "night_desk" in [role["key"] for role in client.get(f"{BASE}/roles").json()]
        assert client.get(f"{BASE}/roles/nothing").status_code == 404

    @pytest.mark.isolation
    def test_roles_of_another_organisation_stay_theirs(
        self, client: Client, administrator: Membership, other_organisation: Organisation
    ) -> None:
        with tenant_scope(other_organisation.id):
            RoleBundle.objects.create(key="secret_role", label="Secret")

        assert client.get(f"{BASE}/roles/secret_role").status_code == 404


class TestStandIns:
    def test_the_record_is_read_and_support_is_ended(
        self, client: Client, administrator: Membership, organisation: Organisation
    ) -> None:
        from rollbook.core.identity.models import User

        staff = User.objects.create(email="help@rollbook.example", display_name="Lim, Joy", is_platform_staff=True)
        access = standing_in.begin_support_access(
            user=staff,
            organisation_id=organisation.id,
            reason="Ticket 4711: receipts do not print",
            minutes=30,
            ip="",
            user_agent="",
        )

        listed = client.get(f"{BASE}/support-accesses").json()["items"]
        assert [(item["user_name"], item["ended_at"]) for item in listed] == [("Lim, Joy", None)]
        assert send(client, "POST", f"/support-accesses/{access.id}/end").status_code == 204
        assert client.get(f"{BASE}/support-accesses").json()["items"][0]["ended_at"] is not None
        assert client.get(f"{BASE}/impersonations").json()["items"] == []


@pytest.mark.isolation
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/members"), ("POST", "/members"), ("GET", "/roles"), ("POST", "/roles"), ("GET", "/impersonations"),
        ("GET", "/support-accesses"), ("GET", "/tokens/all"), ("POST", "/tokens"),
    ],
)  # fmt: skip
def test_a_lower_role_is_refused_and_it_goes_on_the_record(
    client: Client, organisation: Organisation, method: str, path: str
) -> None:
    from rollbook.core.audit.models import AuditEntry

    sign_in(client, a_member(organisation))
    bodies = {
        "/members": {"display_name": "Ida", "login_name": "1", "roles": []},
        "/roles": {"key": "x", "label": "X", "permissions": []},
        "/tokens": {"name": "X", "scopes": ["x"]},
    }

    response = send(client, method, path, bodies.get(path) if method == "POST" else None)

    assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.count() == 1


def test_an_event_at_the_door_cannot_be_changed_or_removed(administrator: Membership) -> None:
    from django.db import DatabaseError, transaction

    record_login_event(LoginEvent.Kind.SIGNED_IN, user_id=administrator.user_id, ip="", user_agent="")

    for act in (lambda: LoginEvent.objects.update(ip="192.0.2.1"), lambda: LoginEvent.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert LoginEvent.objects.count() == 1


def test_standing_in_for_somebody_shows_none_of_their_sessions(
    client: Client, administrator: Membership, organisation: Organisation
) -> None:
    member = a_member(organisation, "auditor")
    sign_in(Client(), member)
    with tenant_scope(organisation.id):
        impersonation = standing_in.begin_impersonation(
            actor=an_administrator(organisation, membership_id=administrator.id, user_id=administrator.user_id),
            membership_id=member.id,
            reason="She called and cannot find it",
        )
    sign_in(client, administrator, impersonation_id=str(impersonation.id))

    assert client.get(f"{BASE}/me").json()["user_id"] == str(member.user_id)
    assert client.get(f"{BASE}/sessions").json() == []
    assert client.get(f"{BASE}/login-events").json() == []
    refused = send(client, "POST", "/password", {"password": "Another-1896-flower"})
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_WHILE_STANDING_IN")
