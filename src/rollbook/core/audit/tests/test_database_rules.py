"""What PostgreSQL refuses when somebody goes round the services."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from rollbook.core import ids
from rollbook.core.audit.examples import a_payment, an_actor, seal_all
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import record, record_access
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

TABLES = ["audit_auditentry", "audit_accessentry", "audit_seal", "audit_sealedentry"]
ATTACKS = ["UPDATE {table} SET id = id", "DELETE FROM {table}", "TRUNCATE {table}"]


def attempt(role: str, organisation: Organisation, statement: str) -> str | None:
    """Run a statement for an organisation, past Django, and answer the SQLSTATE it is refused with."""
    connections[role].ensure_connection()
    raw = connections[role].connection
    try:
        with raw.transaction(force_rollback=True):
            raw.execute(f"SET LOCAL app.organisation = '{organisation.id}'")
            raw.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return "nothing refused it"


@pytest.fixture
def with_entries(committed: Organisation, settings: Any, tmp_path: Any) -> Organisation:
    """An organisation with an act, a read and their seals, committed."""
    settings.HOME = tmp_path
    with tenant_scope(committed.id):
        record(an_actor(committed), "x.done", a_payment())
        record_access(an_actor(committed), a_payment(), "To see")
    assert [seal.entry_count for seal in seal_all(committed)] == [1, 1]
    return committed


@pytest.mark.rule("R60")
def test_neither_the_ordinary_role_nor_the_owner_changes_or_removes_anything(with_entries: Organisation) -> None:
    refused_with = {
        (role, table, statement.split()[0]): attempt(role, with_entries, statement.format(table=table))
        for role in ("default", "owner")
        for table in TABLES
        for statement in ATTACKS
    }

    assert {state for (role, _, _), state in refused_with.items() if role == "default"} == {"42501"}
    assert {state for (role, _, _), state in refused_with.items() if role == "owner"} == {"RB001"}


def test_a_partition_cannot_be_reached_round_its_parent(with_entries: Organisation) -> None:
    with tenant_scope(with_entries.id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.tableoid::regclass::text FROM audit_auditentry e WHERE e.organisation_id = %s",
            [with_entries.id],
        )
        partition = cursor.fetchone()[0]

    assert partition.startswith("audit_auditentry_y")
    assert attempt("default", with_entries, f"SELECT * FROM {partition}") == "42501"
    for statement in ATTACKS:
        assert attempt("owner", with_entries, statement.format(table=partition)) == "RB001"


def test_the_owner_too_sees_one_organisation_at_a_time(
    with_entries: Organisation, other_committed: Organisation
) -> None:
    def seen(place: str, table: str) -> int:
        with connections["owner"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(place)
            cursor.execute(f"SELECT count(*) FROM {table} WHERE organisation_id IS NOT NULL")
            (count,) = cursor.fetchone()
            cursor.execute("ROLLBACK")
            return int(count)

    for table in TABLES:
        assert seen("SET LOCAL app.organisation = ''", table) == 0
        assert seen(f"SET LOCAL app.organisation = '{other_committed.id}'", table) == 0
        assert seen(f"SET LOCAL app.organisation = '{with_entries.id}'", table) > 0


@pytest.mark.django_db
def test_an_entry_cannot_be_written_for_another_organisation(
    tenant: Organisation, other_organisation: Organisation
) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        record(an_actor(other_organisation), "x.forged", a_payment())


@pytest.mark.django_db
def test_an_entry_of_any_date_finds_a_place(tenant: Organisation, frozen_clock: Any) -> None:
    for moment in ("1999-12-31T23:59:59+00:00", "2031-07-01T00:00:00+00:00", "2199-01-01T00:00:00+00:00"):
        frozen_clock(moment)
        record(an_actor(tenant), "x.done", ("x.thing", ids.new_id()))

    assert [entry.at.year for entry in AuditEntry.objects.order_by("at")] == [1999, 2031, 2199]
