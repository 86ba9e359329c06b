"""Columns: what stands in a table, how it is written, and how it leaves in an export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from html import escape
from typing import Any, Literal

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from rollbook.core.money import Money
from rollbook.core.web import formatting, icons
from rollbook.core.web.states import State, Words

Kind = Literal["text", "money", "date", "datetime", "state", "link", "number"]
Row = Mapping[str, Any]
#: What a cell of a spreadsheet holds.
Exported = str | int | Decimal | date | datetime | None

NOTHING = '<span class="rb-muted">—</span>'
ALIGNED_RIGHT = frozenset({"money", "number"})


@dataclass(frozen=True)
class Column:
    """One column. `name` is the field of the row; money fields hold whole minor units."""

    name: str
    label: Words
    kind: Kind = "text"
    #: True sorts by the field itself; a tuple names the fields to sort by.
    sortable: bool | tuple[str, ...] = False
    visible: bool = True
    #: The cell that names the row: it carries the row's link, and on a phone the card's title.
    primary: bool = False
    #: Money and numbers only: the sum of everything that is filtered stands below.
    total: bool = False
    #: The field may be empty; such rows come last.
    nullable: bool = False
    #: A URL name, its arguments taken from the row's fields. For the kind "link" the field holds the address itself.
    #: Where one of them is None the row leads nowhere.
    link: str = ""
    link_args: tuple[str, ...] = ("id",)
    currency: str = ""
    currency_field: str = ""
    states: Mapping[Any, State] | None = None
    #: Words made from the whole row, where one field is not enough.
    text: Callable[[Row], Words] | None = None
    #: The fields that `text` reads; when given, there need not be a field called `name`.
    needs: tuple[str, ...] = ()
    #: What goes into an export, where that differs from the field.
    export: Callable[[Row], Exported] | None = None

    @cached_property
    def is_number(self) -> bool:
        """Whether figures line up at the right."""
        return self.kind in ALIGNED_RIGHT

    @cached_property
    def sort_fields(self) -> tuple[str, ...]:
        """The fields by which the column sorts; none when it does not."""
        if self.sortable is True:
            return (self.name,)
        return self.sortable or ()

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields of the row that the column reads."""
        own = self.needs or (self.name,)
        linked = self.link_args if self.link else ()
        currency = (self.currency_field,) if self.currency_field else ()
        return tuple(dict.fromkeys([*own, *self.sort_fields, *linked, *currency]))

    def currency_of(self, row: Row, default_currency: str) -> str:
        """The currency of a money cell."""
        if self.currency_field:
            return str(row[self.currency_field])
        return self.currency or default_currency

    def address(self, row: Row) -> str:
        """Where the cell leads; empty when nowhere."""
        if self.kind == "link":
            return str(row[self.name] or "")
        if not self.link:
            return ""
        named = [row[name] for name in self.link_args]
        return "" if None in named else reverse(self.link, args=named)


def writer(column: Column, default_currency: str) -> Callable[[Row], str]:
    """A function that writes the column's cell as HTML; made once per table, called once per row.

    What depends on the reader alone (locale, separators, words of states) is looked up here and not for each row.
    """
    if column.text is not None:
        text = column.text
        return lambda row: escape(str(text(row))) or NOTHING
    if column.kind == "money":
        return _money_writer(column, default_currency)
    if column.kind == "state":
        return _state_writer(column.name, column.states or {})
    plain: dict[str, Callable[[Any], str]] = {
        "date": cache(formatting.day_text),
        "datetime": formatting.moment_text,
        "number": formatting.number_text,
    }
    return _plain_writer(column.name, plain.get(column.kind, lambda value: escape(str(value))))


def _plain_writer(name: str, write: Callable[[Any], str]) -> Callable[[Row], str]:
    return lambda row: NOTHING if row[name] is None or row[name] == "" else write(row[name])


def _money_writer(column: Column, default_currency: str) -> Callable[[Row], str]:
    name = column.name
    write: Callable[[Money], str] = (
        formatting.amount_text
        if column.currency_field
        else formatting.figures_writer(column.currency or default_currency)
    )

    def money(row: Row) -> str:
        minor = row[name]
        if minor is None:
            return NOTHING
        zero = "" if minor else " data-zero"
        return f'<span class="rb-amount"{zero}>{write(Money(minor, column.currency_of(row, default_currency)))}</span>'

    return money


def _state_writer(name: str, states: Mapping[Any, State]) -> Callable[[Row], str]:
    written = {key: state_html(state) for key, state in states.items()}

    def write(row: Row) -> str:
        value = row[name]
        if value in written:
            return written[value]
        return NOTHING if value in (None, "") else state_html(State(str(value)))

    return write


def state_html(state: State) -> str:
    """A state as word, sign and tone."""
    return format_html(
        '<span class="rb-badge" data-tone="{}">{}{}</span>', state.tone, icons.icon(state.sign), state.label
    )


def exported(column: Column, row: Row, default_currency: str) -> Exported:
    """The cell as a spreadsheet holds it: amounts exact, days as days, states in words."""
    if column.export is not None:
        return column.export(row)
    if column.text is not None:
        return str(column.text(row))
    value = row[column.name]
    return None if value is None else _exported(column, row, value, default_currency)


def _exported(column: Column, row: Row, value: Any, default_currency: str) -> Exported:
    if column.kind == "money":
        return Money(value, column.currency_of(row, default_currency)).to_decimal()
    if column.kind == "state":
        state = (column.states or {}).get(value)
        return str(state.label) if state else str(value)
    if column.kind == "datetime":
        local: datetime = timezone.localtime(value)
        return local.replace(tzinfo=None, microsecond=0)
    if column.kind in ("date", "number"):
        plain: date | int | Decimal = value
        return plain
    return str(value)
