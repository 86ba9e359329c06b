"""The cashier's drawer: opened with a float, closed with a count (R40)."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Payment, Shift, ShiftMovement
from rollbook.shared.ledger import chart
from rollbook.shared.ledger.services import Entry, Line, post_entries


@dataclass(frozen=True, slots=True)
class Drawer:
    """What a drawer should hold, part by part, in minor units."""

    float_minor: int
    cash_in_minor: int
    movements_minor: int

    @property
    def expected_minor(self) -> int:
        return self.float_minor + self.cash_in_minor + self.movements_minor


@transaction.atomic
def open_shift(actor: Actor, *, station: str, opening_float: Money) -> Shift:
    """Open the actor's own shift at a station that nobody else has open."""
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                cashier_id=actor.acting_user_id(), cashier_name=actor.name, station=station.strip(),
                currency=opening_float.currency, opening_float_minor=opening_float.minor, opened_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        own = Shift.objects.filter(cashier_id=actor.acting_user_id(), state=Shift.State.OPEN).first()
        place = f"yours at {own.station}" if own else f"somebody else's at {station.strip()}"
        raise errors.ShiftOpen(place=place) from error
    record(actor, "billing.shift_opened", shift, station=shift.station, opening_float_minor=opening_float.minor)
    return shift


@transaction.atomic
def move_cash(actor: Actor, *, shift_id: UUID, kind: str, amount: Money, note: str = "") -> ShiftMovement:
    """Take cash out of the drawer to the safe (PICK_UP), or bring change (TOP_UP)."""
    shift = _lock_open(shift_id, actor)
    sign = 1 if kind == ShiftMovement.Kind.TOP_UP else -1
    movement = ShiftMovement.objects.create(
        shift_id=shift.id, kind=kind, amount_minor=sign * amount.minor, note=note, recorded_by=actor.user_id
    )
    record(actor, "billing.cash_moved", shift, kind=kind, amount_minor=amount.minor)
    return movement


def drawer_of(shift: Shift) -> Drawer:
    """What the drawer should hold: float + cash taken − voids, refunds and pick-ups."""
    cash_in = Payment.objects.filter(shift_id=shift.id, method=Payment.Method.CASH).aggregate(m=Sum("amount_minor"))[
        "m"
    ]
    movements = ShiftMovement.objects.filter(shift_id=shift.id).aggregate(m=Sum("amount_minor"))["m"]
    return Drawer(shift.opening_float_minor, cash_in or 0, movements or 0)


def counted_total(denominations: dict[str, int]) -> int:
    """Add a count up: face value in minor units → pieces."""
    return sum(int(face) * pieces for face, pieces in denominations.items())


@transaction.atomic
def close_shift(
    actor: Actor, *, shift_id: UUID, denominations: dict[str, int], tolerance_minor: int,
    variance_approved_by: UUID | None = None,
) -> Shift:  # fmt: skip
    """Close a shift with its count. A difference above the tolerance needs somebody else's approval."""
    shift = _lock_open(shift_id, None if variance_approved_by else actor)
    drawer = drawer_of(shift)
    counted = counted_total(denominations)
    variance = counted - drawer.expected_minor
    if abs(variance) > tolerance_minor and variance_approved_by is None:
        raise errors.VarianceNeedsSupervisor(
            variance=str(Money(variance, shift.currency)), expected=str(Money(drawer.expected_minor, shift.currency)),
            counted=str(Money(counted, shift.currency)),
        )  # fmt: skip
    now = clock.now()
    shift.state, shift.closed_at, shift.denominations = Shift.State.CLOSED, now, denominations
    shift.counted_minor, shift.expected_minor, shift.variance_minor = counted, drawer.expected_minor, variance
    shift.variance_approved_by = variance_approved_by
    shift.save(
        update_fields=["state", "closed_at", "denominations", "counted_minor", "expected_minor", "variance_minor",
                       "variance_approved_by"]
    )  # fmt: skip
    if variance:
        lines = [Line(chart.CASH, variance), Line(chart.CASH_OVER_AND_SHORT, -variance)]
        today = organisation_in_scope().local_date(now)
        post_entries([Entry(today, "billing.shift_variance", shift.id, shift.currency, lines)], at=now)
    record(actor, "billing.shift_closed", shift, expected_minor=drawer.expected_minor, variance_minor=variance)
    return shift


def _lock_open(shift_id: UUID, actor: Actor | None) -> Shift:
    """Lock an open shift; with an actor, only the actor's own."""
    own = {"cashier_id": actor.user_id} if actor else {}
    shift: Shift | None = Shift.objects.select_for_update().filter(id=shift_id, **own).first()
    if shift is None:
        raise errors.ShiftNotFound
    if shift.state != Shift.State.OPEN:
        raise errors.ShiftNotOpen
    return shift
