"""A student's curriculum is one of the student's programme."""

from django.db import migrations

FITS = """
ALTER TABLE college_records_student ADD CONSTRAINT college_student_curriculum_fits
    FOREIGN KEY (organisation_id, programme_id, curriculum_id)
    REFERENCES college_catalogue_curriculum (organisation_id, programme_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("college_records", "0002_curriculum_and_credits")]
    operations = [
        migrations.RunSQL(FITS, "ALTER TABLE college_records_student DROP CONSTRAINT college_student_curriculum_fits;")
    ]
