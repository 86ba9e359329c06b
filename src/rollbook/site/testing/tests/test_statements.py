"""Which statements are refused in tests."""

import pytest

from rollbook.site.testing.statements import fault_of

TABLES = frozenset({"billing_invoice", "billing_payment", "people_person"})

NAMED = [
    'SELECT "billing_invoice"."id" FROM "billing_invoice" WHERE "billing_invoice"."organisation_id" = %s',
    "SELECT id FROM billing_invoice i WHERE i.organisation_id = %s AND i.state = 'OPEN'",
    "SELECT 1 FROM billing_invoice i JOIN people_person p USING (organisation_id, id) WHERE i.organisation_id = %s",
    "SELECT 1 FROM billing_invoice i, people_person p WHERE p.organisation_id = i.organisation_id AND i.id = p.id",
    "SELECT 1 FROM billing_invoice JOIN people_person USING (organisation_id) WHERE organisation_id = %s",
    "INSERT INTO billing_payment (id, organisation_id) VALUES (%s, %s)",
    "INSERT INTO billing_payment (id, organisation_id) SELECT a, b FROM unnest(%s, %s) AS t(a, b) RETURNING id",
    "UPDATE billing_invoice SET paid_minor = %s WHERE organisation_id = %s AND id = %s",
    "UPDATE billing_invoice i SET paid_minor = s.paid FROM sums s WHERE i.id = s.id AND i.organisation_id = %s",
    "DELETE FROM billing_invoice WHERE organisation_id = %s",
    "WITH due AS (SELECT id FROM billing_invoice WHERE organisation_id = %s FOR UPDATE) SELECT * FROM due",
    "SELECT 1 FROM tenancy_organisation",
    "SELECT EXTRACT(year FROM received_at) FROM billing_payment p WHERE (p.organisation_id, p.id) = (%s, %s)",
    "INSERT INTO billing_payment (organisation_id, id) VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET a = 1",
    "SAVEPOINT s1",
]

NAMELESS = [
    ("SELECT id FROM billing_invoice", "billing_invoice is read or changed"),
    ("SELECT organisation_id FROM billing_invoice", "billing_invoice is read or changed"),
    ("SELECT id FROM billing_invoice ORDER BY organisation_id", "billing_invoice is read or changed"),
    (
        "SELECT 1 FROM billing_invoice i, people_person p WHERE i.organisation_id = %s AND p.id = i.person_id",
        r"people_person \(as p\) is read or changed",
    ),
    (
        "SELECT 1 FROM billing_invoice i LEFT JOIN people_person p ON p.id = i.person_id WHERE i.organisation_id = %s",
        r"people_person \(as p\) is read or changed",
    ),
    (
        "SELECT (SELECT 1 FROM billing_payment p WHERE p.id = i.id) FROM billing_invoice i WHERE i.organisation_id = 1",
        r"billing_payment \(as p\) is read or changed",
    ),
    (
        "SELECT 1 FROM billing_invoice WHERE organisation_id = %s AND id IN (SELECT invoice_id FROM billing_payment)",
        "billing_payment is read or changed",
    ),
    (
        "SELECT 1 FROM billing_invoice WHERE organisation_id = %s UNION ALL SELECT 1 FROM billing_payment",
        "billing_payment is read or changed",
    ),
    ("UPDATE billing_invoice SET organisation_id = %s WHERE id = %s", "billing_invoice is read or changed"),
    ("DELETE FROM public.billing_invoice WHERE id = %s", "billing_invoice is read or changed"),
    ("INSERT INTO billing_payment (id) VALUES (%s)", "billing_payment gets a row without organisation_id"),
    (
        "INSERT INTO billing_payment (organisation_id, id) SELECT organisation_id, id FROM other",
        "billing_payment gets the rows of a SELECT without RETURNING",
    ),
    ("COPY billing_payment FROM STDIN", "COPY is not used on tenant tables"),
    ("TRUNCATE billing_payment", "TRUNCATE is not used on tenant tables"),
    ("SELECT 1; DELETE FROM billing_invoice", "billing_invoice is read or changed"),
    (
        "/* organisation_id */ SELECT id FROM billing_invoice WHERE state = 'organisation_id'",
        "billing_invoice is read",
    ),
]


@pytest.mark.parametrize("statement", NAMED)
def test_a_statement_that_names_the_organisation_passes(statement: str) -> None:
    assert fault_of(statement, TABLES) is None


@pytest.mark.parametrize(("statement", "fault"), NAMELESS)
def test_a_statement_that_names_no_organisation_is_refused(statement: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        raise AssertionError(fault_of(statement, TABLES) or "no fault")
