"""Cold months move into a schema of their own; they stay partitions, so that nothing is lost and all is found."""

from django.db import migrations

# A partition may lie in another schema than its parent: it is read and proved through the parent as before, while a
# nightly backup may leave the schema out and a monthly one take it alone. Nothing is detached and nothing is deleted.
# It runs with the owner's rights, takes no name from its caller, and refuses months that are not cold.
ARCHIVE = """
CREATE SCHEMA rollbook_archive;
REVOKE ALL ON SCHEMA rollbook_archive FROM PUBLIC;

CREATE FUNCTION rollbook_audit_archive_partitions(before date) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    part text; moved text[] := '{}';
BEGIN
    IF before > (now() AT TIME ZONE 'UTC')::date - 365 THEN
        RAISE EXCEPTION 'only months that ended a year ago or earlier are archived' USING ERRCODE = '22023';
    END IF;
    FOR part IN
        SELECT c.relname
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
         WHERE i.inhparent IN ('public.audit_auditentry'::regclass, 'public.audit_accessentry'::regclass)
           AND c.relname ~ '^audit_(auditentry|accessentry)_y[0-9]{4}m[0-9]{2}$'
           AND (to_date(right(c.relname, 7), 'YYYY"m"MM') + interval '1 month')::date <= before
         ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE public.%I SET SCHEMA rollbook_archive', part);
        moved := moved || part;
    END LOOP;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION rollbook_audit_archive_partitions(date) FROM PUBLIC;
"""

UNDO = """
DROP FUNCTION rollbook_audit_archive_partitions(date);
DROP SCHEMA rollbook_archive;
"""

# As before, and a month that was archived is there too.
OLD_CHECK = "CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;"
NEW_CHECK = (
    "CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL OR to_regclass('rollbook_archive.' || part) IS NOT NULL;"
)


def _replace(schema_editor, old, new):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('rollbook_audit_make_partitions(date, integer)'::regprocedure)")
        definition = cursor.fetchone()[0]
        if old not in definition:
            raise ValueError("The function that makes partitions is not as this migration knows it.")
        cursor.execute(definition.replace(old, new))


def look_in_both(apps, schema_editor):
    _replace(schema_editor, OLD_CHECK, NEW_CHECK)


def look_in_one(apps, schema_editor):
    _replace(schema_editor, NEW_CHECK, OLD_CHECK)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_partitions")]
    operations = [
        migrations.RunSQL(ARCHIVE, UNDO),
        migrations.RunPython(look_in_both, look_in_one),
    ]
