"""Inviting members, changing their roles, ending their access."""

import pytest

from rollbook.core import ids
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, VersionConflict
from rollbook.core.identity import errors
from rollbook.core.identity.examples import a_member, a_role, an_actor, an_administrator
from rollbook.core.identity.models import Membership, PasswordLink, User
from rollbook.core.identity.services.members import (
    change_roles,
    deactivate_member,
    invite_member,
    reactivate_member,
    refuse_person_with_account,
    update_member,
)
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(organisation: Organisation) -> Actor:
    return an_administrator(organisation)


@pytest.fixture
def scope(administrator: Actor) -> object:
    with tenant_scope(administrator.organisation_id):
        yield


@pytest.mark.usefixtures("scope")
class TestInviting:
    def test_an_invited_member_has_no_password_and_a_link_is_wanted(self, administrator: Actor) -> None:
        member = invite_member(
            actor=administrator, display_name="Cruz, Ben", email="Ben@Example.edu ", roles=["auditor"]
        )

        assert (member.name, member.roles, member.is_active) == ("Cruz, Ben", ["auditor"], True)
        assert member.user.email == "ben@example.edu"
        assert not member.user.has_usable_password()
        assert PasswordLink.objects.get().membership_id == member.id
        assert AuditEntry.objects.get().action == "identity.member_invited"

    def test_somebody_without_an_address_is_invited_by_number(self, administrator: Actor) -> None:
        member = invite_member(actor=administrator, display_name="Diaz, Eva", login_name=" 2031-00042 ", roles=[])

        assert (member.login_name, member.user.email) == ("2031-00042", None)
        assert not PasswordLink.objects.exists()

    def test_who_is_a_user_elsewhere_stays_who_they_are_there(
        self, administrator: Actor, other_organisation: Organisation
    ) -> None:
        elsewhere = _elsewhere(other_organisation, "ana@example.edu", "Ana")

        member = invite_member(actor=administrator, display_name="Dr. Ana Reyes", email="ana@example.edu", roles=[])

        assert member.user_id == elsewhere.id
        assert member.name == "Dr. Ana Reyes"
        elsewhere.refresh_from_db()
        assert elsewhere.display_name == "Ana"

    def test_the_same_person_twice_is_refused(self, administrator: Actor) -> None:
        invite_member(actor=administrator, display_name="Ben", email="ben@example.edu", roles=[])

        with pytest.raises(errors.AlreadyMember):
            invite_member(actor=administrator, display_name="Ben", email="BEN@example.edu", roles=[])
        assert User.objects.filter(email="ben@example.edu").count() == 1

    def test_a_number_that_is_taken_is_refused_and_nobody_is_made(self, administrator: Actor) -> None:
        invite_member(actor=administrator, display_name="Eva", login_name="2031-1", roles=[])
        before = User.objects.count()

        with pytest.raises(errors.LoginNameTaken):
            invite_member(actor=administrator, display_name="Ida", login_name="2031-1", roles=[])
        assert User.objects.count() == before

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"display_name": " ", "email": "a@b.ph"}, "display_name"),
            ({"display_name": "Ida"}, "email"),
            ({"display_name": "Ida", "login_name": "ida@home"}, "login_name"),
        ],
    )
    def test_what_is_missing_is_named(self, administrator: Actor, values: dict[str, str], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            invite_member(actor=administrator, roles=[], **values)
        assert [error["field"] for error in refusal.value.errors] == [field]

    def test_an_unknown_role_is_refused(self, administrator: Actor) -> None:
        with pytest.raises(errors.RoleUnknown):
            invite_member(actor=administrator, display_name="Ida", login_name="1", roles=["emperor"])
        assert not Membership.objects.filter(login_name="1").exists()

    def test_who_may_not_manage_members_is_refused(self, organisation: Organisation) -> None:
        auditor = an_actor(a_member(organisation, "auditor"))

        with pytest.raises(Forbidden):
            invite_member(actor=auditor, display_name="Ida", login_name="1", roles=[])
        assert not Membership.objects.filter(login_name="1").exists()


@pytest.mark.usefixtures("scope")
class TestRoles:
    def test_roles_are_given_and_taken_and_the_audit_shows_both(
        self, administrator: Actor, organisation: Organisation
    ) -> None:
        member = a_member(organisation, "auditor")

        changed = change_roles(
            actor=administrator, membership_id=member.id, roles=["administrator"], expected_version=1
        )

        assert (changed.roles, changed.version) == (["administrator"], 2)
        assert AuditEntry.objects.get().changes["roles"] == {"before": ["auditor"], "after": ["administrator"]}

    def test_somebody_was_faster(self, administrator: Actor, organisation: Organisation) -> None:
        member = a_member(organisation, "auditor")
        change_roles(actor=administrator, membership_id=member.id, roles=[], expected_version=1)

        with pytest.raises(VersionConflict):
            change_roles(actor=administrator, membership_id=member.id, roles=["auditor"], expected_version=1)
        member.refresh_from_db()
        assert member.roles == []

    def test_nobody_changes_their_own(self, administrator: Actor) -> None:
        assert administrator.membership_id is not None
        with pytest.raises(errors.OwnRoles):
            change_roles(actor=administrator, membership_id=administrator.membership_id, roles=["auditor"])

    def test_one_administrator_stays(self, administrator: Actor, organisation: Organisation) -> None:
        system = Actor.system(organisation.id, job="test")
        assert administrator.membership_id is not None

        with pytest.raises(errors.LastAdministrator):
            change_roles(actor=system, membership_id=administrator.membership_id, roles=[])
        with pytest.raises(errors.LastAdministrator):
            deactivate_member(actor=system, membership_id=administrator.membership_id, reason="Left the school in June")
        assert Membership.objects.get(id=administrator.membership_id).roles == ["administrator"]

    def test_who_cannot_write_roles_gives_none_above_their_own(self, organisation: Organisation) -> None:
        a_role(organisation, "office", ["core.identity.manage_members", "x.find"])
        a_role(organisation, "finder", ["x.find"])
        a_role(organisation, "counter", ["x.pay"])
        office, member = an_actor(a_member(organisation, "office")), a_member(organisation)

        change_roles(actor=office, membership_id=member.id, roles=["finder"])
        with pytest.raises(errors.RoleAboveYours):
            change_roles(actor=office, membership_id=member.id, roles=["finder", "counter"])
        member.refresh_from_db()
        assert member.roles == ["finder"]

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"proved_at": None}, errors.ProofNeeded),
            ({"kind": "token"}, errors.NotByToken),
        ],
    )
    def test_it_takes_a_person_who_has_just_proved_who_they_are(
        self, organisation: Organisation, changes: dict[str, object], refusal: type[Exception]
    ) -> None:
        member = a_member(organisation, "auditor")

        with pytest.raises(refusal):
            change_roles(actor=an_administrator(organisation, **changes), membership_id=member.id, roles=[])
        member.refresh_from_db()
        assert member.roles == ["auditor"]


@pytest.mark.usefixtures("scope")
class TestAccess:
    def test_access_ends_at_once_and_open_links_with_it(self, administrator: Actor, organisation: Organisation) -> None:
        member = invite_member(actor=administrator, display_name="Ben", email="ben@example.edu", roles=[])

        deactivate_member(actor=administrator, membership_id=member.id, reason="Left the school in June")

        member.refresh_from_db()
        assert not member.is_active
        assert PasswordLink.objects.get().withdrawn_at is not None

    def test_ending_twice_is_the_same_as_once(self, administrator: Actor, organisation: Organisation) -> None:
        member = a_member(organisation)
        for _ in range(2):
            deactivate_member(actor=administrator, membership_id=member.id, reason="Left the school in June")

        assert AuditEntry.objects.filter(action="identity.member_deactivated").count() == 1

    def test_access_is_given_back_with_the_same_roles(self, administrator: Actor, organisation: Organisation) -> None:
        member = a_member(organisation, "auditor")
        deactivate_member(actor=administrator, membership_id=member.id, reason="Left the school in June")

        back = reactivate_member(actor=administrator, membership_id=member.id, reason="Came back in August")

        assert (back.is_active, back.roles) == (True, ["auditor"])

    def test_a_reason_is_needed(self, administrator: Actor, organisation: Organisation) -> None:
        member = a_member(organisation)

        with pytest.raises(Invalid):
            deactivate_member(actor=administrator, membership_id=member.id, reason="left")
        member.refresh_from_db()
        assert member.is_active

    def test_details_are_corrected(self, administrator: Actor, organisation: Organisation) -> None:
        member = a_member(organisation, name="Cruz, Bne")

        update_member(actor=administrator, membership_id=member.id, name="Cruz, Ben", login_name="E-17")

        member.refresh_from_db()
        assert (member.name, member.login_name, member.version) == ("Cruz, Ben", "e-17", 2)


def test_an_entry_that_somebody_signs_in_as_does_not_give_way(organisation: Organisation) -> None:
    person_id = ids.new_id()
    member = a_member(organisation, person_id=person_id, name="Diaz, Eva")

    with tenant_scope(organisation.id):
        with pytest.raises(errors.PersonHasAccount):
            refuse_person_with_account(person_id)
        member.is_active = False
        member.save()
        refuse_person_with_account(person_id)
        refuse_person_with_account(ids.new_id())


def test_a_member_of_another_organisation_does_not_exist(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    stranger = a_member(other_organisation, "auditor", name="Far")
    administrator = an_administrator(organisation)

    with tenant_scope(organisation.id):
        for act in (
            lambda: update_member(actor=administrator, membership_id=stranger.id, name="X", login_name="1"),
            lambda: change_roles(actor=administrator, membership_id=stranger.id, roles=[]),
            lambda: deactivate_member(actor=administrator, membership_id=stranger.id, reason="Not one of ours"),
        ):
            with pytest.raises(NotFound):
                act()
    with tenant_scope(other_organisation.id):
        stranger.refresh_from_db()
        assert (stranger.name, stranger.roles, stranger.is_active) == ("Far", ["auditor"], True)


def _elsewhere(organisation: Organisation, email: str, name: str) -> User:
    """A user; the membership elsewhere is not needed here, and two scopes do not mix."""
    del organisation
    user = User(email=email, display_name=name)
    user.set_unusable_password()
    user.save()
    return user
