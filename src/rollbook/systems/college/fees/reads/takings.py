"""What came in: today at the counter, and in one shift."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import Payment, Receipt, Shift, ShiftMovement
from rollbook.shared.billing.services.shifts import Drawer, counted_total, drawer_of
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.policies import VARIANCE_TOLERANCE

#: Payments that never came in, or that were struck out while the drawer was still open.
NOT_TAKEN = (Payment.State.PENDING, Payment.State.FAILED, Payment.State.EXPIRED, Payment.State.VOIDED)


@dataclass(frozen=True, slots=True)
class Takings:
    """A day's payments by hour and by method, in minor units."""

    currency: str
    by_hour: Mapping[int, int]
    by_method: Mapping[str, int]
    count: int

    @property
    def total(self) -> Money:
        """Everything together."""
        return Money(sum(self.by_method.values()), self.currency)

    @property
    def hours(self) -> list[int]:
        """From the first to the last hour with a payment, without gaps."""
        return list(range(min(self.by_hour), max(self.by_hour) + 1)) if self.by_hour else []


def takings(actor: Actor, day: date, *, everybody: bool = False) -> Takings:
    """What was taken on a day: by the actor, or by everybody for who supervises."""
    actor.require(permissions.SEE_ALL_SHIFTS if everybody else permissions.SEE_ACCOUNTS)
    organisation = organisation_in_scope()
    taken = Payment.objects.filter(received_on=day, currency=organisation.currency).exclude(state__in=NOT_TAKEN)
    if not everybody:
        taken = taken.filter(recorded_by=actor.user_id)
    rows = (
        taken.annotate(hour=ExtractHour("received_at", tzinfo=ZoneInfo(organisation.timezone)))
        .values("hour", "method")
        .annotate(minor=Sum("amount_minor"), payments=Count("id"))
        .order_by("hour", "method")
    )
    by_hour: dict[int, int] = {}
    by_method: dict[str, int] = {}
    count = 0
    for row in rows:
        by_hour[row["hour"]] = by_hour.get(row["hour"], 0) + row["minor"]
        by_method[row["method"]] = by_method.get(row["method"], 0) + row["minor"]
        count += row["payments"]
    return Takings(organisation.currency, by_hour, by_method, count)


def own_open_shift(actor: Actor) -> Shift | None:
    """The actor's own open shift, if there is one."""
    if actor.user_id is None:
        return None
    found: Shift | None = Shift.objects.filter(cashier_id=actor.user_id, state=Shift.State.OPEN).first()
    return found


def get_shift(actor: Actor, shift_id: UUID) -> Shift:
    """One shift: one's own, or anybody's for who supervises."""
    if not actor.may(permissions.SEE_ALL_SHIFTS):
        actor.require(permissions.RUN_SHIFT)
    shift: Shift | None = Shift.objects.filter(id=shift_id).first()
    if shift is None or (not actor.may(permissions.SEE_ALL_SHIFTS) and shift.cashier_id != actor.user_id):
        raise errors.ShiftNotFound
    return shift


@dataclass(frozen=True, slots=True)
class MethodLine:
    """What a shift took by one method."""

    method: str
    label: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class MovementLine:
    """Cash that moved without being a payment."""

    kind: str
    label: str
    count: int
    #: Signed: negative left the drawer.
    amount: Money


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """A shift in figures: X while it is open, Z once it is closed."""

    shift: Shift
    drawer: Drawer
    methods: list[MethodLine]
    movements: list[MovementLine]
    voids: int
    first_receipt: str
    last_receipt: str
    moves: list[ShiftMovement] = field(default_factory=list)

    @property
    def is_final(self) -> bool:
        """Whether the shift is closed, so that its figures stand for good."""
        return bool(self.shift.state == Shift.State.CLOSED)

    @property
    def letter(self) -> str:
        """X or Z, as tills call them."""
        return "Z" if self.is_final else "X"

    @property
    def count(self) -> int:
        """How many payments it took."""
        return sum(line.count for line in self.methods)

    @property
    def taken(self) -> Money:
        """Everything it took, by whatever method."""
        return Money(sum(line.amount.minor for line in self.methods), self.shift.currency)

    @property
    def expected(self) -> Money:
        """What the drawer should hold, as of now or as of its close."""
        minor = self.shift.expected_minor if self.is_final else self.drawer.expected_minor
        return Money(minor or 0, self.shift.currency)

    @property
    def counted(self) -> Money | None:
        """What was counted at the close."""
        return None if self.shift.counted_minor is None else Money(self.shift.counted_minor, self.shift.currency)

    @property
    def variance(self) -> Money | None:
        """Counted less expected."""
        return None if self.shift.variance_minor is None else Money(self.shift.variance_minor, self.shift.currency)

    @property
    def pieces(self) -> list[tuple[Money, int, Money]]:
        """The count: face value, pieces, together; the largest first."""
        currency = self.shift.currency
        counted = sorted(((int(face), n) for face, n in (self.shift.denominations or {}).items()), reverse=True)
        return [(Money(face, currency), n, Money(face * n, currency)) for face, n in counted if n]


def shift_report(actor: Actor, shift: Shift) -> ShiftReport:
    """The report of a shift that the actor may see."""
    get_shift(actor, shift.id)
    labels = dict(Payment.Method.choices)
    paid = Payment.objects.filter(shift_id=shift.id).exclude(state__in=NOT_TAKEN[:3])
    by_method = paid.values("method").annotate(minor=Sum("amount_minor"), count=Count("id")).order_by("method")
    methods = [
        MethodLine(row["method"], str(labels[row["method"]]), row["count"], Money(row["minor"], shift.currency))
        for row in by_method
    ]
    receipts = Receipt.objects.filter(payment__shift_id=shift.id).aggregate(first=Min("number"), last=Max("number"))
    moves = list(ShiftMovement.objects.filter(shift_id=shift.id).order_by("created_at"))
    return ShiftReport(
        shift=shift,
        drawer=drawer_of(shift),
        methods=methods,
        movements=_by_kind(moves, shift.currency),
        voids=paid.filter(state=Payment.State.VOIDED).count(),
        first_receipt=receipts["first"] or "",
        last_receipt=receipts["last"] or "",
        moves=moves,
    )


@dataclass(frozen=True, slots=True)
class CountSoFar:
    """A drawer's count beside what it should hold, before anything is saved."""

    counted: Money
    expected: Money
    tolerance: Money
    has_begun: bool

    @property
    def variance(self) -> Money:
        """Counted less expected."""
        return self.counted - self.expected

    @property
    def needs_supervisor(self) -> bool:
        """Whether it is off by more than the cashier may close with."""
        return abs(self.variance.minor) > self.tolerance.minor


def count_so_far(shift: Shift, pieces: Mapping[str, int]) -> CountSoFar:
    """Add a count up and hold it against the drawer."""
    return CountSoFar(
        counted=Money(counted_total(dict(pieces)), shift.currency),
        expected=Money(drawer_of(shift).expected_minor, shift.currency),
        tolerance=Money(policies.get(VARIANCE_TOLERANCE), shift.currency),
        has_begun=bool(pieces),
    )


def _by_kind(moves: list[ShiftMovement], currency: str) -> list[MovementLine]:
    lines = []
    for kind, label in ShiftMovement.Kind.choices:
        amounts = [move.amount_minor for move in moves if move.kind == kind]
        if amounts:
            lines.append(MovementLine(kind, str(label), len(amounts), Money(sum(amounts), currency)))
    return lines


def shifts(actor: Actor) -> "QuerySet[Any]":
    """One's own shifts, or everybody's for who supervises."""
    every = Shift.objects.all()
    if actor.may(permissions.SEE_ALL_SHIFTS):
        return every
    actor.require(permissions.RUN_SHIFT)
    return every.filter(Q(cashier_id=actor.acting_user_id()))
