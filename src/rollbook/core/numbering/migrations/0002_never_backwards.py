"""A series never counts backwards, changes its name or disappears: a number is never given twice."""

from django.db import migrations

NEVER_BACKWARDS = """
CREATE TRIGGER never_backwards BEFORE UPDATE ON "numbering_numberseries" FOR EACH ROW
    WHEN (NEW.last_value < OLD.last_value OR NEW.key <> OLD.key OR NEW.organisation_id <> OLD.organisation_id)
    EXECUTE FUNCTION rollbook_refuse_frozen('numbering.numberseries');
CREATE TRIGGER kept_rows BEFORE DELETE ON "numbering_numberseries"
    FOR EACH ROW EXECUTE FUNCTION rollbook_refuse_frozen('numbering.numberseries');
CREATE TRIGGER kept_table BEFORE TRUNCATE ON "numbering_numberseries"
    FOR EACH STATEMENT EXECUTE FUNCTION rollbook_refuse_frozen('numbering.numberseries');
"""

UNDO = """
DROP TRIGGER never_backwards ON "numbering_numberseries";
DROP TRIGGER kept_rows ON "numbering_numberseries";
DROP TRIGGER kept_table ON "numbering_numberseries";
"""


class Migration(migrations.Migration):
    dependencies = [("numbering", "0001_initial")]
    operations = [migrations.RunSQL(NEVER_BACKWARDS, UNDO)]
