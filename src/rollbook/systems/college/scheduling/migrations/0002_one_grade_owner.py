"""At commit every section has an assignment that owns its grades; the unique index refuses a second one."""

from django.db import migrations

GUARD = """
CREATE FUNCTION college_scheduling_has_owner() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE wanted uuid;
BEGIN
    -- Outside the organisation's scope its rows cannot be seen, so nothing can be said about them. An act commits
    -- inside its scope.
    IF coalesce(current_setting('app.organisation', true), '') <> coalesce(NEW.organisation_id, OLD.organisation_id)::text
    THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[0] = 'college_scheduling.section' THEN
        wanted := NEW.id;
        PERFORM 1 FROM college_scheduling_teachingassignment
          WHERE organisation_id = NEW.organisation_id AND section_id = wanted AND role = 'PRIMARY';
    ELSE
        wanted := OLD.section_id;
        PERFORM 1 FROM college_scheduling_teachingassignment
          WHERE organisation_id = OLD.organisation_id AND section_id = wanted AND role = 'PRIMARY';
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%: nobody owns the grades of section %', TG_ARGV[0], wanted USING ERRCODE = 'RB003';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION college_scheduling_has_owner() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER has_owner AFTER INSERT ON college_scheduling_section DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION college_scheduling_has_owner('college_scheduling.section');
CREATE CONSTRAINT TRIGGER keeps_owner AFTER UPDATE OF role, section_id OR DELETE
    ON college_scheduling_teachingassignment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.role = 'PRIMARY')
    EXECUTE FUNCTION college_scheduling_has_owner('college_scheduling.teachingassignment');
"""

UNGUARD = """
DROP TRIGGER keeps_owner ON college_scheduling_teachingassignment;
DROP TRIGGER has_owner ON college_scheduling_section;
DROP FUNCTION college_scheduling_has_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("college_scheduling", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
