"""Who comes through the door, as whom, and with which rights."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from rollbook.core.errors import SignInNeeded
from rollbook.core.identity.door import actor_scope
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.identity.session_store import SessionStore
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation

pytestmark = pytest.mark.django_db


def a_request(store: SessionStore | None, **headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="203.0.113.7")
    request.session = SessionStore(store.session_key) if store else SessionStore()  # type: ignore[attr-defined]
    return request


def enter(store: SessionStore | None, **options: Any) -> Actor:
    with actor_scope(a_request(store), **options) as actor:
        return actor


def test_a_member_comes_in_with_the_permissions_of_all_their_roles(organisation: Organisation) -> None:
    a_role(organisation, "counter", ["x.pay", "x.print"], grants=["welfare"])
    a_role(organisation, "desk", ["x.print", "x.find"])
    member = a_member(organisation, "counter", "desk", name="Cruz, Ben")

    actor = enter(sign_in(Client(), member))

    assert (actor.user_id, actor.membership_id, actor.name) == (member.user_id, member.id, "Cruz, Ben")
    assert actor.organisation_id == organisation.id
    assert actor.roles == {"counter", "desk"}
    assert actor.permissions == {"x.pay", "x.print", "x.find"}
    assert actor.grants == {"welfare"}
    assert (actor.kind, actor.ip, actor.impersonator_id) == ("user", "203.0.113.7", None)


def test_one_statement_decides_who_comes_in(organisation: Organisation) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"))
    request = a_request(store)

    with CaptureQueriesContext(connection) as statements, actor_scope(request):
        pass

    sent = [statement["sql"] for statement in statements if "SAVEPOINT" not in statement["sql"]][
        :-1
    ]  # the scope closes
    assert len(sent) == 2
    assert sent[0].startswith("SET LOCAL app.organisation")
    assert "FROM identity_session s" in sent[1]


def test_nobody_comes_in_without_a_session() -> None:
    with pytest.raises(SignInNeeded):
        enter(None)
