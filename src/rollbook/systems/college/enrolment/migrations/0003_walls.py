"""The database itself refuses one seat, one unit or one foreign section too many."""

from django.db import migrations

# Who comes at the same moment waits for the locks that the services take; these walls stop whoever goes round them.
WALLS = """
CREATE FUNCTION college_enrolment_fits_section() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM college_scheduling_section c
      JOIN college_enrolment_termenrolment e ON e.organisation_id = c.organisation_id AND e.id = NEW.term_enrolment_id
     WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.section_id
       AND c.subject_id = NEW.subject_id AND c.term_id = e.term_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%: the section is of another subject or term', TG_ARGV[0] USING ERRCODE = 'RB004';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION college_enrolment_within_limits() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE seats integer; taken integer; cap numeric; units numeric;
BEGIN
    SELECT c.capacity INTO seats FROM college_scheduling_section c
     WHERE c.organisation_id = NEW.organisation_id AND c.id = NEW.section_id;
    SELECT count(*) INTO taken FROM college_enrolment_subjectenrolment x
     WHERE x.organisation_id = NEW.organisation_id AND x.section_id = NEW.section_id
       AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED', 'OFFERED');
    IF taken > seats THEN
        PERFORM 1 FROM college_records_override o
         WHERE o.organisation_id = NEW.organisation_id AND o.subject_id = NEW.id AND o.kind = 'CAPACITY';
        IF NOT FOUND THEN
            RAISE EXCEPTION '%: the section has no seat left', TG_ARGV[0] USING ERRCODE = 'RB005';
        END IF;
    END IF;
    IF NEW.state <> 'OFFERED' THEN
        SELECT e.max_units INTO cap FROM college_enrolment_termenrolment e
         WHERE e.organisation_id = NEW.organisation_id AND e.id = NEW.term_enrolment_id;
        SELECT sum(x.units) INTO units FROM college_enrolment_subjectenrolment x
         WHERE x.organisation_id = NEW.organisation_id AND x.term_enrolment_id = NEW.term_enrolment_id
           AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED');
        IF units > cap THEN
            RAISE EXCEPTION '%: more units than may be taken', TG_ARGV[0] USING ERRCODE = 'RB006';
        END IF;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION college_enrolment_fits_section(), college_enrolment_within_limits() FROM PUBLIC;
CREATE TRIGGER fits_section BEFORE INSERT OR UPDATE OF section_id, subject_id, term_enrolment_id
    ON college_enrolment_subjectenrolment FOR EACH ROW WHEN (NEW.section_id IS NOT NULL)
    EXECUTE FUNCTION college_enrolment_fits_section('college_enrolment.subjectenrolment');
CREATE TRIGGER within_limits_new AFTER INSERT ON college_enrolment_subjectenrolment
    FOR EACH ROW WHEN (NEW.state IN ('RESERVED', 'ENROLLED', 'OFFERED'))
    EXECUTE FUNCTION college_enrolment_within_limits('college_enrolment.subjectenrolment');
CREATE TRIGGER within_limits_moved AFTER UPDATE OF state, section_id, units ON college_enrolment_subjectenrolment
    FOR EACH ROW WHEN (NEW.state IN ('RESERVED', 'ENROLLED', 'OFFERED')
                       AND (NEW.state <> OLD.state OR NEW.section_id <> OLD.section_id OR NEW.units <> OLD.units))
    EXECUTE FUNCTION college_enrolment_within_limits('college_enrolment.subjectenrolment');
"""

UNDO = """
DROP TRIGGER within_limits_moved ON college_enrolment_subjectenrolment;
DROP TRIGGER within_limits_new ON college_enrolment_subjectenrolment;
DROP TRIGGER fits_section ON college_enrolment_subjectenrolment;
DROP FUNCTION college_enrolment_within_limits(), college_enrolment_fits_section();
"""


class Migration(migrations.Migration):
    dependencies = [("college_enrolment", "0002_subjects_and_advising")]
    operations = [migrations.RunSQL(WALLS, UNDO)]
