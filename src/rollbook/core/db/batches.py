"""Batches: what the planner cannot know yet must not cost hours, and nobody waits for what nobody reads."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


def join_whole_sets() -> None:
    """For the rest of the transaction, join sets with sets, never row by row.

    Statistics know nothing of an organisation whose rows came a moment ago: the planner takes it for one row, and
    would read everything once for each row of the batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")


@contextmanager
def sent_ahead() -> Iterator[None]:
    """Let the server work on one statement while the next is being made; reading rows waits for all before it.

    An error shows itself at the next reading, or at the end.
    """
    connection.ensure_connection()
    with connection.connection.pipeline(), connection.execute_wrapper(_then_push):
        yield


def _then_push(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
    """Hand all of a statement to the server: what does not fit into the line would wait here for the next one."""
    result = execute(statement, parameters, many, context)
    line = connection.connection.pgconn
    while line.flush():
        writable = select.poll()
        writable.register(line.socket, select.POLLOUT)
        writable.poll()
    return result
