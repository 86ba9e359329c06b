"""Rows by name, and hours as the schedule's rules know them."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

from django.db import connection

from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.scheduling.rules import Slot

Row = Any

#: How the rows of each statement of `enrolment/sql.py` look, from the first time it was sent.
_shapes: dict[str, Callable[[Sequence[Any]], Row]] = {}


def fetch(statement: str, **parameters: Any) -> list[Row]:
    """Every row of a statement, its columns by name. The organisation is filled in."""
    return _fetched(connection.cursor(), statement, parameters)


def fetch_hot(statement: str, **parameters: Any) -> list[Row]:
    """The same for a statement of every cart, which finds its rows by key: planned once on each connection."""
    return _fetched(prepared_cursor(), statement, parameters)


def _fetched(opened: Any, statement: str, parameters: dict[str, Any]) -> list[Row]:
    with opened as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        # A statement has the same columns every time.
        shape = _shapes.get(statement) or _shapes.setdefault(statement, _shape_of(cursor))
        return [shape(row) for row in cursor.fetchall()]


def _shape_of(cursor: Any) -> Callable[[Sequence[Any]], Row]:
    columns = [column.name for column in cursor.description]
    named = cast("Any", namedtuple("Row", columns))  # noqa: PYI024 — the columns are those of the statement
    shape: Callable[[Sequence[Any]], Row] = named._make
    return shape


def slots_of(hours: Sequence[Sequence[Any]] | None) -> tuple[Slot, ...]:
    """The hours of a class as the database lists them."""
    return tuple(
        Slot(weekday, start, end, date.fromisoformat(first), date.fromisoformat(last))
        for weekday, start, end, first, last in hours or ()
    )
