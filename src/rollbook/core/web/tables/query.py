"""What a visitor asked of a table, read from the address, and addresses that ask for something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from rollbook.core.web.tables.columns import Column
from rollbook.core.web.tables.filters import Filter, Params

PAGE_SIZE = 50
#: Names in the address that belong to the table itself.
OWN = frozenset({"sort", "after", "before", "export", "find"})


@dataclass(frozen=True)
class TableQuery:
    """Filters, order and place in the list. Everything in it has been checked against the table's declaration."""

    #: Active filters by name, with their values.
    filters: Mapping[str, Any]
    #: The name of the column to sort by.
    sort: str
    descending: bool
    #: The row behind which, or before which, this page lies. Only ids: a cursor names nobody.
    after: str = ""
    before: str = ""
    limit: int = PAGE_SIZE
    #: The columns to show, in the table's order.
    columns: tuple[str, ...] = ()
    #: Anything else in the address, which belongs to the page around the table.
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: The fields to sort by, the tie-breaker last.
    sort_fields: tuple[str, ...] = ("id",)
    nullable_fields: frozenset[str] = frozenset()
    #: Filters on which nobody chose anything: their default holds.
    defaults: frozenset[str] = frozenset()

    @property
    def is_narrowed(self) -> bool:
        """Whether anybody chose a filter."""
        return bool(self.filters.keys() - self.defaults)


def read_query(
    params: Params,
    *,
    columns: Sequence[Column],
    filters: Sequence[Filter],
    order: str,
    chosen_columns: Sequence[str] | None = None,
    typed: Mapping[str, str] | None = None,
    limit: int = PAGE_SIZE,
) -> TableQuery:
    """Read a query; what is unknown or malformed is passed over, so an old link still opens."""
    by_name = {column.name: column for column in columns}
    wanted = (params.get("sort") or [order])[-1]
    name = wanted.lstrip("-")
    if name not in by_name or not by_name[name].sort_fields:
        wanted, name = order, order.lstrip("-")
    column = by_name[name]
    sort_fields = tuple(dict.fromkeys([*(column.sort_fields or (name,)), "id"]))
    readable: Params = (
        {**params, **{key: [text] for key, text in (typed or {}).items()}} if params.get("find") else params
    )
    values = {item.name: item.read(readable) for item in filters}
    defaults = {item.name: item.read(item.default()) for item in filters if item.default and values[item.name] is None}
    values.update(defaults)
    ours = OWN | {key for item in filters for key in item.param_names} | {item.name for item in filters}
    return TableQuery(
        filters={key: value for key, value in values.items() if value is not None},
        sort=name,
        descending=wanted.startswith("-"),
        after=_row_id(params, "after"),
        before=_row_id(params, "before"),
        limit=limit,
        columns=_shown(columns, chosen_columns),
        others={key: list(value) for key, value in params.items() if key not in ours},
        sort_fields=sort_fields,
        nullable_fields=frozenset(column.sort_fields if column.nullable else ()),
        defaults=frozenset(defaults),
    )


def _row_id(params: Params, name: str) -> str:
    text = (params.get(name) or [""])[-1]
    try:
        return str(UUID(text))
    except ValueError:
        return text if text.isdigit() else ""


def _shown(columns: Sequence[Column], chosen: Sequence[str] | None) -> tuple[str, ...]:
    kept = [column.name for column in columns if chosen and column.name in chosen]
    return tuple(kept or [column.name for column in columns if column.visible])


def address(
    query: TableQuery,
    filters: Mapping[str, Filter],
    default_order: str,
    *,
    without: str = "",
    with_values: Mapping[str, Any] | None = None,
    sort: str | None = None,
    **extra: str,
) -> str:
    """The query string that asks for the same list, but changed. A change of filter or order begins at the top."""
    values = {key: value for key, value in query.filters.items() if key != without}
    values.update(with_values or {})
    pairs: list[tuple[str, str]] = [(key, text) for key, texts in query.others.items() for text in texts]
    for name, value in values.items():
        pairs += [(key, text) for key, texts in filters[name].params(value).items() for text in texts]
    order = sort if sort is not None else ("-" if query.descending else "") + query.sort
    if order != default_order:
        pairs.append(("sort", order))
    pairs += [(key, text) for key, text in extra.items() if text]
    return "?" + urlencode(pairs)
