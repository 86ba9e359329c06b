"""The database lets nobody change a finalised grade without the event that may."""

from django.db import migrations

KEEP = """
CREATE FUNCTION college_grading_finalised_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.state <> 'FINALIZED' THEN
        RAISE EXCEPTION '%: a finalised grade stays finalised', TG_ARGV[0] USING ERRCODE = 'RB003';
    END IF;
    IF (NEW.symbol, NEW.numeric, NEW.scale_id) IS NOT DISTINCT FROM (OLD.symbol, OLD.numeric, OLD.scale_id) THEN
        RETURN NEW;
    END IF;
    -- An approved change, or the end of an incomplete, that says exactly what the grade was and what it becomes.
    PERFORM FROM college_grading_gradeevent e
       LEFT JOIN college_grading_gradechange c ON c.organisation_id = NEW.organisation_id AND c.id = e.change_id
       LEFT JOIN college_grading_incompletecase i ON i.organisation_id = NEW.organisation_id AND i.id = e.case_id
      WHERE e.organisation_id = NEW.organisation_id AND e.id = NEW.last_event_id AND e.record_id = NEW.id
        AND NEW.last_event_id IS DISTINCT FROM OLD.last_event_id
        AND e.old_symbol = OLD.symbol AND e.new_symbol = NEW.symbol AND e.new_numeric IS NOT DISTINCT FROM NEW.numeric
        AND ((e.kind = 'CHANGE' AND c.record_id = NEW.id AND c.approved_by_id IS NOT NULL AND c.to_symbol = NEW.symbol)
          OR (e.kind IN ('INC_RESOLVED', 'INC_EXPIRED') AND i.record_id = NEW.id));
    IF NOT FOUND THEN
        RAISE EXCEPTION '%: a finalised grade changes only by an approved change or the end of an incomplete', TG_ARGV[0]
            USING ERRCODE = 'RB003';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION college_grading_finalised_stays() FROM PUBLIC;
CREATE TRIGGER finalised_stays BEFORE UPDATE ON college_grading_graderecord
    FOR EACH ROW WHEN (OLD.state = 'FINALIZED')
    EXECUTE FUNCTION college_grading_finalised_stays('college_grading.graderecord');
"""

LET_GO = """
DROP TRIGGER finalised_stays ON college_grading_graderecord;
DROP FUNCTION college_grading_finalised_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("college_grading", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
