"""The database refuses postings that do not sum to zero within their entry."""

from django.db import migrations

BALANCE = """
CREATE FUNCTION ledger_entries_balance() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE wrong record;
BEGIN
    SELECT organisation_id, entry_id, sum(amount_minor) AS difference INTO wrong
      FROM added GROUP BY organisation_id, entry_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '%: entry % is out of balance by %', TG_ARGV[0], wrong.entry_id, wrong.difference
            USING ERRCODE = 'RB002';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger_entries_balance() FROM PUBLIC;
-- Postings are append-only and an entry's are inserted together, so balancing each statement balances the book.
CREATE TRIGGER entries_balance AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_balance('ledger.posting');
"""

UNBALANCE = "DROP TRIGGER entries_balance ON ledger_posting; DROP FUNCTION ledger_entries_balance();"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(BALANCE, UNBALANCE)]
