"""The tenant scope: one transaction, one organisation."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from rollbook.core.ids import new_id
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import ScopeError, current_organisation_id, tenant_scope

pytestmark = pytest.mark.django_db


def _count_without_a_filter(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE organisation_id IS NOT NULL")
        return int(cursor.fetchone()[0])


def test_a_campus_is_seen_in_its_own_organisation_only(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id):
        campus = Campus.objects.create(code="MAIN", name="Main")

    with tenant_scope(other_organisation.id):
        assert not Campus.objects.filter(id=campus.id).exists()
        assert _count_without_a_filter("tenancy_campus") == 0
    with tenant_scope(organisation.id):
        assert Campus.objects.get().id == campus.id


@pytest.mark.rule("R1")
def test_without_a_scope_there_are_no_rows_and_nothing_can_be_written(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        Campus.objects.create(code="MAIN", name="Main")

    assert current_organisation_id() is None
    assert Campus.objects.count() == 0
    assert _count_without_a_filter("tenancy_campus") == 0
    with pytest.raises(ScopeError):
        Campus.objects.create(code="OTHER", name="Other")


@pytest.mark.rule("R1")
def test_the_database_refuses_a_row_of_another_organisation(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        tenant_scope(organisation.id),
        connection.cursor() as c,
    ):
        c.execute(
            "INSERT INTO tenancy_campus (organisation_id, id, created_at, code, name, timezone)"
            " VALUES (%s, %s, now(), 'X', 'X', '')",
            [other_organisation.id, new_id()],
        )


def test_a_row_of_another_organisation_is_not_saved(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id), pytest.raises(ScopeError, match="another organisation"):
        Campus.objects.create(organisation_id=other_organisation.id, code="X", name="X")


def test_one_transaction_never_serves_two_organisations(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id), pytest.raises(ScopeError), tenant_scope(other_organisation.id):
        pass


def test_the_same_organisation_again_is_a_savepoint(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        with pytest.raises(RuntimeError), tenant_scope(organisation.id):
            Campus.objects.create(code="GONE", name="Gone")
            raise RuntimeError("the inner part fails")
        Campus.objects.create(code="KEPT", name="Kept")

        assert [campus.code for campus in Campus.objects.all()] == ["KEPT"]


@pytest.mark.parametrize("bad", ["'; DROP TABLE tenancy_campus; --", "", "00000000"])
def test_only_an_id_opens_a_scope(bad: str) -> None:
    with pytest.raises(ValueError, match="UUID"), tenant_scope(bad):  # type: ignore[arg-type]
        pass


@pytest.mark.parametrize("grant", ["health,welfare", "x'y", "Health", ""])
def test_a_grant_is_a_plain_word(organisation: Organisation, grant: str) -> None:
    with pytest.raises(ScopeError), tenant_scope(organisation.id, grants=[grant]):
        pass


def test_deleting_and_updating_name_the_organisation(
    organisation: Organisation, django_assert_num_queries: Any
) -> None:
    with tenant_scope(organisation.id):
        campus = Campus.objects.create(code="A", name="A")
        with django_assert_num_queries(2) as captured:
            Campus.objects.filter(code="A").update(name="B")
            campus.delete()

    assert all('"organisation_id" = ' in query["sql"] for query in captured.captured_queries)


def test_the_system_and_currency_of_an_organisation_never_change(organisation: Organisation) -> None:
    organisation.currency = "USD"

    with pytest.raises(Exception, match="keeps what was recorded"):
        organisation.save()


@pytest.mark.rule("R63")
def test_an_organisation_is_never_deleted(organisation: Organisation) -> None:
    assert isinstance(organisation.id, UUID)
    with pytest.raises(Exception, match=r"permission denied|keeps what was recorded"):
        Organisation.objects.filter(id=organisation.id).delete()


def test_grants_that_were_widened_inside_end_with_the_inner_scope(organisation: Organisation) -> None:
    def granted() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.grants', true), '')")
            found: str = cursor.fetchone()[0]
        return found

    with tenant_scope(organisation.pk):
        with tenant_scope(organisation.pk, grants={"welfare"}):
            assert granted() == "welfare"
        assert granted() == ""
    with tenant_scope(organisation.pk, grants={"health"}):
        with tenant_scope(organisation.pk, grants={"welfare"}):
            assert granted() == "health,welfare"
        assert granted() == "health"
