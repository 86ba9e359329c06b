"""Statements that every request sends: planned once on each connection, not every time.

    with prepared_cursor() as cursor:
        cursor.execute(STATEMENT, parameters)

For statements whose text never changes and which find their rows by key, where planning costs more than running.
Never for batches: a plan that knows nothing of the arrays it is given reads them many times slower.
"""

from typing import TYPE_CHECKING, Any, cast

from django.db import connection

if TYPE_CHECKING:
    from rollbook.core.db.backend.base import DatabaseWrapper


def prepared_cursor() -> Any:
    """A cursor that has its statements prepared by the server; the hooks around statements see them all the same."""
    return cast("DatabaseWrapper", connection).prepared_cursor()
