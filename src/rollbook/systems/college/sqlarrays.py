"""Columns of many rows as PostgreSQL array literals: one parameter each, far cheaper than adapting every value."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID


def array_of(values: Iterable[UUID | int | date | bool | None]) -> str:
    """An array literal of ids, whole numbers, days or yes/no. Never of text, which travels as a list."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"
