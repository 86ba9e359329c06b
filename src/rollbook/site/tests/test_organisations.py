"""Opening an organisation by command line."""

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Invalid
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.organisations import OrganisationExists, create_organisation, renew_roles

FACTS = {
    "slug": "san-isidro",
    "name": "San Isidro College",
    "system": "college",
    "currency": "PHP",
    "timezone": "Asia/Manila",
}


def test_an_organisation_opens_with_the_roles_of_its_system_and_a_record(db):
    organisation_id = create_organisation(**FACTS)
    with tenant_scope(organisation_id):
        assert RoleBundle.objects.filter(key="administrator").exists()
        assert [entry.action for entry in AuditEntry.objects.all()] == ["tenancy.organisation_created"]


def test_a_slug_is_given_once_and_the_second_changes_nothing(db):
    create_organisation(**FACTS)
    with pytest.raises(OrganisationExists, match="There is an organisation 'san-isidro' already"):
        create_organisation(**{**FACTS, "name": "Another"})
    assert list(Organisation.objects.values_list("name", flat=True)) == ["San Isidro College"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("slug", "San Isidro", "'San Isidro' is no slug"),
        ("currency", "PHX", "PHX is no ISO 4217 code"),
        ("timezone", "Asia/Manil", "Asia/Manil is no time zone"),
        ("timezone", "../../etc/passwd", "is no time zone"),
        ("system", "university", "university is no system; these are: college"),
        ("name", "", "The name is not valid"),
    ],
)
def test_what_cannot_be_is_refused_by_field(db, field, value, sentence):
    with pytest.raises(Invalid) as refusal:
        create_organisation(**{**FACTS, field: value})
    assert [error["field"] for error in refusal.value.errors] == [field]
    assert sentence in refusal.value.detail
    assert not Organisation.objects.exists()


def test_a_newer_version_brings_its_roles_and_permissions_to_every_organisation(db):
    organisation_id = create_organisation(**FACTS)
    with tenant_scope(organisation_id):
        RoleBundle.objects.filter(key="cashier").delete()
        registrar = RoleBundle.objects.get(key="registrar")
        expected = registrar.permissions
        # As it was before a version that brought the last permission.
        registrar.permissions = expected[:-1]
        registrar.save()

    renew_roles()

    with tenant_scope(organisation_id):
        assert RoleBundle.objects.filter(key="cashier").exists()
        assert sorted(RoleBundle.objects.get(key="registrar").permissions) == sorted(expected)
