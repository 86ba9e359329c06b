"""Shifts over JSON."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Schema, Status
from pydantic import Field

from rollbook.core.api import limits
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.core.money import Money, NotAnAmount
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.api.shapes import AmountText, read_amount, text
from rollbook.systems.college.fees.services import shifts
from rollbook.systems.college.schemas import Body

router = Router(tags=["College cashier"])

Pieces = Annotated[int, Field(ge=0, le=100_000)]
FaceValue = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]


class ShiftIn(Body):
    """A drawer to be opened."""

    station: str = Field(min_length=1, max_length=40)
    opening_float: AmountText


class CountIn(Body):
    """The count of a drawer: face value in minor units → pieces."""

    denominations: dict[FaceValue, Pieces] = Field(examples=[{"100000": 12, "50000": 3, "100": 40}])


class ExplainedCountIn(CountIn):
    """A count that is off, with what the cashier says to it."""

    reason: str = Field(min_length=10, max_length=500)


class MovementIn(Body):
    """Cash to the safe or into the drawer."""

    kind: Literal["PICK_UP", "TOP_UP"]
    amount: AmountText
    note: str = Field("", max_length=200)


class ShiftOut(Schema):
    """A shift."""

    id: UUID
    cashier_name: str
    station: str
    state: Literal["OPEN", "CLOSED"]
    opened_at: datetime
    closed_at: datetime | None
    opening_float: str
    counted: str | None
    expected: str | None
    variance: str | None


class MovementOut(Schema):
    """Cash that was moved."""

    id: UUID
    kind: str


class CloseRequestOut(Schema):
    """A close that waits for a supervisor."""

    id: UUID
    kind: str
    state: str


def shift_out(row: Any) -> dict[str, Any]:
    """A shift's row as JSON."""
    read: Callable[[str], Any] = row.get if isinstance(row, dict) else partial(getattr, row)
    currency: str = read("currency")

    def amount(name: str) -> str | None:
        minor = read(name)
        return None if minor is None else text(minor, currency)

    plain = {name: read(name) for name in ("id", "cashier_name", "station", "state", "opened_at", "closed_at")}
    figures = {name: amount(f"{name}_minor") for name in ("opening_float", "counted", "expected", "variance")}
    return plain | figures


@router.get("/shifts", permission=permissions.RUN_SHIFT, response=Page[ShiftOut])
def list_shifts(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """One's own shifts, newest first; a supervisor sees all."""
    return page_of(selectors.shift_rows(request.actor), page, order=("-opened_at", "-id"), shape=shift_out)


@router.post("/shifts", permission=permissions.RUN_SHIFT, response={201: ShiftOut}, rate=limits.MONEY)
def open_shift(request: ApiRequest, body: ShiftIn) -> Status[Any]:
    """Open one's own shift."""
    try:
        opening_float = Money.parse(body.opening_float, organisation_in_scope().currency)
    except NotAnAmount as error:
        raise Invalid.field("opening_float", error.detail) from error
    return Status(201, shift_out(shifts.open_shift(request.actor, station=body.station, opening_float=opening_float)))


@router.post("/shifts/{uuid:shift_id}/close", permission=permissions.RUN_SHIFT, response=ShiftOut, rate=limits.MONEY)
def close_shift(request: ApiRequest, shift_id: UUID, body: CountIn) -> dict[str, Any]:
    """Close one's own shift with its count."""
    return shift_out(shifts.close_shift(request.actor, shift_id=shift_id, denominations=body.denominations))


@router.post(
    "/shifts/{uuid:shift_id}/close-request", permission=permissions.RUN_SHIFT, response={201: CloseRequestOut},
    rate=limits.MONEY,
)  # fmt: skip
def request_close(request: ApiRequest, shift_id: UUID, body: ExplainedCountIn) -> Status[Any]:
    """Ask a supervisor to accept a drawer that is off."""
    asked = shifts.request_close_with_variance(
        request.actor, shift_id=shift_id, denominations=body.denominations, reason=body.reason
    )
    return Status(201, asked)


@router.post(
    "/shifts/{uuid:shift_id}/movements",
    permission=permissions.RUN_SHIFT,
    response={201: MovementOut},
    rate=limits.MONEY,
)
def move_cash(request: ApiRequest, shift_id: UUID, body: MovementIn) -> Status[Any]:
    """Take cash to the safe, or bring change."""
    movement = shifts.move_cash(
        request.actor, shift_id=shift_id, kind=body.kind, amount=read_amount(body.amount), note=body.note
    )
    return Status(201, movement)
