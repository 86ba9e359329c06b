"""The one read across organisations: where I am a member myself."""

import pytest
from django.db import connection, transaction

from rollbook.core.identity.examples import a_member
from rollbook.core.identity.models import Membership
from rollbook.core.identity.selectors import organisations_of
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


def visible() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "/* every organisation */ SELECT count(*) FROM identity_membership WHERE organisation_id IS NOT NULL"
        )
        return int(cursor.fetchone()[0])


def test_a_user_sees_their_own_places_by_name(organisation: Organisation, other_organisation: Organisation) -> None:
    ana = a_member(organisation, "auditor")
    a_member(other_organisation, "administrator", user=ana.user)
    a_member(other_organisation, "administrator")

    assert [(place.name, place.roles) for place in organisations_of(ana.user_id)] == [
        ("Mabini College", ("administrator",)),
        ("San Isidro College", ("auditor",)),
    ]


def test_places_without_access_and_closed_organisations_are_left_out(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    ana = a_member(organisation)
    elsewhere = a_member(other_organisation, user=ana.user)
    with tenant_scope(other_organisation.id):
        elsewhere.is_active = False
        elsewhere.save()
    Organisation.objects.filter(id=organisation.id).update(is_active=False)

    assert organisations_of(ana.user_id) == []


def test_the_view_closes_right_after_the_question(organisation: Organisation) -> None:
    ana = a_member(organisation)

    with transaction.atomic():
        organisations_of(ana.user_id)
        assert visible() == 0


def test_the_view_shows_nobody_else_and_lets_nothing_be_written(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    ana = a_member(organisation)
    a_member(organisation)
    a_member(other_organisation)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.\"user\" = '{ana.user_id}'")
        assert visible() == 1
        cursor.execute(
            "UPDATE identity_membership SET roles = '{administrator}'"
            " WHERE organisation_id IS NOT NULL AND user_id = %s",
            [ana.user_id],
        )
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM identity_membership WHERE organisation_id IS NOT NULL")
        assert cursor.rowcount == 0
    with tenant_scope(organisation.id):
        assert Membership.objects.get(id=ana.id).roles == []


def test_a_made_up_user_id_is_refused_before_it_reaches_the_database() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        organisations_of("' OR true --")  # type: ignore[arg-type]
