"""Where a table's rows come from: a query set of values, a list, or a function that asks the database itself.

Pages are cut behind a row, not at an offset, so that a long list costs the same at its end. The address holds
only that row's id; its place in the order is looked up. A list therefore costs at most three statements.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy

from rollbook.core.web.tables.columns import Column, Row
from rollbook.core.web.tables.filters import Filter
from rollbook.core.web.tables.query import TableQuery


@dataclass(frozen=True)
class Totals:
    """How many rows are filtered, and the sum of each summed column, by currency ("" for plain numbers)."""

    count: int
    sums: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Slice:
    """One page of rows, and what surrounds it."""

    rows: Sequence[Row]
    totals: Totals
    has_older: bool = False
    has_newer: bool = False


class Source(Protocol):
    """Rows for a query."""

    def page(self, query: TableQuery) -> Slice: ...

    def everything(self, query: TableQuery) -> Iterable[Row]: ...


Rows = QuerySet[Any, Any] | Sequence[Row] | Callable[[TableQuery], Slice]


def source_of(rows: Rows, columns: Sequence[Column], filters: Mapping[str, Filter], currency: str) -> Source:
    """The right source for what a page handed over."""
    if isinstance(rows, QuerySet):
        return QuerySetSource(rows, columns, filters, currency)
    if callable(rows):
        return FunctionSource(rows)
    return ListSource(rows, columns, filters, currency)


@dataclass(frozen=True)
class QuerySetSource:
    """Rows of a `values()` query set."""

    queryset: QuerySet[Any, Any]
    columns: Sequence[Column]
    filters: Mapping[str, Filter]
    currency: str

    def _filtered(self, query: TableQuery) -> QuerySet[Any, Any]:
        condition = Q()
        for name, value in query.filters.items():
            condition &= self.filters[name].condition(value)
        return self.queryset.filter(condition) if condition else self.queryset

    def page(self, query: TableQuery) -> Slice:
        backwards = bool(query.before)
        rows = self._filtered(query)
        anchor = self._anchor(query)
        if anchor is not None:
            rows = rows.filter(behind(query, anchor, backwards=backwards))
        found = list(rows.order_by(*_order(query, backwards=backwards))[: query.limit + 1])
        more = len(found) > query.limit
        kept = found[: query.limit]
        if backwards and anchor is not None:
            kept.reverse()
            return Slice(kept, self._totals(query), has_older=True, has_newer=more)
        return Slice(kept, self._totals(query), has_older=more, has_newer=anchor is not None)

    def everything(self, query: TableQuery) -> Iterator[Row]:
        return self._filtered(query).order_by(*_order(query)).iterator(chunk_size=2000)

    def _anchor(self, query: TableQuery) -> Sequence[Any] | None:
        wanted = query.after or query.before
        if not wanted:
            return None
        return self.queryset.filter(pk=wanted).order_by().values_list(*query.sort_fields).first()

    def _totals(self, query: TableQuery) -> Totals:
        summed = [column for column in self.columns if column.total]
        sums = {f"sum_{column.name}": Sum(column.name) for column in summed}
        plain = self._filtered(query).order_by()
        currency_field = next((column.currency_field for column in summed if column.currency_field), "")
        if currency_field:
            groups = plain.values(currency_field).annotate(how_many=Count("id"), **sums)
            found = [{"currency": row[currency_field], **row} for row in groups]
        else:
            found = [{"currency": "", **plain.aggregate(how_many=Count("id"), **sums)}]
        return _totals(found, summed, self.currency)


def _totals(found: Sequence[Mapping[str, Any]], summed: Sequence[Column], default: str) -> Totals:
    sums: dict[str, dict[str, int]] = {column.name: {} for column in summed}
    for row in found:
        for column in summed:
            currency = "" if column.kind != "money" else row["currency"] or column.currency or default
            sums[column.name][currency] = int(row[f"sum_{column.name}"] or 0)
    return Totals(sum(row["how_many"] for row in found), sums)


def _order(query: TableQuery, *, backwards: bool = False) -> list[OrderBy | str]:
    down = query.descending != backwards
    order: list[OrderBy | str] = []
    for name in query.sort_fields:
        if name in query.nullable_fields:
            nulls: dict[str, Any] = {"nulls_first": True} if backwards else {"nulls_last": True}
            order.append(F(name).desc(**nulls) if down else F(name).asc(**nulls))
        else:
            order.append(f"-{name}" if down else name)
    return order


def behind(query: TableQuery, anchor: Sequence[Any], *, backwards: bool = False) -> Q:
    """The rows that come after the anchor in the order of the list (or, backwards, before it)."""
    down = query.descending != backwards
    beyond, level = Q(pk__in=[]), Q()
    for name, value in zip(query.sort_fields, anchor, strict=True):
        if value is None:
            # Empty comes last: nothing of this field lies behind it, everything lies before it.
            step = Q(**{f"{name}__isnull": False}) if backwards else None
            same = Q(**{f"{name}__isnull": True})
        else:
            step = Q(**{f"{name}__{'lt' if down else 'gt'}": value})
            if name in query.nullable_fields and not backwards:
                step |= Q(**{f"{name}__isnull": True})
            same = Q(**{name: value})
        if step is not None:
            beyond |= level & step
        level &= same
    first, value = query.sort_fields[0], anchor[0]
    if first in query.nullable_fields or value is None:
        return beyond
    # Said once more for the first field alone, so that the index is entered at the right place.
    return Q(**{f"{first}__{'lte' if down else 'gte'}": value}) & beyond


@dataclass(frozen=True)
class ListSource:
    """Rows that are already here: few, or worked out rather than read."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    filters: Mapping[str, Filter]
    currency: str

    def everything(self, query: TableQuery) -> list[Row]:
        kept = [row for row in self.rows if all(self.filters[n].keeps(v, row) for n, v in query.filters.items())]
        names = [name for name in query.sort_fields if name != "id"]
        filled = [row for row in kept if all(row[name] is not None for name in names)]
        empty = [row for row in kept if any(row[name] is None for name in names)]
        filled.sort(key=lambda row: tuple(row[name] for name in names), reverse=query.descending)
        return filled + empty

    def page(self, query: TableQuery) -> Slice:
        rows = self.everything(query)
        ids = [str(row.get("id", "")) for row in rows]
        start = ids.index(query.after) + 1 if query.after in ids else 0
        if query.before in ids:
            start = max(0, ids.index(query.before) - query.limit)
        kept = rows[start : start + query.limit]
        return Slice(kept, self._totals(rows), has_older=start + query.limit < len(rows), has_newer=start > 0)

    def _totals(self, rows: Sequence[Row]) -> Totals:
        sums: dict[str, dict[str, int]] = {}
        for column in self.columns:
            if not column.total:
                continue
            by_currency: dict[str, int] = {}
            for row in rows:
                key = ""
                if column.kind == "money":
                    key = str(row[column.currency_field]) if column.currency_field else column.currency or self.currency
                by_currency[key] = by_currency.get(key, 0) + (row[column.name] or 0)
            sums[column.name] = by_currency
        return Totals(len(rows), sums)


@dataclass(frozen=True)
class FunctionSource:
    """Rows shaped by SQL: the function is asked for each page, and for exports page after page."""

    ask: Callable[[TableQuery], Slice]

    def page(self, query: TableQuery) -> Slice:
        return self.ask(query)

    def everything(self, query: TableQuery) -> Iterator[Row]:
        query = replace(query, after="", before="", limit=2000)
        while True:
            found = self.ask(query)
            yield from found.rows
            if not found.has_older or not found.rows:
                return
            query = replace(query, after=str(found.rows[-1]["id"]))
