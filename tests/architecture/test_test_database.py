"""The tests themselves stand on the ordinary role, on a database that the owner migrated."""

import threading

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.testing.statements import NamelessStatement, unwatched_statements


def test_tests_run_as_the_ordinary_role_that_row_policies_bind(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)


def test_the_ordinary_role_cannot_change_the_schema(db):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE invented (id int)")


@pytest.mark.rule("R2")
def test_the_limits_of_the_ordinary_role_come_with_the_connection(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
            " current_setting('idle_in_transaction_session_timeout'), current_setting('TimeZone')"
        )
        assert cursor.fetchone() == ("30s", "5s", "30s", "UTC")


def test_rows_of_another_organisation_do_not_exist(organisation, other_organisation):
    with tenant_scope(other_organisation.pk):
        Campus.objects.create(code="MAIN", name="Main campus")
    with tenant_scope(organisation.pk), connection.cursor() as cursor, unwatched_statements():
        cursor.execute("SELECT count(*) FROM tenancy_campus")
        assert cursor.fetchone() == (0,)


def test_a_statement_without_the_organisation_fails_the_test(tenant):
    with pytest.raises(NamelessStatement, match="tenancy_campus"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_campus")


@pytest.mark.django_db(transaction=True)
def test_a_thread_sees_what_was_committed_and_is_watched_too(organisation):
    seen: list[object] = []

    def look() -> None:
        try:
            seen.append(Organisation.objects.filter(pk=organisation.pk).count())
            connection.cursor().execute("DELETE FROM tenancy_campus")
        except NamelessStatement as fault:
            seen.append(type(fault))
        finally:
            connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1, NamelessStatement]


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_gone_for_the_next():
    assert Organisation.objects.count() == 0


def test_the_ordinary_role_may_not_enter_a_database_of_somebody_else(db):
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    wanted = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: parameters[name] for name in wanted if name in parameters}) as intruder:
        assert intruder.execute("SELECT has_database_privilege('postgres', 'CREATE')").fetchone() == (False,)
