"""A partition for each month of entries, with the guards that a parent does not hand down."""

from django.db import migrations

# Runs with the owner's rights because making a table is the owner's business, while the job that asks
# for it is served by the ordinary role. It takes no name from its caller.
#
# A month is made beside the table and then attached: attaching lets writers go on, making it as a
# partition at once would not. Partitions are reached through their parent only; their own policies and
# triggers are for whoever goes round that.
MAKE_PARTITIONS = """
CREATE FUNCTION rollbook_audit_make_partitions(first_month date, months integer) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    parent text; part text; month date; made text[] := '{}';
BEGIN
    IF months NOT BETWEEN 0 AND 60 THEN
        RAISE EXCEPTION 'between 0 and 60 months can be made at once' USING ERRCODE = '22023';
    END IF;
    FOREACH parent IN ARRAY ARRAY['audit_auditentry', 'audit_accessentry'] LOOP
        IF to_regclass('public.' || parent || '_default') IS NULL THEN
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I DEFAULT', parent || '_default', parent);
            PERFORM public.rollbook_audit_guard_partition(parent, parent || '_default');
        END IF;
        FOR step IN 0 .. months - 1 LOOP
            month := (date_trunc('month', first_month) + make_interval(months => step))::date;
            part := parent || '_y' || to_char(month, 'YYYY"m"MM');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            BEGIN
                EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
                EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
                               to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
                               to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
                PERFORM public.rollbook_audit_guard_partition(parent, part);
                made := made || part;
            EXCEPTION WHEN check_violation THEN
                -- Entries of that month already lie in the default partition. They are as safe there.
                RAISE NOTICE 'the default partition keeps the entries of %', to_char(month, 'YYYY-MM');
            END;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

CREATE FUNCTION rollbook_audit_guard_partition(parent text, part text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY same_organisation ON public.%I USING (%s) WITH CHECK (%s)', part,
        $policy$organisation_id = nullif(current_setting('app.organisation', true), '')::uuid$policy$,
        $policy$organisation_id = nullif(current_setting('app.organisation', true), '')::uuid$policy$);
    EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON public.%I FOR EACH STATEMENT '
                   'EXECUTE FUNCTION public.rollbook_refuse_change(%L)', part, replace(parent, '_', '.'));
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', part);
END $$;
REVOKE ALL ON FUNCTION rollbook_audit_make_partitions(date, integer), rollbook_audit_guard_partition(text, text) FROM PUBLIC;
"""

DROP = """
DROP FUNCTION rollbook_audit_make_partitions(date, integer);
DROP FUNCTION rollbook_audit_guard_partition(text, text);
"""

# A year back as well: demonstrations and imports are written with the dates they speak of.
FIRST_PARTITIONS = """
SELECT rollbook_audit_make_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') - interval '12 months')::date, 16);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(MAKE_PARTITIONS, DROP),
        migrations.RunSQL(FIRST_PARTITIONS, migrations.RunSQL.noop),
    ]
