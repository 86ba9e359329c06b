"""The database lets the lines of a fee schedule change only while it is a draft."""

from django.db import migrations

# The share lock makes whoever puts a schedule in force wait until a change of it is committed, and the other way round.
ONLY_DRAFTS = """
CREATE FUNCTION college_fees_line_of_draft() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE before text := 'DRAFT'; after text := 'DRAFT';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT s.state INTO before FROM college_fees_feeschedule s
         WHERE s.organisation_id = OLD.organisation_id AND s.id = OLD.schedule_id FOR SHARE;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT s.state INTO after FROM college_fees_feeschedule s
         WHERE s.organisation_id = NEW.organisation_id AND s.id = NEW.schedule_id FOR SHARE;
    END IF;
    IF before <> 'DRAFT' OR after <> 'DRAFT' THEN
        RAISE EXCEPTION '%: its fee schedule is no draft any more, % is refused', TG_ARGV[0], TG_OP
            USING ERRCODE = 'RB001';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION college_fees_line_of_draft() FROM PUBLIC;
CREATE TRIGGER only_drafts_change BEFORE INSERT OR UPDATE OR DELETE ON college_fees_feeline
    FOR EACH ROW EXECUTE FUNCTION college_fees_line_of_draft('college_fees.feeline');
"""

UNDO = """
DROP TRIGGER only_drafts_change ON college_fees_feeline;
DROP FUNCTION college_fees_line_of_draft();
"""


class Migration(migrations.Migration):
    dependencies = [("college_fees", "0001_initial")]
    operations = [migrations.RunSQL(ONLY_DRAFTS, UNDO)]
