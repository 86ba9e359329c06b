"""Taking numbers.

A number is taken last, in the transaction that uses it: the series' row stays locked until the commit,
and a rollback gives the number back. So a series has no gaps and no number is given twice.
"""

from django.db import connection

from rollbook.core import clock, ids
from rollbook.core.numbering.rules import formatted
from rollbook.core.tenancy.scope import require_organisation_id

TAKE = """
INSERT INTO numbering_numberseries AS series (organisation_id, id, created_at, key, last_value)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, key) DO UPDATE SET last_value = series.last_value + EXCLUDED.last_value
RETURNING last_value
"""


def next_number(series_key: str, template: str, moment_local_year: int) -> str:
    """Take the next number of a series, as people will read it.

    The year is the local one of the moment the act is committed under; a series that starts again each
    year has the year in its key: next_number("receipt:MAIN:{year}", "RCP-{year}-{seq:06d}", 2026).
    """
    key = series_key.format(year=moment_local_year)
    return formatted(template, moment_local_year, next_block(key, 1))


def next_block(series_key: str, count: int) -> int:
    """Take `count` numbers that follow each other and answer the first of them."""
    if count < 1:
        raise ValueError("A block has at least one number.")
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [require_organisation_id(), ids.new_id(), clock.now(), series_key, count])
        (last,) = cursor.fetchone()
    return int(last) - count + 1
