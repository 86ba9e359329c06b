"""A decision stands: a request that is no longer proposed cannot change at all."""

from django.db import migrations

DECIDED = """
CREATE TRIGGER decided_is_decided BEFORE UPDATE ON "approvals_approvalrequest"
    FOR EACH ROW WHEN (OLD.state <> 'PROPOSED') EXECUTE FUNCTION rollbook_refuse_frozen('approvals.approvalrequest');
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]
    operations = [
        migrations.RunSQL(DECIDED, 'DROP TRIGGER decided_is_decided ON "approvals_approvalrequest";'),
    ]
