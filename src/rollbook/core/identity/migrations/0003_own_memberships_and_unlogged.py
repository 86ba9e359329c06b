"""A user may ask where they are a member before any organisation is chosen; counters of rates need no durability."""

from django.db import migrations

OWN = """
DROP POLICY IF EXISTS own_membership ON identity_membership;
CREATE POLICY own_membership ON identity_membership FOR SELECT
    USING (user_id = nullif(current_setting('app.user', true), '')::uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_door")]

    operations = [
        migrations.RunSQL(OWN, "DROP POLICY own_membership ON identity_membership;"),
        migrations.RunSQL(
            "ALTER TABLE identity_ratewindow SET UNLOGGED;", "ALTER TABLE identity_ratewindow SET LOGGED;"
        ),
    ]
