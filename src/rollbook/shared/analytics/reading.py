"""Running the one statement of a report: its first rows, its totals, all its rows a chunk at a time."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.tables import Column, Totals
from rollbook.core.web.tables.columns import Row
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.register import Report, Statement, Values

# The statements are put together from the reports' own words; every value is a parameter.
# ruff: noqa: S608


def first_rows(report: Report, actor: Actor, values: Values, most: int = rules.SHOWN) -> list[Row]:
    """The first rows in the report's order."""
    wanted = report.rows(actor, values)
    with connection.cursor() as cursor:
        cursor.execute(f"{_ordered(wanted)} LIMIT {int(most)}", _parameters(wanted))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def totals(report: Report, actor: Actor, values: Values) -> Totals:
    """How many rows there are, and the sum of each summed column."""
    wanted = report.rows(actor, values)
    summed = [column for column in report.columns if column.total]
    sums = "".join(f', coalesce(sum(report."{column.name}"), 0)::bigint' for column in summed)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){sums} FROM ({wanted.sql}) AS report", _parameters(wanted))
        count, *found = cursor.fetchone()
    currency = organisation_in_scope().currency
    return Totals(
        count,
        {column.name: {_currency(column, currency): int(figure)} for column, figure in zip(summed, found, strict=True)},
    )


def _currency(column: Column, usual: str) -> str:
    return (column.currency or usual) if column.kind == "money" else ""


def weeks(report: Report, actor: Actor, values: Values) -> list[tuple[date, int]]:
    """How many rows fall into each week, by its Monday where the organisation is; weeks between that have none too."""
    wanted = report.rows(actor, values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT date_trunc('week', report."{report.by_week}" AT TIME ZONE %(zone_of_weeks)s)::date, count(*)
                  FROM ({wanted.sql}) AS report GROUP BY 1 ORDER BY 1""",
            _parameters(wanted) | {"zone_of_weeks": organisation_in_scope().timezone},
        )
        counted: dict[date, int] = dict(cursor.fetchall())
    if not counted:
        return []
    first, last = min(counted), max(counted)
    mondays = (first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))
    return [(monday, counted.get(monday, 0)) for monday in mondays]


def count(report: Report, actor: Actor, values: Values) -> int:
    """How many rows there are."""
    return totals(report, actor, values).count


def chunks(report: Report, actor: Actor, values: Values, size: int = rules.CHUNK) -> Iterator[Sequence[Row]]:
    """All rows in the report's order, never more than a chunk of them in memory. Stays in one transaction."""
    wanted = report.rows(actor, values)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ordered(wanted), _parameters(wanted))
        while rows := cursor.fetchmany(size):
            names = [column.name for column in cursor.description]
            yield [dict(zip(names, row, strict=True)) for row in rows]


def _ordered(wanted: Statement) -> str:
    return f"SELECT * FROM ({wanted.sql}) AS report ORDER BY {wanted.order}"


def _parameters(wanted: Statement) -> dict[str, Any]:
    return {**wanted.parameters, "organisation": require_organisation_id()}
