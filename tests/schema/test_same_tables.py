"""Our way of applying migrations leaves the tables that Django's own command leaves, to the last default and trigger."""

from typing import Any

from django.core.management import call_command
from django.db import connections

from rollbook.site.testing.databases import TestDatabase, beside

#: Everything that stands in the schema, one line each. Names of constraints and indexes count.
CATALOGUE = """
    SELECT 'column', c.relname || '.' || a.attname,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                     a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'relation', relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, reloptions)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', conname || ' of ' || conrelid::regclass, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'policy', policyname || ' on ' || tablename, concat_ws(' ', permissive, roles, cmd, qual, with_check)
      FROM pg_policies
    UNION ALL
    SELECT 'trigger', tgname || ' on ' || tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
      FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""


def test_a_fresh_database_is_the_same_by_djangos_own_command(
    django_db_setup: TestDatabase, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        ours = catalogue()
        with beside(django_db_setup):
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            theirs = catalogue()
    assert len(ours) > 5000
    assert ours == theirs


def catalogue() -> set[tuple[str, str, str]]:
    """What stands in the schema now."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(CATALOGUE)
        return set(cursor.fetchall())
