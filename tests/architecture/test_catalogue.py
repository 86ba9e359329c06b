"""A walk through the catalogue of PostgreSQL: every table of an organisation stands behind its wall."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from rollbook.core.tenancy.models import Campus, Organisation, TenantModel
from rollbook.core.tenancy.scope import ScopeError, tenant_scope
from rollbook.systems.college.fees.examples import a_payer

pytestmark = pytest.mark.django_db


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


TENANT_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""


def _tenant_tables() -> set[str]:
    return {name for (name,) in _rows(TENANT_TABLES)}


def _platform_tables_that_name_an_organisation() -> set[str]:
    """Tables of the installation, not of a tenant: declared by their models, each with its reason."""
    return {
        model._meta.db_table
        for model in apps.get_models()
        if not issubclass(model, TenantModel) and getattr(model, "is_platform_table", "")
    }


def test_every_tenant_model_has_its_table_and_every_such_table_its_model() -> None:
    models = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}

    assert _tenant_tables() - _platform_tables_that_name_an_organisation() == models
    assert len(models) >= 30


@pytest.mark.rule("R1")
def test_row_security_is_enabled_and_forced_on_every_tenant_table() -> None:
    open_tables = _rows(
        f"SELECT relname FROM pg_class WHERE oid::regclass::text IN ({TENANT_TABLES})"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )

    assert {name for (name,) in open_tables} <= _platform_tables_that_name_an_organisation()


def test_every_tenant_table_has_a_policy_that_names_the_organisation() -> None:
    policies = dict(
        _rows(
            "SELECT tablename, string_agg(qual || ' ' || coalesce(with_check, ''), ' ') FROM pg_policies"
            " WHERE schemaname = 'public' AND permissive = 'PERMISSIVE' AND cmd = 'ALL' GROUP BY tablename"
        )
    )

    for table in _tenant_tables() - _platform_tables_that_name_an_organisation():
        assert policies[table].count("current_setting('app.organisation'") == 2, table


@pytest.mark.rule("R1")
def test_primary_keys_unique_constraints_and_indexes_begin_with_the_organisation() -> None:
    strays = _rows(
        f"""
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text FROM pg_index i
         WHERE i.indrelid::regclass::text IN ({TENANT_TABLES})
           AND (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0])
               IS DISTINCT FROM 'organisation_id'
        """
    )

    assert [stray for stray in strays if stray[0] not in _platform_tables_that_name_an_organisation()] == []


def test_a_reference_between_tenant_tables_carries_the_organisation_on_both_sides() -> None:
    strays = _rows(
        f"""
        SELECT f.conrelid::regclass::text, f.conname FROM pg_constraint f
          JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
          JOIN pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = f.confkey[1]
         WHERE f.contype = 'f' AND f.conparentid = 0
           AND f.conrelid::regclass::text IN ({TENANT_TABLES}) AND f.confrelid::regclass::text IN ({TENANT_TABLES})
           AND (a.attname <> 'organisation_id' OR r.attname <> 'organisation_id')
        """
    )

    assert [stray for stray in strays if stray[0] not in _platform_tables_that_name_an_organisation()] == []


def test_every_reference_field_has_its_constraint() -> None:
    constraints = {
        (table, column)
        for table, column in _rows(
            """
            SELECT f.conrelid::regclass::text, a.attname::text FROM pg_constraint f
              JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[2]
             WHERE f.contype = 'f' AND cardinality(f.conkey) = 2
            """
        )
    }

    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if type(field).__name__ == "TenantForeignKey":
                assert (model._meta.db_table, field.column) in constraints, field


def test_the_ordinary_role_is_ordinary() -> None:
    ((role, is_super, bypasses, creates_roles, creates_databases),) = _rows(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    owned = _rows(
        "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )

    assert (is_super, bypasses, creates_roles, creates_databases) == (False,) * 4, role
    assert owned == []


#: Functions that act with the owner's rights, each reviewed: what for.
REVIEWED_DEFINERS = {
    "rollbook_audit_archive_partitions(date)": "moves cold partitions of the audit into another schema; touches no rows",
    "rollbook_audit_make_partitions(date,integer)": "makes the audit's next partitions; reads and writes no rows",
}


def test_views_and_functions_cannot_lend_rights() -> None:
    definers = dict(
        _rows(
            "SELECT p.oid::regprocedure::text, coalesce(array_to_string(p.proconfig, ','), '') FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
        )
    )
    views = _rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
        " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    )

    assert set(definers) == set(REVIEWED_DEFINERS)
    assert all("search_path=" in settings for settings in definers.values())
    assert views == []


@pytest.mark.rule("R1")
def test_without_a_tenant_every_tenant_table_is_empty(organisation: Organisation) -> None:
    tables = sorted(_tenant_tables() - _platform_tables_that_name_an_organisation())
    with tenant_scope(organisation.id):
        a_payer("30000.00").pays("31000.00")
        filled = [table for table in tables if _count(table)]

    assert len(filled) >= 15
    assert [table for table in tables if _count(table)] == []


def _count(table: str) -> int:
    ((visible,),) = _rows(f"SELECT count(*) FROM {table} WHERE organisation_id IS NOT NULL")
    return int(visible)


def test_a_tenant_row_cannot_be_made_outside_a_scope() -> None:
    with pytest.raises(ScopeError):
        Campus.objects.create(code="X", name="X")
