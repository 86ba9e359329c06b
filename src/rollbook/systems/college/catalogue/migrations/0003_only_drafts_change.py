"""The database lets the entries of a curriculum, and their prerequisites, change only while it is a draft."""

from django.db import migrations

# The share lock makes whoever approves a curriculum wait until a change of it is committed, and the other way round.
ONLY_DRAFTS = """
CREATE FUNCTION college_catalogue_entry_of_draft() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE before text := 'DRAFT'; after text := 'DRAFT';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT c.state INTO before FROM college_catalogue_curriculum c
         WHERE c.organisation_id = OLD.organisation_id AND c.id = OLD.curriculum_id FOR SHARE;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT c.state INTO after FROM college_catalogue_curriculum c
         WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.curriculum_id FOR SHARE;
    END IF;
    IF before <> 'DRAFT' OR after <> 'DRAFT' THEN
        RAISE EXCEPTION '%: its curriculum is no draft any more, % is refused', TG_ARGV[0], TG_OP
            USING ERRCODE = 'RB001';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION college_catalogue_rule_of_draft() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE before text := 'DRAFT'; after text := 'DRAFT';
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.entry_id IS NOT NULL THEN
        SELECT c.state INTO before FROM college_catalogue_curriculumentry e
          JOIN college_catalogue_curriculum c ON c.organisation_id = e.organisation_id AND c.id = e.curriculum_id
         WHERE e.organisation_id = OLD.organisation_id AND e.id = OLD.entry_id FOR SHARE OF c;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.entry_id IS NOT NULL THEN
        SELECT c.state INTO after FROM college_catalogue_curriculumentry e
          JOIN college_catalogue_curriculum c ON c.organisation_id = e.organisation_id AND c.id = e.curriculum_id
         WHERE e.organisation_id = NEW.organisation_id AND e.id = NEW.entry_id FOR SHARE OF c;
    END IF;
    IF before <> 'DRAFT' OR after <> 'DRAFT' THEN
        RAISE EXCEPTION '%: its curriculum is no draft any more, % is refused', TG_ARGV[0], TG_OP
            USING ERRCODE = 'RB001';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION college_catalogue_entry_of_draft(), college_catalogue_rule_of_draft() FROM PUBLIC;
CREATE TRIGGER only_drafts_change BEFORE INSERT OR UPDATE OR DELETE ON college_catalogue_curriculumentry
    FOR EACH ROW EXECUTE FUNCTION college_catalogue_entry_of_draft('college_catalogue.curriculumentry');
CREATE TRIGGER only_drafts_change BEFORE INSERT OR UPDATE OR DELETE ON college_catalogue_prerequisiterule
    FOR EACH ROW EXECUTE FUNCTION college_catalogue_rule_of_draft('college_catalogue.prerequisiterule');
"""

UNDO = """
DROP TRIGGER only_drafts_change ON college_catalogue_prerequisiterule;
DROP TRIGGER only_drafts_change ON college_catalogue_curriculumentry;
DROP FUNCTION college_catalogue_rule_of_draft(), college_catalogue_entry_of_draft();
"""


class Migration(migrations.Migration):
    dependencies = [("college_catalogue", "0002_subjects_and_curricula")]
    operations = [migrations.RunSQL(ONLY_DRAFTS, UNDO)]
