"""Acting for somebody else: with a reason, for a while, under both names."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client, RequestFactory

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity import errors
from rollbook.core.identity.door import actor_scope
from rollbook.core.identity.examples import (
    PASSWORD,
    a_member,
    a_role,
    a_second_factor,
    an_actor,
    an_administrator,
    sign_in,
)
from rollbook.core.identity.models import Impersonation, ImpersonationEnd, Membership, SupportAccess, User
from rollbook.core.identity.policies import IMPERSONATION
from rollbook.core.identity.services import members, standing_in
from rollbook.core.identity.services import sign_in as sign_in_service
from rollbook.core.identity.session_store import SessionStore
from rollbook.core.permissions import register
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import change
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db
REASON = "She called and cannot find her receipt"


@pytest.fixture
def administrator(organisation: Organisation) -> Membership:
    return a_member(organisation, "administrator", name="Santos, Maria")


@pytest.fixture
def cashier(organisation: Organisation) -> Membership:
    a_role(organisation, "counter", ["x.pay"], grants=["welfare"])
    return a_member(organisation, "counter", name="Cruz, Ben")


def begin(administrator: Membership, member: Membership, **changes: Any) -> Impersonation:
    with tenant_scope(administrator.organisation_id):
        return standing_in.begin_impersonation(
            actor=an_actor(administrator, **changes), membership_id=member.id, reason=REASON
        )


def enter(store: SessionStore, **options: Any) -> Actor:
    request = RequestFactory().get("/")
    request.session = SessionStore(store.session_key)  # type: ignore[assignment]
    with actor_scope(request, **options) as actor:
        return actor


def test_an_administrator_sees_and_does_what_the_member_can_under_both_names(
    administrator: Membership, cashier: Membership
) -> None:
    store = sign_in(Client(), administrator)
    sign_in_service.act_as_member(store, begin(administrator, cashier))
    store.save()

    actor = enter(store)

    assert (actor.user_id, actor.membership_id, actor.name) == (cashier.user_id, cashier.id, "Cruz, Ben")
    assert actor.permissions == {"x.pay"}
    assert (actor.impersonator_id, actor.impersonator_name) == (administrator.user_id, "Santos, Maria")
    assert actor.stands_in
    # Restricted records stay closed to who could not open them as themselves.
    assert actor.grants == frozenset()
    assert enter(store, as_oneself=True).user_id == administrator.user_id


def test_it_is_on_the_record_with_its_reason(administrator: Membership, cashier: Membership) -> None:
    impersonation = begin(administrator, cashier)

    with tenant_scope(administrator.organisation_id):
        entry = AuditEntry.objects.get(action="identity.impersonation_begun")
        assert (entry.user_id, entry.target_id, entry.reason) == (administrator.user_id, cashier.id, REASON)
        assert impersonation.ends_at - impersonation.began_at == timedelta(minutes=30)


def test_after_thirty_minutes_nothing_more_can_be_done_as_the_member(
    administrator: Membership, cashier: Membership, frozen_clock: Callable[[datetime | str], None]
) -> None:
    store = sign_in(Client(), administrator)
    sign_in_service.act_as_member(store, begin(administrator, cashier))
    store.save()

    frozen_clock(clock.now() + timedelta(minutes=30))
    with pytest.raises(errors.StandInOver):
        enter(store)


def test_ending_it_ends_it_at_once_and_twice_is_once(administrator: Membership, cashier: Membership) -> None:
    store = sign_in(Client(), administrator)
    impersonation = begin(administrator, cashier)
    sign_in_service.act_as_member(store, impersonation)
    store.save()
    with tenant_scope(administrator.organisation_id):
        for _ in range(2):
            standing_in.end_impersonation(actor=an_actor(administrator), impersonation_id=impersonation.id)
        assert AuditEntry.objects.filter(action="identity.impersonation_ended").count() == 1

    with pytest.raises(errors.StandInOver):
        enter(store)


def test_an_administrator_who_lost_the_right_is_out(administrator: Membership, cashier: Membership) -> None:
    store = sign_in(Client(), administrator)
    sign_in_service.act_as_member(store, begin(administrator, cashier))
    store.save()
    with tenant_scope(administrator.organisation_id):
        administrator.roles = ["auditor"]
        administrator.save()

    with pytest.raises(errors.StandInOver):
        enter(store)


def test_somebody_elses_impersonation_opens_nothing(
    organisation: Organisation, administrator: Membership, cashier: Membership
) -> None:
    impersonation = begin(administrator, cashier)
    thief = sign_in(Client(), a_member(organisation, "administrator"), impersonation_id=str(impersonation.id))

    with pytest.raises(errors.StandInOver):
        enter(thief)
    with tenant_scope(organisation.id), pytest.raises(NotFound):
        standing_in.end_impersonation(actor=an_administrator(organisation), impersonation_id=impersonation.id)


def test_whoever_may_act_for_others_is_not_acted_for(organisation: Organisation, administrator: Membership) -> None:
    other = a_member(organisation, "administrator")

    with pytest.raises(errors.MayNotBeImpersonated):
        begin(administrator, other)
    with tenant_scope(organisation.id):
        assert not Impersonation.objects.exists()


def test_nobody_acts_for_somebody_through_somebody(
    organisation: Organisation, administrator: Membership, cashier: Membership
) -> None:
    with pytest.raises(errors.NotWhileStandingIn):
        begin(administrator, cashier, impersonator_id=cashier.user_id)
    with pytest.raises(errors.ProofNeeded):
        begin(administrator, cashier, proved_at=None)


def test_it_needs_the_permission_and_a_reason(
    organisation: Organisation, administrator: Membership, cashier: Membership
) -> None:
    with pytest.raises(Forbidden):
        begin(a_member(organisation, "auditor"), cashier)
    with tenant_scope(organisation.id), pytest.raises(Invalid):
        standing_in.begin_impersonation(actor=an_actor(administrator), membership_id=cashier.id, reason="look")
    with pytest.raises(Invalid):
        begin(administrator, administrator)


def test_who_stands_in_changes_nobodys_access(organisation: Organisation, cashier: Membership) -> None:
    standing = an_administrator(organisation, impersonator_id=cashier.user_id)

    with tenant_scope(organisation.id):
        with pytest.raises(errors.NotWhileStandingIn):
            members.invite_member(actor=standing, display_name="Ida", login_name="1", roles=[])
        with pytest.raises(errors.NotWhileStandingIn):
            members.change_roles(actor=standing, membership_id=cashier.id, roles=["administrator"])


class TestTheDatabaseHoldsTheLine:
    @pytest.mark.parametrize(
        "changes",
        [
            {"reason": "short"},
            {"ends_at": clock.now() + timedelta(hours=2)},
        ],
    )
    def test_no_impersonation_without_reason_or_end(
        self, administrator: Membership, cashier: Membership, changes: dict[str, Any]
    ) -> None:
        values = {"impersonator": administrator, "member": cashier, "reason": REASON, "began_at": clock.now()}
        values["ends_at"] = values["began_at"] + timedelta(minutes=30)

        with tenant_scope(administrator.organisation_id):
            with pytest.raises(IntegrityError), transaction.atomic():
                Impersonation.objects.create(**(values | changes))
            with pytest.raises(IntegrityError), transaction.atomic():
                Impersonation.objects.create(**(values | {"member": administrator}))

    def test_the_record_cannot_be_changed(self, administrator: Membership, cashier: Membership) -> None:
        begin(administrator, cashier)

        with tenant_scope(administrator.organisation_id):
            with pytest.raises(DatabaseError), transaction.atomic():
                Impersonation.objects.update(reason="Something else altogether")
            with pytest.raises(DatabaseError), transaction.atomic():
                Impersonation.objects.all().delete()
            assert not ImpersonationEnd.objects.exists()


class TestPages:
    def test_begin_act_and_stop(self, administrator: Membership, cashier: Membership, client: Client) -> None:
        sign_in(client, administrator)

        began = client.post(f"/members/{cashier.id}/act-as/", {"reason": REASON})
        assert began.status_code == 303
        assert client.get("/api/v1/identity/me").json()["impersonator_id"] == str(administrator.user_id)
        assert client.get("/members/").status_code == 403

        assert client.post("/account/acting/end/").status_code == 303
        assert client.get("/api/v1/identity/me").json()["impersonator_id"] is None
        assert client.get("/members/acting/").status_code == 200

    def test_stopping_works_after_the_time_is_over_too(
        self,
        administrator: Membership,
        cashier: Membership,
        client: Client,
        frozen_clock: Callable[[datetime | str], None],
    ) -> None:
        sign_in(client, administrator)
        client.post(f"/members/{cashier.id}/act-as/", {"reason": REASON})

        frozen_clock(clock.now() + timedelta(minutes=31))
        assert client.get("/api/v1/identity/me").json()["code"] == "STAND_IN_OVER"
        assert client.post("/account/acting/end/").status_code == 303
        assert client.get("/api/v1/identity/me").json()["user_id"] == str(administrator.user_id)


@pytest.fixture
def staff(db: None) -> User:
    user = User(email="help@rollbook.example", display_name="Lim, Joy", is_platform_staff=True)
    user.set_password(PASSWORD)
    user.save()
    a_second_factor(user)
    return user


def look_in(staff: User, organisation: Organisation, minutes: int = 30, reason: str = REASON) -> SupportAccess:
    return standing_in.begin_support_access(
        user=staff, organisation_id=organisation.id, reason=reason, minutes=minutes, ip="", user_agent=""
    )


class TestSupportAccess:
    def test_platform_staff_look_in_with_what_an_auditor_reads(
        self, staff: User, organisation: Organisation, client: Client
    ) -> None:
        a_member(organisation, "administrator")
        store = self.session_of(client, staff)
        sign_in_service.look_in_for_support(store, look_in(staff, organisation))
        store.save()

        actor = enter(store)

        assert (actor.user_id, actor.membership_id, actor.roles) == (staff.id, None, {"support"})
        assert actor.permissions == register.permissions_of("auditor")
        assert actor.stands_in

    def test_it_ends_by_itself_and_the_organisation_can_end_it(
        self,
        staff: User,
        organisation: Organisation,
        client: Client,
        frozen_clock: Callable[[datetime | str], None],
    ) -> None:
        store, access = self.session_of(client, staff), look_in(staff, organisation, minutes=60)
        sign_in_service.look_in_for_support(store, access)
        store.save()
        administrator = an_administrator(organisation)
        enter(store)

        with tenant_scope(organisation.id):
            standing_in.end_support_access(actor=administrator, access_id=access.id)
            standing_in.end_support_access(actor=administrator, access_id=access.id)
            assert AuditEntry.objects.filter(action="identity.support_access_ended").count() == 1
        with pytest.raises(errors.StandInOver):
            enter(store)

        second = look_in(staff, organisation, minutes=10)
        sign_in_service.look_in_for_support(store, second)
        store.save()
        frozen_clock(clock.now() + timedelta(minutes=10))
        with pytest.raises(errors.StandInOver):
            enter(store)

    @pytest.mark.parametrize(("minutes", "reason"), [(61, REASON), (0, REASON), (30, "look")])
    def test_it_needs_an_end_and_a_reason(
        self, staff: User, organisation: Organisation, minutes: int, reason: str
    ) -> None:
        with pytest.raises(Invalid):
            look_in(staff, organisation, minutes, reason)
        with tenant_scope(organisation.id):
            assert not SupportAccess.objects.exists()

    def test_others_may_not(self, organisation: Organisation) -> None:
        with pytest.raises(Forbidden):
            look_in(a_member(organisation, "administrator").user, organisation)

    def test_a_member_without_the_permission_cannot_end_it(self, staff: User, organisation: Organisation) -> None:
        access = look_in(staff, organisation)
        with tenant_scope(organisation.id), pytest.raises(Forbidden):
            standing_in.end_support_access(actor=an_actor(a_member(organisation)), access_id=access.id)

    def test_staff_without_a_second_factor_stay_outside(
        self, staff: User, organisation: Organisation, client: Client, settings: Any
    ) -> None:
        settings.REQUIRE_SECOND_FACTOR = True
        staff.authenticator_set.all().delete()  # type: ignore[attr-defined]
        store = self.session_of(client, staff)
        sign_in_service.look_in_for_support(store, look_in(staff, organisation))
        store.save()

        with pytest.raises(errors.SecondFactorNeeded):
            enter(store)

    def test_the_pages(self, staff: User, organisation: Organisation, client: Client) -> None:
        a_member(organisation, "administrator")
        self.session_of(client, staff)

        looked = client.post("/support/", {"institution": organisation.slug, "reason": REASON, "minutes": "15"})
        assert looked.status_code == 303
        assert client.get("/members/").status_code == 200
        assert client.post("/members/new/", {"display_name": "X"}).status_code == 403
        assert client.post("/account/acting/end/").status_code == 303
        assert client.get("/members/")["Location"].startswith("/account/organisation/")

    def test_for_others_the_page_does_not_exist(self, organisation: Organisation, client: Client) -> None:
        sign_in(client, a_member(organisation, "administrator"))

        assert client.get("/support/").status_code == 404

    def session_of(self, client: Client, staff: User) -> SessionStore:
        from django.conf import settings as django_settings

        client.force_login(staff, backend="rollbook.core.identity.backends.MembershipBackend")
        session: Any = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": clock.now().timestamp()}]
        session.save()
        assert django_settings.SESSION_COOKIE_NAME in client.cookies
        return session  # type: ignore[no-any-return]


@pytest.mark.rule("R59")
def test_where_it_is_switched_off_nobody_begins_to_act_for_somebody(
    administrator: Membership, cashier: Membership
) -> None:
    with tenant_scope(administrator.organisation_id):
        change(an_actor(administrator), IMPERSONATION, False, None, "The board decided so")

    with pytest.raises(errors.ImpersonationOff):
        begin(administrator, cashier)

    with tenant_scope(administrator.organisation_id):
        assert not Impersonation.objects.exists()
        change(an_actor(administrator), IMPERSONATION, True, None, "The board changed its mind")
    assert begin(administrator, cashier).member_id == cashier.id
