"""The first answer stands: it cannot be changed, and the answer to an act of money cannot be removed."""

from django.db import migrations

FIRST_ANSWER = """
CREATE TRIGGER first_answer_stands BEFORE UPDATE ON "idempotency_storedanswer"
    FOR EACH ROW EXECUTE FUNCTION rollbook_refuse_frozen('idempotency.storedanswer');
CREATE TRIGGER kept_for_ever BEFORE DELETE ON "idempotency_storedanswer"
    FOR EACH ROW WHEN (OLD.expires_at IS NULL) EXECUTE FUNCTION rollbook_refuse_frozen('idempotency.storedanswer');
CREATE TRIGGER kept_table BEFORE TRUNCATE ON "idempotency_storedanswer"
    FOR EACH STATEMENT EXECUTE FUNCTION rollbook_refuse_frozen('idempotency.storedanswer');
"""

UNDO = """
DROP TRIGGER first_answer_stands ON "idempotency_storedanswer";
DROP TRIGGER kept_for_ever ON "idempotency_storedanswer";
DROP TRIGGER kept_table ON "idempotency_storedanswer";
"""


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0001_initial")]
    operations = [migrations.RunSQL(FIRST_ANSWER, UNDO)]
