"""Pages of a list by an opaque cursor: stable while rows are added, and as fast on page 900 as on page 1.

    @router.get("/payments", permission=…, response=Page[PaymentOut])
    def payments(request: ApiRequest, page: Query[PageQuery]) -> Page:
        return page_of(selectors.payments(request.actor).values(…), page, order=("-paid_at", "-id"))

`order` names columns of the rows, the last of them unique; none may be null.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from ninja import Schema
from pydantic import Field

from rollbook.core.errors import Invalid

DEFAULT_LIMIT = 20
MOST = 100

Item = TypeVar("Item")


class PageQuery(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST, description="How many rows, at most 100.")
    cursor: str | None = Field(
        None, max_length=500, description="`next_cursor` of the page before; empty for the first."
    )


class Page(Schema, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(None, description="Ask for the next page with it; null on the last page.")


class BadCursor(Invalid):
    """This cursor does not belong to this list. Start again from the first page."""

    code = "BAD_CURSOR"

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "cursor", "message": " ".join((type(self).__doc__ or "").split())}])


def page_of(
    rows: "QuerySet[Any, Any]",
    page: PageQuery,
    *,
    order: Sequence[str],
    shape: Callable[[dict[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    """One page of `rows` (a `.values(…)` that includes the columns of `order`), each shaped by `shape`."""
    if page.cursor:
        rows = rows.filter(_after(rows, order, decode_cursor(page.cursor, len(order))))
    found = list(rows.order_by(*order)[: page.limit + 1])
    shown = found[: page.limit]
    last = shown[-1] if len(found) > page.limit else None
    next_cursor = encode_cursor([last[name.lstrip("-")] for name in order]) if last else None
    return {"items": [shape(row) for row in shown] if shape else shown, "next_cursor": next_cursor}


def place_after(page: PageQuery, *readers: Callable[[str], Any]) -> list[Any] | None:
    """Where a page begins, for a list whose statement is its own: each value of the cursor, read by its reader."""
    if not page.cursor:
        return None
    values = decode_cursor(page.cursor, len(readers))
    try:
        place = [read(value) for read, value in zip(readers, values, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise BadCursor from error
    if any(isinstance(value, datetime) and value.tzinfo is None for value in place):
        raise BadCursor
    return place


def encode_cursor(values: Sequence[Any]) -> str:
    """Where a page ended, as an opaque word."""
    plain = json.dumps([_plain(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """What a cursor stands for; one that was made up or belongs to another list is refused."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(values, list) or len(values) != length or not all(_is_plain(value) for value in values):
        raise BadCursor
    return values


def _after(rows: "QuerySet[Any, Any]", order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the cursor: (a > x) or (a = x and b > y) …, with a first bound that an index can use."""
    condition = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        beyond = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{beyond}": _typed(rows, column, value)})
        equal &= Q(**{column: value})
    first = order[0].lstrip("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": values[0]}) & condition


def _typed(rows: "QuerySet[Any, Any]", column: str, value: Any) -> Any:
    """A cursor's value as its column has it; a forged one is a refusal, not an error of the database."""
    field: Any = rows.query.annotations.get(column)
    try:
        field = field.output_field if field is not None else rows.model._meta.get_field(column)
        typed = field.to_python(value)
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise BadCursor from error
    if isinstance(typed, datetime) and typed.tzinfo is None:
        raise BadCursor
    return typed


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and "\x00" not in str(value)
