"""Declarative tables: sort, filter, choose columns, page, total, act on many, export exactly what is shown."""

from rollbook.core.web.states import State
from rollbook.core.web.tables.columns import Column
from rollbook.core.web.tables.filters import BooleanFilter, ChoiceFilter, DateRangeFilter, Filter, TextFilter
from rollbook.core.web.tables.query import TableQuery
from rollbook.core.web.tables.sources import Slice, Totals
from rollbook.core.web.tables.table import BulkAction, Table

__all__ = [
    "BooleanFilter",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "DateRangeFilter",
    "Filter",
    "Slice",
    "State",
    "Table",
    "TableQuery",
    "TextFilter",
    "Totals",
]
