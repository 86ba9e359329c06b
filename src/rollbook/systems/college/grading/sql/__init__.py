"""The set-based statements about grades. Every statement names the organisation; one row or ten thousand are the same.

`sheets` rows of grade sheets and their events · `incompletes` deadlines and their end · `results` averages.
"""

from typing import Any

from django.db import connection

from rollbook.core.tenancy.scope import require_organisation_id


def execute(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run one of this room's statements in the organisation in scope and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def named(statement: str, **parameters: Any) -> list[dict[str, Any]]:
    """The same, each row by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
