"""A partition for each month, made ahead of time by the ordinary role, guarded like its parent."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from rollbook.core import clock
from rollbook.core.audit.examples import a_payment, an_actor
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import archive_partitions, ensure_partitions, record, seal_entries, verify
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def partition_of(organisation: Organisation) -> set[str]:
    with tenant_scope(organisation.id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.tableoid::regclass::text FROM audit_auditentry e WHERE e.organisation_id = %s", [organisation.id]
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_coming_months_are_made_once(organisation: Organisation) -> None:
    with clock.frozen_at(datetime(2041, 11, 5, tzinfo=UTC)):
        made = ensure_partitions()

        assert made == [
            f"audit_{table}_y{month}"
            for table in ("auditentry", "accessentry")
            for month in ("2041m11", "2041m12", "2042m01", "2042m02")
        ]
        assert ensure_partitions() == []
        with tenant_scope(organisation.id):
            record(an_actor(organisation), "x.done", a_payment())

    assert partition_of(organisation) == {"audit_auditentry_y2041m11"}


def test_a_new_partition_is_guarded_like_the_others(organisation: Organisation) -> None:
    with clock.frozen_at(datetime(2041, 11, 5, tzinfo=UTC)):
        ensure_partitions()
        with tenant_scope(organisation.id):
            record(an_actor(organisation), "x.done", a_payment())

    def attempt(role: str, statement: str) -> Any:
        connections[role].ensure_connection()
        raw = connections[role].connection
        try:
            with raw.transaction(force_rollback=True):
                raw.execute(f"SET LOCAL app.organisation = '{organisation.id}'")
                return raw.execute(statement).fetchall()
        except psycopg.Error as error:
            return error.sqlstate

    part = "audit_auditentry_y2041m11"
    assert attempt("default", f"SELECT count(*) FROM {part}") == "42501"
    for statement in (f"UPDATE {part} SET reason = ''", f"DELETE FROM {part}", f"TRUNCATE {part}"):
        assert attempt("owner", statement) == "RB001"
    assert attempt("owner", f"SELECT count(*) FROM {part}") == [(1,)]
    secured = f"SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = '{part}'"
    assert attempt("owner", secured) == [(True, True)]


def test_entries_that_came_before_their_partition_stay_safe_where_they_are(organisation: Organisation) -> None:
    with clock.frozen_at(datetime(2045, 3, 1, tzinfo=UTC)), tenant_scope(organisation.id):
        record(an_actor(organisation), "x.early", a_payment())
    assert partition_of(organisation) == {"audit_auditentry_default"}

    with clock.frozen_at(datetime(2045, 3, 2, tzinfo=UTC)):
        made = ensure_partitions(1)

    assert "audit_auditentry_y2045m03" not in made
    assert "audit_auditentry_y2045m04" in made
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.get().action == "x.early"


def test_the_ordinary_role_makes_nothing_else(organisation: Organisation) -> None:
    with connection.cursor() as cursor:
        for statement in (
            "SELECT rollbook_audit_guard_partition('audit_auditentry', 'people_person')",
            "CREATE TABLE public.mine (id integer)",
        ):
            with pytest.raises(DatabaseError, match="permission denied|must be owner"), transaction.atomic():
                cursor.execute(statement)
        with pytest.raises(DatabaseError, match="between 0 and 60"), transaction.atomic():
            cursor.execute("SELECT rollbook_audit_make_partitions('2050-01-01', 61)")


@pytest.mark.rule("R60")
def test_months_of_two_years_ago_are_put_away_and_every_entry_is_found_and_proved(organisation: Organisation) -> None:
    with clock.frozen_at(datetime(2021, 2, 5, tzinfo=UTC)):
        ensure_partitions(months_ahead=0)
        with tenant_scope(organisation.id):
            record(an_actor(organisation), "x.done", a_payment())
    seal_entries(organisation.id)

    with clock.frozen_at(datetime(2023, 2, 28, tzinfo=UTC)):
        assert archive_partitions() == []
    with clock.frozen_at(datetime(2023, 3, 1, tzinfo=UTC)):
        moved = archive_partitions()
        assert archive_partitions() == []

    assert set(moved) <= {"audit_auditentry_y2021m02", "audit_accessentry_y2021m02"}
    assert partition_of(organisation) == {"rollbook_archive.audit_auditentry_y2021m02"}
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.filter(action="x.done").count() == 1
    assert verify(organisation.id).findings == []
    with clock.frozen_at(datetime(2021, 2, 7, tzinfo=UTC)):
        assert ensure_partitions(months_ahead=0) == []


@pytest.mark.rule("R60")
def test_what_is_put_away_is_as_guarded_and_young_months_are_not_put_away() -> None:
    with pytest.raises(DatabaseError, match="a year ago"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rollbook_audit_archive_partitions(current_date)")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rollbook_archive.audit_auditentry_y2021m02")
