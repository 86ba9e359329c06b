"""The set-based statements of billing. Every statement names the organisation."""

from rollbook.core.audit.services import AUDIT_COLUMNS, AUDIT_NAMED

#: Lock the account first; read the invoice, the cashier's open shift, and whether the reference was used already.
LOCK_FOR_PAYMENT = """
SELECT a.id, i.state, i.currency, s.id,
       (SELECT p.id FROM billing_payment p
         WHERE %(reference)s <> '' AND p.external_reference <> ''
           AND p.organisation_id = %(organisation)s AND p.method = %(method)s AND p.external_reference = %(reference)s
           AND p.state NOT IN ('VOIDED', 'FAILED', 'EXPIRED'))
  FROM billing_invoice i
  JOIN billing_account a ON a.organisation_id = i.organisation_id AND a.id = i.account_id
  LEFT JOIN billing_shift s ON s.organisation_id = i.organisation_id AND s.cashier_id = %(cashier)s AND s.state = 'OPEN'
 WHERE i.organisation_id = %(organisation)s AND i.id = %(invoice)s
   FOR UPDATE OF a
"""

#: One payment: the row, the waterfall over the open instalments, what is left as credit, its entry in the books, and
#: its entry in the audit. Without its indentation it is short enough (4,096 characters) for psycopg to keep it parsed.
TAKE_PAYMENT = " ".join(
    f"""
WITH room AS (
    SELECT t.id, t.number, t.due_minor, t.paid_minor, t.due_on, t.cover,
           sum(t.due_minor - t.paid_minor) OVER (ORDER BY t.number) - (t.due_minor - t.paid_minor) AS before
      FROM billing_instalment t
     WHERE t.organisation_id = %(organisation)s AND t.invoice_id = %(invoice)s
), landed AS (
    SELECT id, number, due_minor, paid_minor, due_on, cover,
           greatest(least(due_minor - paid_minor, %(amount)s - before), 0)::bigint AS minor,
           row_number() OVER (ORDER BY number) AS place
      FROM room
), payment AS (
    INSERT INTO billing_payment (organisation_id, id, created_at, account_id, invoice_id, amount_minor, currency, method,
                                 external_reference, received_at, received_on, recorded_by, shift_id, note, state,
                                 returned_minor)
    VALUES (%(organisation)s, %(payment)s, %(at)s, %(account)s, %(invoice)s, %(amount)s, %(currency)s, %(method)s,
            %(reference)s, %(received_at)s, %(received_on)s, %(recorded_by)s, %(shift)s, %(note)s, 'COMPLETED', 0)
    RETURNING id
), allocated AS (
    INSERT INTO billing_allocation
           (organisation_id, id, created_at, payment_id, instalment_id, amount_minor, sequence, reason)
    SELECT %(organisation)s, (%(ids)s::uuid[])[l.place], %(at)s, %(payment)s, l.id, l.minor, l.number, 'PAYMENT'
      FROM landed l WHERE l.minor > 0
    RETURNING id
), filled AS (
    UPDATE billing_instalment t SET paid_minor = t.paid_minor + l.minor
      FROM landed l
     WHERE t.organisation_id = %(organisation)s AND t.id = l.id AND l.minor > 0
    RETURNING t.id
), total AS (
    SELECT coalesce(sum(minor), 0)::bigint AS minor FROM landed
), invoiced AS (
    UPDATE billing_invoice i SET paid_minor = i.paid_minor + total.minor
      FROM total
     WHERE i.organisation_id = %(organisation)s AND i.id = %(invoice)s AND total.minor > 0
    RETURNING i.id
), credited AS (
    INSERT INTO billing_creditentry
           (organisation_id, id, created_at, account_id, payment_id, invoice_id, amount_minor, reason)
    SELECT %(organisation)s, %(credit_id)s, %(at)s, %(account)s, %(payment)s, %(invoice)s, %(amount)s - total.minor, 'EXCESS'
      FROM total WHERE total.minor < %(amount)s
    RETURNING amount_minor
), kept AS (
    UPDATE billing_account a SET credit_minor = a.credit_minor + credited.amount_minor
      FROM credited
     WHERE a.organisation_id = %(organisation)s AND a.id = %(account)s
    RETURNING a.id
), entry AS (
    INSERT INTO ledger_journalentry (organisation_id, id, created_at, entry_date, kind, source_id)
    VALUES (%(organisation)s, %(entry)s, %(at)s, %(today)s, 'billing.payment', %(payment)s)
    RETURNING id
), posted AS (
    INSERT INTO ledger_posting (organisation_id, id, created_at, entry_id, account_id, amount_minor, currency)
    SELECT %(organisation)s, side.id, %(at)s, %(entry)s, l.id, side.minor, %(currency)s
      FROM total
      CROSS JOIN LATERAL (VALUES (%(posting_1)s::uuid, %(money_account)s, %(amount)s),
                                 (%(posting_2)s::uuid, %(receivable)s, -total.minor),
                                 (%(posting_3)s::uuid, %(customer_credit)s, total.minor - %(amount)s)) AS side(id, code, minor)
      JOIN ledger_ledgeraccount l ON l.organisation_id = %(organisation)s AND l.code = side.code
     WHERE side.minor <> 0
    RETURNING id
), audited AS (
    INSERT INTO audit_auditentry ({", ".join(AUDIT_COLUMNS)}) VALUES ({AUDIT_NAMED}) RETURNING id
)
SELECT number, due_minor, paid_minor + minor, due_on, cover, minor FROM landed ORDER BY number
""".split()
)

#: Dues and paid figures of one plan, all at once.
SAVE_PLAN = """
WITH figures AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(dues)s::bigint[], %(paid)s::bigint[]) AS f(id, due_minor, paid_minor)
), saved AS (
    UPDATE billing_instalment t SET due_minor = f.due_minor, paid_minor = f.paid_minor
      FROM figures f
     WHERE t.organisation_id = %(organisation)s AND t.id = f.id
       AND (t.due_minor, t.paid_minor) IS DISTINCT FROM (f.due_minor, f.paid_minor)
    RETURNING t.id
)
UPDATE billing_invoice i SET total_minor = %(total)s, paid_minor = %(paid_total)s
 WHERE i.organisation_id = %(organisation)s AND i.id = %(invoice)s
RETURNING (SELECT count(*) FROM saved)
"""

#: The next number of a gapless series and the receipt that bears it; the series' row stays locked until the commit.
ISSUE_RECEIPT = """
WITH series AS (
    INSERT INTO numbering_numberseries (organisation_id, id, created_at, key, last_value)
    VALUES (%(organisation)s, %(series_id)s, %(at)s, %(series_key)s, 1)
        ON CONFLICT (organisation_id, key) DO UPDATE SET last_value = numbering_numberseries.last_value + 1
    RETURNING last_value
)
INSERT INTO billing_receipt
       (organisation_id, id, created_at, payment_id, series, number, issued_on, snapshot, state, sha256, reprints)
SELECT %(organisation)s, %(receipt)s, %(at)s, %(payment)s, %(series)s,
       %(prefix)s || lpad(series.last_value::text, greatest(%(digits)s::int, length(series.last_value::text)), '0'),
       %(issued_on)s, %(snapshot)s::jsonb, 'ISSUED', '', 0
  FROM series
RETURNING number
"""

RECEIPT_NUMBER = "SELECT number FROM billing_receipt WHERE organisation_id = %s AND id = %s"

LOCK_ACCOUNTS = """
SELECT id FROM billing_account WHERE organisation_id = %(organisation)s AND id = ANY (%(accounts)s::uuid[])
 ORDER BY id FOR UPDATE
"""

READ_PLANS = """
SELECT t.invoice_id, array_agg(t.id::text ORDER BY t.number), array_agg(t.number ORDER BY t.number),
       array_agg(t.due_minor ORDER BY t.number), array_agg(t.paid_minor ORDER BY t.number),
       array_agg(t.due_on ORDER BY t.number), array_agg(t.cover ORDER BY t.number)
  FROM billing_instalment t
 WHERE t.organisation_id = %(organisation)s AND t.invoice_id = ANY (%(invoices)s::uuid[])
 GROUP BY t.invoice_id
"""

INSERT_PAYMENTS = """
INSERT INTO billing_payment (organisation_id, id, created_at, account_id, invoice_id, amount_minor, currency, method,
                             external_reference, received_at, received_on, recorded_by, shift_id, note, state, returned_minor)
SELECT %(organisation)s, p.id, %(at)s, p.account_id, p.invoice_id, p.amount_minor, %(currency)s, p.method,
       p.reference, p.received_at, p.received_on, %(recorded_by)s, NULL, '', 'COMPLETED', 0
  FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(invoices)s::uuid[], %(amounts)s::bigint[], %(methods)s::text[],
              %(references)s::text[], %(received)s::timestamptz[], %(days)s::date[])
       AS p(id, account_id, invoice_id, amount_minor, method, reference, received_at, received_on)
    ON CONFLICT DO NOTHING
RETURNING id
"""

# Each of the next three joins its table with arrays of known length, never with another CTE: on a table that was
# just loaded and not yet analysed the planner would otherwise pick a nested loop over everything.
INSERT_ALLOCATIONS = """
INSERT INTO billing_allocation
           (organisation_id, id, created_at, payment_id, instalment_id, amount_minor, sequence, reason)
SELECT %(organisation)s, l.id, %(at)s, l.payment_id, l.instalment_id, l.amount_minor, l.number, 'PAYMENT'
  FROM unnest(%(ids)s::uuid[], %(payments)s::uuid[], %(instalments)s::uuid[], %(numbers)s::int[], %(amounts)s::bigint[])
       AS l(id, payment_id, instalment_id, number, amount_minor)
RETURNING id
"""

FILL_INSTALMENTS = """
UPDATE billing_instalment t SET paid_minor = t.paid_minor + f.minor
  FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) AS f(id, minor)
 WHERE t.organisation_id = %(organisation)s AND t.id = f.id
RETURNING t.id
"""

FILL_INVOICES = """
UPDATE billing_invoice i SET paid_minor = i.paid_minor + f.minor
  FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) AS f(id, minor)
 WHERE i.organisation_id = %(organisation)s AND i.id = f.id
RETURNING i.id
"""

INSERT_CREDITS = """
INSERT INTO billing_creditentry
           (organisation_id, id, created_at, account_id, payment_id, invoice_id, amount_minor, reason)
SELECT %(organisation)s, c.id, %(at)s, c.account_id, c.payment_id, c.invoice_id, c.amount_minor, 'EXCESS'
  FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(payments)s::uuid[], %(invoices)s::uuid[], %(amounts)s::bigint[])
       AS c(id, account_id, payment_id, invoice_id, amount_minor)
RETURNING id
"""

KEEP_CREDITS = """
UPDATE billing_account a SET credit_minor = a.credit_minor + f.minor
  FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) AS f(id, minor)
 WHERE a.organisation_id = %(organisation)s AND a.id = f.id
RETURNING a.id
"""

INSERT_RECEIPTS = """
INSERT INTO billing_receipt
       (organisation_id, id, created_at, payment_id, series, number, issued_on, snapshot, state, sha256, reprints)
SELECT %(organisation)s, r.id, %(at)s, r.payment_id, %(series)s, r.number, %(issued_on)s, r.snapshot::jsonb, 'ISSUED', '', 0
  FROM unnest(%(ids)s::uuid[], %(payments)s::uuid[], %(numbers)s::text[], %(snapshots)s::text[])
       AS r(id, payment_id, number, snapshot)
RETURNING id
"""

#: Accounts of many customers, opened where there is none.
OPEN_ACCOUNTS = """
INSERT INTO billing_account (organisation_id, id, created_at, customer_id, currency, credit_minor)
SELECT %(organisation)s, c.id, %(at)s, c.customer_id, c.currency, 0
  FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(currencies)s::text[]) AS c(id, customer_id, currency)
    ON CONFLICT DO NOTHING
RETURNING id
"""

OPEN_INVOICES = """
INSERT INTO billing_invoice (organisation_id, id, created_at, account_id, purpose, subject_id, currency, total_minor,
                             paid_minor, opened_on, state, version)
SELECT %(organisation)s, i.id, %(at)s, a.id, i.purpose, i.subject_id, i.currency, i.total_minor, 0, %(today)s, 'OPEN', 1
  FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(purposes)s::text[], %(subjects)s::uuid[], %(currencies)s::text[],
              %(totals)s::bigint[]) AS i(id, customer_id, purpose, subject_id, currency, total_minor)
  JOIN billing_account a
    ON a.organisation_id = %(organisation)s AND a.customer_id = i.customer_id AND a.currency = i.currency
RETURNING id, account_id
"""

OPEN_INSTALMENTS = """
INSERT INTO billing_instalment
       (organisation_id, id, created_at, invoice_id, number, due_minor, paid_minor, due_on, cover)
SELECT %(organisation)s, t.id, %(at)s, t.invoice_id, t.number, t.due_minor, 0, t.due_on, ''
  FROM unnest(%(ids)s::uuid[], %(invoices)s::uuid[], %(numbers)s::int[], %(dues)s::bigint[], %(days)s::date[])
       AS t(id, invoice_id, number, due_minor, due_on)
RETURNING id
"""

OPEN_LINES = """
INSERT INTO billing_invoiceline
       (organisation_id, id, created_at, invoice_id, description, quantity, unit_price, amount_minor)
SELECT %(organisation)s, l.id, %(at)s, l.invoice_id, l.description, l.quantity, l.unit_price, l.amount_minor
  FROM unnest(%(ids)s::uuid[], %(invoices)s::uuid[], %(descriptions)s::text[], %(quantities)s::numeric[],
              %(prices)s::numeric[], %(amounts)s::bigint[])
       AS l(id, invoice_id, description, quantity, unit_price, amount_minor)
RETURNING id
"""

EMPTY_INSTALMENTS = """
UPDATE billing_instalment t SET due_minor = 0
 WHERE t.organisation_id = %(organisation)s AND t.invoice_id = ANY (%(invoices)s::uuid[])
RETURNING t.id
"""

CANCEL_INVOICES = """
UPDATE billing_invoice i SET total_minor = 0, state = 'CANCELLED', version = i.version + 1
 WHERE i.organisation_id = %(organisation)s AND i.id = ANY (%(invoices)s::uuid[]) AND i.state = 'OPEN'
RETURNING i.id
"""
