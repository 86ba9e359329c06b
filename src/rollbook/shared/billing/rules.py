"""Pure arithmetic of billing: due days, waterfalls, revisions and what undoing a payment moves.

No database, no clock, no settings. Amounts are whole minor units of one currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from dateutil.relativedelta import relativedelta

from rollbook.core.money import split_minor

PROMISSORY = "PROMISSORY"


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment to be: its number, day and amount."""

    number: int
    due_on: date
    due_minor: int


@dataclass(frozen=True, slots=True)
class InstalmentState:
    """One instalment as it stands."""

    number: int
    due_minor: int
    paid_minor: int
    due_on: date
    cover: str = ""

    @property
    def room_minor(self) -> int:
        """What it can still take."""
        return self.due_minor - self.paid_minor

    @property
    def is_settled(self) -> bool:
        """Paid in full, nothing due, or covered by a note or a sponsor."""
        return self.room_minor == 0 or bool(self.cover)

    def state_on(self, today: date) -> str:
        """PAID, COVERED, OVERDUE (from the day after the due day), PARTIAL or UNPAID."""
        if self.room_minor == 0:
            return "PAID" if self.due_minor else "COVERED"
        if self.cover:
            return "COVERED"
        if today > self.due_on:
            return "OVERDUE"
        return "PARTIAL" if self.paid_minor else "UNPAID"


@dataclass(frozen=True, slots=True)
class Landing:
    """Money that falls into one instalment."""

    number: int
    minor: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What one payment has in one instalment. `age` orders payments, oldest first."""

    payment_id: UUID
    age: int
    number: int
    minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A signed change: into or out of an instalment, or of a payment's credit when `number` is None."""

    payment_id: UUID
    number: int | None
    minor: int
    reason: str


def due_dates(first_due_on: date, count: int) -> list[date]:
    """The same day of each following month, clamped to the month's end from the first day (R32)."""
    return list(_due_dates(first_due_on, count))


@lru_cache(maxsize=256)
def _due_dates(first_due_on: date, count: int) -> tuple[date, ...]:
    # A file opens thousands of plans that begin on the same day.
    return tuple(first_due_on + relativedelta(months=index) for index in range(count))


def schedule(total_minor: int, count: int, first_due_on: date) -> list[Due]:
    """Split a total over monthly instalments (R31, R32)."""
    amounts = split_minor(total_minor, count)
    days = due_dates(first_due_on, count)
    return [Due(number, day, minor) for number, (day, minor) in enumerate(zip(days, amounts, strict=True), start=1)]


def waterfall(instalments: Iterable[InstalmentState], minor: int) -> tuple[list[Landing], int]:
    """Fill instalments in order, each up to its due; return where the money lands and what is left (R33, R35)."""
    landings, left = [], minor
    for instalment in sorted(instalments, key=lambda part: part.number):
        part = min(instalment.room_minor, left)
        if part > 0:
            landings.append(Landing(instalment.number, part))
            left -= part
    return landings, left


def settled_through(instalments: Iterable[InstalmentState]) -> int:
    """The highest m for which every instalment 1..m is paid, covered or zero; 0 when the first is open."""
    reached = 0
    for instalment in sorted(instalments, key=lambda part: part.number):
        if not instalment.is_settled:
            break
        reached = instalment.number
    return reached


def covered_through(instalments: Iterable[InstalmentState], share_minor: int) -> int:
    """The last month that a share of the plan reaches whole, counted from the first; 0 when it reaches none."""
    reached, left = 0, share_minor
    for instalment in sorted(instalments, key=lambda part: part.number):
        left -= instalment.due_minor
        if left < 0 or share_minor <= 0:
            break
        reached = instalment.number
    return reached


def revised_dues(instalments: Sequence[InstalmentState], new_total_minor: int) -> list[int]:
    """The dues of a plan whose total changes (R37), in the order of the instalments.

    Fully paid instalments keep their due, the rest is split over the open ones. Nothing open: an increase
    goes to the last. Less than the paid dues: open dues become zero and paid ones are cut from the last back.
    """
    parts = sorted(instalments, key=lambda part: part.number)
    is_open = [part.room_minor > 0 or part.due_minor == 0 for part in parts]
    kept = sum(part.due_minor for part, open_ in zip(parts, is_open, strict=True) if not open_)
    rest = new_total_minor - kept
    dues = [0 if open_ else part.due_minor for part, open_ in zip(parts, is_open, strict=True)]
    if rest >= 0 and any(is_open):
        shares = iter(split_minor(rest, sum(is_open)))
        return [next(shares) if open_ else due for due, open_ in zip(dues, is_open, strict=True)]
    if rest >= 0:
        dues[-1] += rest
        return dues
    excess = -rest
    for index in reversed(range(len(dues))):
        cut = min(dues[index], excess)
        dues[index] -= cut
        excess -= cut
    return dues


@dataclass(slots=True)
class _Pool:
    """What each payment holds while money is moved about."""

    holdings: list[Holding]
    credit: dict[UUID, int]
    movements: list[Movement]

    def take(self, index: int, minor: int, reason: str) -> None:
        held = self.holdings[index]
        self.holdings[index] = replace(held, minor=held.minor - minor)
        self.movements.append(Movement(held.payment_id, held.number, -minor, reason))

    def put_in_credit(self, payment_id: UUID, minor: int, reason: str) -> None:
        self.credit[payment_id] = self.credit.get(payment_id, 0) + minor
        self.movements.append(Movement(payment_id, None, minor, reason))

    def newest_first(self) -> list[int]:
        """Indexes of holdings: newest instalment first, within it the newest payment."""
        indexes = range(len(self.holdings))
        return sorted(indexes, key=lambda i: (-self.holdings[i].number, -self.holdings[i].age))


def settle(
    dues: dict[int, int],
    holdings: Sequence[Holding],
    credit: dict[UUID, int],
    *,
    returned: dict[UUID, int] | None = None,
) -> list[Movement]:
    """Recompute the waterfall of one invoice and return the movements that lead there (R36, R37).

    `dues`: instalment number → due. `credit`: unspent credit that arose from payments of this invoice,
    oldest first. `returned`: what is taken back from each payment: first out of its credit, then out of
    the newest instalment it reached. What no longer fits becomes credit; credit fills what opened.
    """
    pool = _Pool(list(holdings), dict(credit), [])
    for payment_id, minor in (returned or {}).items():
        _take_back(pool, payment_id, minor)
    freed = _free_excess(pool, dues)
    _fill(pool, dues, freed)
    return _joined(pool.movements)


def _take_back(pool: _Pool, payment_id: UUID, minor: int) -> None:
    from_credit = min(pool.credit.get(payment_id, 0), minor)
    if from_credit:
        pool.put_in_credit(payment_id, -from_credit, "REVERSAL")
    left = minor - from_credit
    for index in pool.newest_first():
        if pool.holdings[index].payment_id == payment_id and left > 0:
            part = min(pool.holdings[index].minor, left)
            if part:
                pool.take(index, part, "REVERSAL")
                left -= part
    if left:
        raise ValueError("More is taken back from a payment than it holds here.")


def _free_excess(pool: _Pool, dues: dict[int, int]) -> list[tuple[UUID, int]]:
    """Take out what sits above its due, or above a gap; oldest freed money first in the answer."""
    total = sum(held.minor for held in pool.holdings)
    wanted = _filled(dues, total)
    present = _per_number(pool.holdings)
    freed: list[tuple[UUID, int]] = []
    for index in pool.newest_first():
        held = pool.holdings[index]
        over = min(held.minor, present[held.number] - wanted.get(held.number, 0))
        if over > 0:
            pool.take(index, over, "REALLOCATION")
            present[held.number] -= over
            freed.insert(0, (held.payment_id, over))
    return freed


def _fill(pool: _Pool, dues: dict[int, int], freed: list[tuple[UUID, int]]) -> None:
    present = _per_number(pool.holdings)
    own_credit = [(payment_id, minor) for payment_id, minor in pool.credit.items() if minor > 0]
    sources = [(payment_id, minor, False) for payment_id, minor in freed]
    sources += [(payment_id, minor, True) for payment_id, minor in own_credit]
    rooms = {number: due - present.get(number, 0) for number, due in sorted(dues.items())}
    for payment_id, minor, is_credit in sources:
        left = minor
        for number, room in rooms.items():
            part = min(room, left)
            if part > 0:
                reason = "CREDIT_APPLIED" if is_credit else "REALLOCATION"
                pool.movements.append(Movement(payment_id, number, part, reason))
                rooms[number] -= part
                left -= part
        if is_credit and left < minor:
            pool.put_in_credit(payment_id, left - minor, "CREDIT_APPLIED")
        if not is_credit and left:
            pool.put_in_credit(payment_id, left, "REALLOCATION")


def _filled(dues: dict[int, int], total: int) -> dict[int, int]:
    wanted, left = {}, total
    for number in sorted(dues):
        wanted[number] = min(dues[number], left)
        left -= wanted[number]
    return wanted


def _per_number(holdings: Sequence[Holding]) -> dict[int, int]:
    held: dict[int, int] = {}
    for holding in holdings:
        held[holding.number] = held.get(holding.number, 0) + holding.minor
    return held


def _joined(movements: Sequence[Movement]) -> list[Movement]:
    """Movements of one payment, place and reason added up, in their first order; nothing is left out silently."""
    sums: dict[tuple[UUID, int | None, str], int] = {}
    for movement in movements:
        key = (movement.payment_id, movement.number, movement.reason)
        sums[key] = sums.get(key, 0) + movement.minor
    return [
        Movement(payment_id, number, minor, reason) for (payment_id, number, reason), minor in sums.items() if minor
    ]
