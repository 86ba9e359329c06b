"""What the catalogue of PostgreSQL says about our schema, as it really stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def select(statement: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[Row]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[Row] = cursor.fetchall()
        return rows


def value(statement: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> Any:
    """The one value of one statement."""
    return select(statement, parameters)[0][0]


TENANT_TABLES = """
SELECT c.relname FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (%(parts)s OR NOT c.relispartition)
 ORDER BY c.relname
"""


def tenant_tables(*, with_partitions: bool = False) -> list[str]:
    """Every table that has an organisation: those of the models, and any that somebody made by hand."""
    return [row[0] for row in select(TENANT_TABLES, {"parts": with_partitions})]


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    return connection.ops.quote_name(name)
