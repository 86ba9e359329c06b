"""A second row policy: files of a restricted bucket are seen and written only with the grant of their kind."""

from django.db import migrations

RESTRICT = """
CREATE POLICY restricted_record ON files_storedfile AS RESTRICTIVE
    USING (grant_kind = '' OR grant_kind = ANY (string_to_array(current_setting('app.grants', true), ',')))
    WITH CHECK (grant_kind = '' OR grant_kind = ANY (string_to_array(current_setting('app.grants', true), ',')));
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [migrations.RunSQL(RESTRICT, "DROP POLICY restricted_record ON files_storedfile;")]
