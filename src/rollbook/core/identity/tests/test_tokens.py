"""API tokens: less than their owner, for a while, and only their digest is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity import errors, keys
from rollbook.core.identity.door import actor_scope
from rollbook.core.identity.examples import a_member, a_role, an_actor, an_administrator
from rollbook.core.identity.models import ApiToken, Membership, TokenUse
from rollbook.core.identity.permissions import ISSUE_TOKENS
from rollbook.core.identity.services.tokens import issue_token, revoke_token
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
A_MONTH = timedelta(days=30)


@pytest.fixture
def owner(organisation: Organisation) -> Membership:
    a_role(organisation, "integrator", [ISSUE_TOKENS, "x.read", "x.write"], grants=["welfare"])
    return a_member(organisation, "integrator")


def a_token(owner: Membership, scopes: tuple[str, ...] = ("x.read",)) -> tuple[ApiToken, str]:
    with tenant_scope(owner.organisation_id):
        return issue_token(actor=an_actor(owner), name="Bank export", scopes=scopes, lasts=A_MONTH)


def enter(secret: str, **options: Any) -> Actor:
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"}, REMOTE_ADDR="203.0.113.9")
    with actor_scope(request, **{"bearer": True, **options}) as actor:
        return actor


def test_a_token_acts_for_its_owner_with_the_scopes_it_was_given(owner: Membership) -> None:
    token, secret = a_token(owner)

    actor = enter(secret)

    assert (actor.kind, actor.token_id, actor.membership_id) == ("token", token.id, owner.id)
    assert actor.permissions == {"x.read"}
    assert actor.grants == frozenset()


def test_one_statement_recognises_a_token(owner: Membership) -> None:
    _, secret = a_token(owner)
    enter(secret)

    with CaptureQueriesContext(connection) as statements:
        enter(secret)

    sent = [statement["sql"] for statement in statements if "SAVEPOINT" not in statement["sql"]][:-1]
    assert len(sent) == 2
    assert "FROM identity_apitoken t" in sent[1]


def test_what_the_owner_loses_the_token_loses(owner: Membership) -> None:
    _, secret = a_token(owner, ("x.read", "x.write"))
    with tenant_scope(owner.organisation_id):
        RoleBundle.objects.filter(key="integrator").update(permissions=["x.read"])

    assert enter(secret).permissions == {"x.read"}


def test_only_the_digest_is_kept_and_the_use_is_noted(owner: Membership) -> None:
    token, secret = a_token(owner)
    enter(secret)

    with tenant_scope(owner.organisation_id):
        assert ApiToken.objects.get().digest == keys.digest_of(secret)
        assert secret.endswith(ApiToken.objects.get().ending)
        use = TokenUse.objects.get(token=token)
    assert use.last_used_ip == "203.0.113.9"
    assert use.last_used_at is not None


def test_the_use_is_noted_at_most_once_a_minute(
    owner: Membership, frozen_clock: Callable[[datetime | str], None]
) -> None:
    _, secret = a_token(owner)
    begun = clock.now()

    def noted_after(seconds: int) -> datetime | None:
        frozen_clock(begun + timedelta(seconds=seconds))
        enter(secret)
        with tenant_scope(owner.organisation_id):
            moment: datetime | None = TokenUse.objects.get().last_used_at
            return moment

    assert noted_after(0) == begun
    assert noted_after(60) == begun
    assert noted_after(61) == begun + timedelta(seconds=61)


def test_an_expired_token_is_refused(owner: Membership, frozen_clock: Callable[[datetime | str], None]) -> None:
    _, secret = a_token(owner)

    frozen_clock(clock.now() + A_MONTH)
    with pytest.raises(errors.TokenRefused):
        enter(secret)


def test_a_revoked_token_is_refused_and_twice_is_once(owner: Membership) -> None:
    token, secret = a_token(owner)
    with tenant_scope(owner.organisation_id):
        for _ in range(2):
            revoke_token(actor=an_actor(owner), token_id=token.id)
        assert AuditEntry.objects.filter(action="identity.token_revoked").count() == 1

    with pytest.raises(errors.TokenRefused):
        enter(secret)


@pytest.mark.parametrize("bad", ["", "nonsense", "rollbook_" + "0" * 32 + "_" + "0" * 64])
def test_an_invented_token_is_refused(owner: Membership, bad: str) -> None:
    a_token(owner)

    with pytest.raises(errors.TokenRefused):
        enter(bad)


def test_a_token_moved_to_another_organisation_is_refused(owner: Membership, other_organisation: Organisation) -> None:
    _, secret = a_token(owner)
    moved = secret.replace(owner.organisation_id.hex, other_organisation.id.hex)

    with pytest.raises(errors.TokenRefused):
        enter(moved)


def test_pages_take_no_tokens(owner: Membership, client: Client) -> None:
    _, secret = a_token(owner)

    response = client.get("/account/sessions/", headers={"Authorization": f"Bearer {secret}"})

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_a_token_needs_no_csrf_token(owner: Membership) -> None:
    _, secret = a_token(owner)

    response = Client(enforce_csrf_checks=True).get(
        "/api/v1/identity/me", headers={"Authorization": f"Bearer {secret}"}
    )

    assert response.status_code == 200
    assert response.json()["kind"] == "token"


class TestIssuing:
    def test_nobody_gives_a_token_more_than_they_hold(self, owner: Membership) -> None:
        with pytest.raises(errors.ScopeNotYours):
            a_token(owner, ("x.read", "x.everything"))
        with tenant_scope(owner.organisation_id):
            assert not ApiToken.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [({"proved_at": None}, errors.ProofNeeded), ({"kind": "token"}, errors.NotByToken)],
    )
    def test_it_takes_a_person_who_has_just_proved_who_they_are(
        self, owner: Membership, changes: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with tenant_scope(owner.organisation_id), pytest.raises(refusal):
            issue_token(actor=an_actor(owner, **changes), name="X", scopes=["x.read"], lasts=A_MONTH)

    @pytest.mark.parametrize(
        ("name", "scopes", "lasts", "field"),
        [
            (" ", ["x.read"], A_MONTH, "name"),
            ("X", [], A_MONTH, "scopes"),
            ("X", ["x.read"], timedelta(0), "lasts_days"),
            ("X", ["x.read"], timedelta(days=367), "lasts_days"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, owner: Membership, name: str, scopes: list[str], lasts: timedelta, field: str
    ) -> None:
        with tenant_scope(owner.organisation_id), pytest.raises(Invalid) as refusal:
            issue_token(actor=an_actor(owner), name=name, scopes=scopes, lasts=lasts)
        assert [error["field"] for error in refusal.value.errors] == [field]

    def test_a_stranger_may_not(self, organisation: Organisation) -> None:
        with tenant_scope(organisation.id), pytest.raises(Forbidden):
            issue_token(actor=an_actor(a_member(organisation)), name="X", scopes=["x"], lasts=A_MONTH)


class TestRevoking:
    def test_somebody_elses_token_does_not_exist_for_a_member(
        self, owner: Membership, organisation: Organisation
    ) -> None:
        token, secret = a_token(owner)
        with tenant_scope(organisation.id), pytest.raises(NotFound):
            revoke_token(actor=an_actor(a_member(organisation)), token_id=token.id)

        assert enter(secret).membership_id == owner.id

    def test_an_administrator_revokes_anybodys(self, owner: Membership, organisation: Organisation) -> None:
        token, _ = a_token(owner)
        administrator = an_administrator(organisation)
        with tenant_scope(organisation.id):
            revoked = revoke_token(actor=administrator, token_id=token.id)

        assert revoked.revoked_by_id == administrator.user_id

    def test_a_token_of_another_organisation_does_not_exist(
        self, owner: Membership, other_organisation: Organisation
    ) -> None:
        token, secret = a_token(owner)
        with tenant_scope(other_organisation.id), pytest.raises(NotFound):
            revoke_token(actor=an_administrator(other_organisation), token_id=token.id)

        assert enter(secret).membership_id == owner.id
