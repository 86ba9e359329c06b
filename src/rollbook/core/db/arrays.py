"""Columns of a batch as PostgreSQL array literals: many times cheaper than adapting every value by itself.

cursor.execute("… FROM unnest(%s::uuid[], %s::text[])", [array_of(ids), text_array_of(names)])
"""

from collections.abc import Iterable


def array_of(values: Iterable[object]) -> str:
    """An array of ids, whole numbers, decimals, dates or ISO times. Never of text: see `text_array_of`."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def text_array_of(values: Iterable[str]) -> str:
    """An array of text: quoted, with quotes and backslashes escaped."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
