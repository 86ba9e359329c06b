"""Roles of an organisation: what they start with, and changing them."""

import pytest
from django.test import Client

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, VersionConflict
from rollbook.core.identity.errors import NotByToken, NotWhileStandingIn, ProofNeeded
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor, an_administrator, sign_in
from rollbook.core.identity.permissions import MANAGE_MEMBERS, VIEW_MEMBERS
from rollbook.core.permissions import errors, register
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.permissions.permissions import MANAGE_ROLES, VIEW_ROLES
from rollbook.core.permissions.services import change_role, install_role_bundles, make_role
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(organisation: Organisation) -> object:
    with tenant_scope(organisation.id):
        install_role_bundles(organisation.system)
        yield


@pytest.mark.usefixtures("scope")
class TestInstalling:
    def test_an_organisation_starts_with_what_the_register_says(self, organisation: Organisation) -> None:
        administrator = RoleBundle.objects.get(key="administrator")

        assert set(administrator.permissions) == register.permissions_of("administrator")
        assert administrator.needs_second_factor
        assert set(RoleBundle.objects.values_list("key", flat=True)) == set(register.roles("college"))

    def test_twice_is_the_same_as_once(self, organisation: Organisation) -> None:
        before = list(RoleBundle.objects.order_by("key").values("key", "permissions", "version"))

        assert install_role_bundles(organisation.system) == []
        assert list(RoleBundle.objects.order_by("key").values("key", "permissions", "version")) == before

    def test_a_newer_version_adds_its_permissions_and_gives_nothing_back_that_was_taken_away(
        self, organisation: Organisation
    ) -> None:
        kept = register.permissions_of("auditor") - {VIEW_MEMBERS}
        change_role(
            actor=an_administrator(organisation),
            key="auditor",
            label="Auditor",
            permissions_held=kept,
            needs_second_factor=True,
            is_staff=True,
        )
        # As an organisation looks that was opened before VIEW_ROLES was invented.
        RoleBundle.objects.filter(key="auditor").update(permissions=sorted(kept - {VIEW_ROLES}))

        install_role_bundles(organisation.system)

        assert set(RoleBundle.objects.get(key="auditor").permissions) == kept


@pytest.mark.usefixtures("scope")
class TestChanging:
    def change(self, organisation: Organisation, **changes: object) -> RoleBundle:
        values: dict[str, object] = {
            "actor": changes.pop("actor", None) or an_administrator(organisation),
            "key": "auditor",
            "label": "Auditor",
            "permissions_held": [VIEW_MEMBERS],
            "needs_second_factor": False,
            "is_staff": True,
        }
        return change_role(**(values | changes))  # type: ignore[arg-type]

    def test_a_change_holds_and_is_on_the_record(self, organisation: Organisation) -> None:
        changed = self.change(organisation, expected_version=1)

        assert (changed.permissions, changed.version) == ([VIEW_MEMBERS], 2)
        assert AuditEntry.objects.get().changes["needs_second_factor"] == {"before": True, "after": False}

    def test_somebody_was_faster(self, organisation: Organisation) -> None:
        self.change(organisation, expected_version=1)

        with pytest.raises(VersionConflict):
            self.change(organisation, expected_version=1, permissions_held=[])
        assert RoleBundle.objects.get(key="auditor").permissions == [VIEW_MEMBERS]

    def test_administrators_keep_the_keys_of_the_house(self, organisation: Organisation) -> None:
        with pytest.raises(errors.AdministratorKeepsKeys):
            self.change(organisation, key="administrator", permissions_held=[MANAGE_MEMBERS])
        assert MANAGE_ROLES in RoleBundle.objects.get(key="administrator").permissions

    def test_an_unknown_permission_is_refused(self, organisation: Organisation) -> None:
        with pytest.raises(errors.PermissionUnknown):
            self.change(organisation, permissions_held=["core.fly"])

    def test_a_role_needs_a_name(self, organisation: Organisation) -> None:
        with pytest.raises(Invalid):
            self.change(organisation, label=" ")

    def test_an_unknown_role_does_not_exist(self, organisation: Organisation) -> None:
        with pytest.raises(NotFound):
            self.change(organisation, key="emperor")

    def test_a_role_is_made_once(self, organisation: Organisation) -> None:
        actor = an_administrator(organisation)
        make_role(actor=actor, key="night", label="Night desk", permissions_held=[VIEW_MEMBERS])

        with pytest.raises(errors.RoleExists):
            make_role(actor=actor, key="night", label="Night", permissions_held=[])
        assert RoleBundle.objects.get(key="night").label == "Night desk"

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"proved_at": None}, ProofNeeded),
            ({"kind": "token"}, NotByToken),
            ({"impersonator_id": "00000000-0000-0000-0000-000000000001"}, NotWhileStandingIn),
        ],
    )
    def test_it_takes_a_person_who_has_just_proved_who_they_are(
        self, organisation: Organisation, changes: dict[str, object], refusal: type[Exception]
    ) -> None:
        actor = an_administrator(organisation, **changes)

        with pytest.raises(refusal):
            self.change(organisation, actor=actor)
        with pytest.raises(refusal):
            make_role(actor=actor, key="night", label="Night", permissions_held=[])
        assert RoleBundle.objects.get(key="auditor").version == 1

    def test_a_lower_role_may_not(self, organisation: Organisation) -> None:
        auditor = an_actor(a_member(organisation, "auditor"))

        with pytest.raises(Forbidden):
            self.change(organisation, actor=auditor)
        with pytest.raises(Forbidden):
            make_role(actor=auditor, key="night", label="Night", permissions_held=[])


class TestPages:
    def test_a_role_is_made_and_changed_by_hand(self, client: Client, organisation: Organisation) -> None:
        sign_in(client, a_member(organisation, "administrator", password=PASSWORD))
        made = client.post(
            "/roles/new/",
            {"key": "night", "label": "Night desk", "may_core.identity": [VIEW_MEMBERS], "is_staff": "on"},
        )
        assert made["Location"] == "/roles/night/"
        with tenant_scope(organisation.id):
            assert RoleBundle.objects.get(key="night").permissions == [VIEW_MEMBERS]
        changed = client.post("/roles/night/change/", {"label": "Night", "version": "1"})
        assert changed["Location"] == "/roles/night/"
        stale = client.post("/roles/night/change/", {"label": "Late", "version": "1"})

        assert stale.status_code == 412
        assert "Somebody changed this" in stale.content.decode()
        with tenant_scope(organisation.id):
            assert RoleBundle.objects.get(key="night").label == "Night"

    def test_the_editor_is_closed_to_readers(self, client: Client, organisation: Organisation) -> None:
        sign_in(client, a_member(organisation, "auditor"))

        assert client.get("/roles/auditor/").status_code == 200
        assert client.get("/roles/auditor/change/").status_code == 403
