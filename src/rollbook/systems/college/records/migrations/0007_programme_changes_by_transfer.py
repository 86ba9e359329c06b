"""A student's programme changes by an approved transfer and in no other way; its curriculum is of that programme."""

from django.db import migrations

GUARD = """
ALTER TABLE college_records_programmetransfer ADD CONSTRAINT college_transfer_curriculum_fits
    FOREIGN KEY (organisation_id, to_programme_id, curriculum_id)
    REFERENCES college_catalogue_curriculum (organisation_id, programme_id, id);
CREATE FUNCTION college_records_transfer_approved() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM college_records_programmetransfer t
     WHERE t.organisation_id = NEW.organisation_id AND t.student_id = NEW.id AND t.state = 'APPROVED'
       AND t.from_programme_id = OLD.programme_id AND t.to_programme_id = NEW.programme_id
       AND t.curriculum_id = NEW.curriculum_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%: a programme changes by an approved transfer only', TG_ARGV[0] USING ERRCODE = 'RB007';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION college_records_transfer_approved() FROM PUBLIC;
CREATE TRIGGER programme_by_transfer BEFORE UPDATE OF programme_id ON college_records_student
    FOR EACH ROW WHEN (NEW.programme_id <> OLD.programme_id)
    EXECUTE FUNCTION college_records_transfer_approved('college_records.student');
"""

UNDO = """
DROP TRIGGER programme_by_transfer ON college_records_student;
DROP FUNCTION college_records_transfer_approved();
ALTER TABLE college_records_programmetransfer DROP CONSTRAINT college_transfer_curriculum_fits;
"""


class Migration(migrations.Migration):
    dependencies = [("college_records", "0006_requests_at_the_desk")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
