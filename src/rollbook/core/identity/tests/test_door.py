"""Who comes through the door, as whom, and with which rights."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock
from rollbook.core.errors import SignInNeeded
from rollbook.core.identity import errors, keys
from rollbook.core.identity.door import actor_scope
from rollbook.core.identity.examples import a_member, a_role, a_second_factor, sign_in
from rollbook.core.identity.models import Session, User
from rollbook.core.identity.session_store import SessionStore
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def a_request(key: str | None = None, **headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="203.0.113.7")
    request.session = SessionStore(key)  # type: ignore[assignment]
    return request


def enter(store: SessionStore | None, **options: Any) -> Actor:
    with actor_scope(a_request(store.session_key if store else None), **options) as actor:
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
    assert actor.proved_at is not None


def test_one_statement_decides_who_comes_in(organisation: Organisation) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"))
    request = a_request(store.session_key)

    with CaptureQueriesContext(connection) as statements, actor_scope(request):
        pass

    # The last one closes the scope, because the test itself is a transaction.
    sent = [statement["sql"] for statement in statements if "SAVEPOINT" not in statement["sql"]][:-1]
    assert len(sent) == 2
    assert sent[0].startswith("SET LOCAL app.organisation")
    assert "FROM identity_session s" in sent[1]


def test_nobody_comes_in_without_a_session() -> None:
    with pytest.raises(SignInNeeded):
        enter(None)


def test_an_invented_session_key_opens_nothing(organisation: Organisation) -> None:
    a_member(organisation, "administrator")

    with pytest.raises(errors.SessionOver), actor_scope(a_request(keys.new_session_key(organisation.id))):
        pytest.fail("nobody may come in")


def test_a_session_key_that_names_another_organisation_opens_neither(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"))
    secret = (store.session_key or "").partition(".")[0]

    with pytest.raises(errors.SessionOver), actor_scope(a_request(f"{secret}.{other_organisation.id.hex}")):
        pytest.fail("nobody may come in")


def test_a_session_of_one_organisation_sees_no_rights_of_another(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    a_role(organisation, "counter", ["x.pay"])
    a_role(other_organisation, "counter", ["x.everything"])
    member = a_member(organisation, "counter")
    a_member(other_organisation, "counter", user=member.user)

    assert enter(sign_in(Client(), member)).permissions == {"x.pay"}


@pytest.mark.parametrize("what", ["membership", "user", "organisation"])
def test_whoever_was_deactivated_is_out_with_the_next_request(organisation: Organisation, what: str) -> None:
    member = a_member(organisation, "administrator")
    store = sign_in(Client(), member)
    if what == "membership":
        with tenant_scope(organisation.id):
            member.is_active = False
            member.save()
    elif what == "user":
        User.objects.filter(id=member.user_id).update(is_active=False)
    else:
        Organisation.objects.filter(id=organisation.id).update(is_active=False)

    with pytest.raises(SignInNeeded):
        enter(store)


def test_changing_the_password_ends_sessions_that_were_opened_with_the_old_one(organisation: Organisation) -> None:
    member = a_member(organisation, "administrator")
    store = sign_in(Client(), member)
    user = member.user
    user.set_password("Another-1896-flower")
    user.save()

    with pytest.raises(errors.SessionOver):
        enter(store)
    assert not Session.objects.exists()


def test_staff_who_did_nothing_for_half_an_hour_are_signed_out(
    organisation: Organisation, frozen_clock: Callable[[datetime | str], None]
) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"), idle_minutes=30)
    begun = clock.now()

    frozen_clock(begun + timedelta(minutes=30))
    enter(store)
    frozen_clock(begun + timedelta(minutes=60))
    enter(store)
    frozen_clock(begun + timedelta(minutes=90, seconds=1))
    with pytest.raises(errors.SessionOver):
        enter(store)
    assert not Session.objects.exists()


def test_that_a_session_is_in_use_is_noted_at_most_once_a_minute(
    organisation: Organisation, frozen_clock: Callable[[datetime | str], None]
) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"), idle_minutes=30)
    begun = clock.now()

    frozen_clock(begun + timedelta(seconds=59))
    enter(store)
    assert Session.objects.get().last_seen_at == begun
    frozen_clock(begun + timedelta(seconds=61))
    enter(store)
    assert Session.objects.get().last_seen_at == begun + timedelta(seconds=61)


def test_a_session_ends_when_its_time_is_over_however_busy_it_was(
    organisation: Organisation, frozen_clock: Callable[[datetime | str], None]
) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"))

    frozen_clock(clock.now() + timedelta(days=14, seconds=1))
    with pytest.raises(errors.SessionOver):
        enter(store)


def test_a_role_with_money_needs_a_second_factor_before_anything_can_be_done(
    organisation: Organisation, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    member = a_member(organisation, "administrator")
    store = sign_in(Client(), member)

    with pytest.raises(errors.SecondFactorNeeded):
        enter(store)
    a_second_factor(member.user)

    assert enter(store).user_id == member.user_id


def test_a_role_without_money_needs_none(organisation: Organisation, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    a_role(organisation, "visitor", ["x.see"], is_staff=False)

    assert enter(sign_in(Client(), a_member(organisation, "visitor"))).permissions == {"x.see"}


def test_recovery_codes_alone_are_no_second_factor(organisation: Organisation, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    member = a_member(organisation, "administrator")
    factor = a_second_factor(member.user)
    factor.type = "recovery_codes"
    factor.save()

    with pytest.raises(errors.SecondFactorNeeded):
        enter(sign_in(Client(), member))


def test_a_session_without_a_chosen_organisation_is_asked_to_choose(organisation: Organisation) -> None:
    member = a_member(organisation, "administrator")
    client = Client()
    client.force_login(member.user, backend="rollbook.core.identity.backends.MembershipBackend")

    with pytest.raises(errors.OrganisationNeeded), actor_scope(a_request(client.session.session_key)):
        pytest.fail("nobody may come in")


def test_a_session_made_by_django_itself_comes_in_too(organisation: Organisation) -> None:
    member = a_member(organisation, "administrator")
    client = Client()
    client.force_login(member.user, backend="rollbook.core.identity.backends.MembershipBackend")
    session = client.session
    session["organisation_id"] = str(organisation.id)
    session.save()

    with actor_scope(a_request(session.session_key)) as actor:
        assert actor.membership_id == member.id


def test_a_leaked_row_of_the_session_table_opens_nothing(organisation: Organisation) -> None:
    store = sign_in(Client(), a_member(organisation, "administrator"))
    row = Session.objects.get()

    assert row.digest == keys.digest_of(store.session_key or "")
    for stolen in (row.digest, f"{row.digest}.{organisation.id.hex}", str(row.id), str(uuid4())):
        with pytest.raises(SignInNeeded), actor_scope(a_request(stolen)):
            pytest.fail("nobody may come in")
