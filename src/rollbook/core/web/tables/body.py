"""The header and the rows of a table as HTML. Written directly, not by templates: this is the hot part of a list."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from rollbook.core.web import formatting
from rollbook.core.web.tables.columns import NOTHING, Column, Row, writer

if TYPE_CHECKING:
    from rollbook.core.web.tables.table import Table


@dataclass(frozen=True)
class Heading:
    """One header cell."""

    label: str
    is_number: bool
    #: ascending, descending or none; empty when the column does not sort.
    sort: str
    url: str


def headings(table: "Table") -> list[Heading]:
    """Header cells; the currency of a money column stands here, once."""
    found = []
    for column in table.shown_columns:
        is_current = table.query.sort == column.name
        sort = ("descending" if table.query.descending else "ascending") if is_current else "none"
        down = is_current and not table.query.descending
        url = table.url(sort=("-" if down else "") + column.name) if column.sort_fields else ""
        found.append(Heading(heading_text(column, table.currency), column.is_number, sort if url else "", url))
    return found


def heading_text(column: Column, default_currency: str) -> str:
    """The label of a column; money names its currency in the header and not in every cell."""
    currency = column.currency or default_currency
    if column.kind != "money" or column.currency_field or not currency:
        return str(column.label)
    return f"{column.label}, {formatting.amount_style(formatting.current_locale(), currency).symbol}"


def primary_column(columns: list[Column]) -> Column:
    """The column that names the row: the one that says so, else the first that leads somewhere, else the first."""
    marked = [column for column in columns if column.primary] or [column for column in columns if column.link]
    return (marked or columns)[0]


def body(table: "Table") -> SafeString:
    """The rows."""
    columns = table.shown_columns
    cells = [_cell(table, column, column is primary_column(columns)) for column in columns]
    ticked = _tick(table) if table.allowed_bulk_actions else None
    start = '<tr role="row" class="has-check">' if ticked else '<tr role="row">'
    parts: list[str] = []
    for row in table.slice.rows:
        parts.append(start)
        if ticked:
            parts.append(ticked(row))
        parts.extend(cell(row) for cell in cells)
        parts.append("</tr>\n")
    # Every cell escapes what it writes; see `writer`.
    return mark_safe("".join(parts))  # noqa: S308


def _cell(table: "Table", column: Column, is_primary: bool) -> Callable[[Row], str]:
    write = writer(column, table.currency)
    link = _link(table, column, is_primary)
    label = f'<span class="rb-cell-label">{escape(heading_text(column, table.currency))}</span>'
    opening = f'<td role="cell"{_classes(column, is_primary)}>{label}'
    # On a telephone a line that says nothing is left out.
    hollow = f'<td role="cell"{_classes(column, is_primary, is_empty=not is_primary)}>{label}'

    def cell(row: Row) -> str:
        written, address = write(row), link(row)
        if address:
            return f'{opening}<a class="rb-row-link" href="{escape(address)}">{written}</a></td>'
        return f"{hollow if written == NOTHING else opening}<span>{written}</span></td>"

    return cell


def _classes(column: Column, is_primary: bool, *, is_empty: bool = False) -> str:
    names = [
        name
        for name, applies in (
            ("is-primary", is_primary),
            ("is-number", column.is_number),
            ("is-state", column.kind == "state"),
            ("is-empty", is_empty),
        )
        if applies
    ]
    return f' class="{" ".join(names)}"' if names else ""


def _link(table: "Table", column: Column, is_primary: bool) -> Callable[[Row], str]:
    if is_primary and table.row_link:
        return lambda row: reverse(table.row_link, args=[row[name] for name in table.row_link_args])
    if column.link or column.kind == "link":
        return column.address
    return lambda _row: ""


def _tick(table: "Table") -> Callable[[Row], str]:
    name = writer(primary_column(table.shown_columns), table.currency)
    select, form = escape(gettext("Select")), escape(f"{table.element_id}-bulk")

    def tick(row: Row) -> str:
        return (
            '<td role="cell" class="is-check"><label class="rb-check">'
            f'<span class="sr-only">{select} {name(row)}</span>'
            f'<input type="checkbox" class="checkbox" name="row" value="{escape(str(row["id"]))}" form="{form}">'
            "</label></td>"
        )

    return tick
