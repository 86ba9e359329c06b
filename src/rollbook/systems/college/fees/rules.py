"""Pure arithmetic of what a term costs: which schedule fits, what it comes to, what leaving gives back.

No database, no clock, no settings. Amounts are whole minor units of one currency; each line is rounded once,
half up, where it becomes money.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.figures import plain

#: The order in which a discount on several categories uses them up.
CATEGORIES = ("TUITION", "LABORATORY", "MISCELLANEOUS", "OTHER")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a schedule is for. What is None or empty is left open."""

    programme_id: UUID | None = None
    year_level: int | None = None
    term_id: UUID | None = None
    semester: str = ""
    student_kind: str = ""

    @property
    def _parts(self) -> tuple[Any, ...]:
        return (self.programme_id, self.year_level, self.term_id, self.semester, self.student_kind)

    @property
    def exactness(self) -> tuple[bool, ...]:
        """The more of the first parts a schedule names, the more exactly it fits."""
        return tuple(bool(part) for part in self._parts)

    def fits(self, student: "Scope") -> bool:
        """Whether a student, of whom everything is known, is among those it is for."""
        return all(not own or own == theirs for own, theirs in zip(self._parts, student._parts, strict=True))


@dataclass(frozen=True, slots=True)
class Fee:
    """One line of a schedule."""

    label: str
    category: str
    basis: str
    price_minor: int
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule in force, as the arithmetic needs it."""

    id: UUID
    code: str
    version_number: int
    scope: Scope
    fees: tuple[Fee, ...]
    instalments: int | None = None
    first_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A subject of the term. `kept` is the percentage of its charges that stays: 100 taken, 0 dropped."""

    subject_id: UUID
    code: str
    units: Decimal
    lecture_units: Decimal
    lab_units: Decimal
    kept: Decimal = WHOLE


@dataclass(frozen=True, slots=True)
class Given:
    """A discount that a student holds for the term."""

    code: str
    name: str
    percent: Decimal | None
    amount_minor: int | None
    categories: tuple[str, ...] = ()
    position: int = 100
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """One line of an assessment; a discount has a negative amount."""

    label: str
    category: str
    quantity: Decimal
    price_minor: int
    minor: int


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a term comes to, line by line."""

    lines: tuple[AssessedLine, ...] = ()
    units: Decimal = Decimal(0)
    charges_minor: int = field(init=False)
    concessions_minor: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "charges_minor", sum(line.minor for line in self.lines if line.minor > 0))
        object.__setattr__(self, "concessions_minor", -sum(line.minor for line in self.lines if line.minor < 0))

    @property
    def total_minor(self) -> int:
        """What is left to pay."""
        return self.charges_minor - self.concessions_minor


def rounded(amount: Decimal) -> int:
    """Half a minor unit goes up."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def schedule_for(student: Scope, schedules: Iterable[Schedule]) -> Schedule | None:
    """The schedule that fits a student most exactly: programme before year level, term, kind of term and of student."""
    fitting = [schedule for schedule in schedules if schedule.scope.fits(student)]
    return max(fitting, key=lambda schedule: (schedule.scope.exactness, schedule.code), default=None)


def _is_lab(taken: Taken) -> bool:
    return taken.lab_units > 0


#: How often a fee is charged for the subjects of a term.
_QUANTITIES: Mapping[str, Callable[[Fee, Sequence[Taken]], Decimal]] = {
    "PER_UNIT": lambda _fee, taken: sum((one.units for one in taken), Decimal(0)),
    "PER_LECTURE_UNIT": lambda _fee, taken: sum((one.lecture_units for one in taken), Decimal(0)),
    "PER_LAB_UNIT": lambda _fee, taken: sum((one.lab_units for one in taken), Decimal(0)),
    "PER_SUBJECT": lambda _fee, taken: Decimal(len(taken)),
    "PER_LAB_SUBJECT": lambda _fee, taken: Decimal(sum(map(_is_lab, taken))),
    "ONE_SUBJECT": lambda fee, taken: Decimal(sum(one.subject_id == fee.subject_id for one in taken)),
    "FLAT": lambda _fee, _taken: Decimal(1),
}


def assess(fees: Sequence[Fee], subjects: Sequence[Taken], given: Sequence[Given] = ()) -> Assessed:
    """What a term comes to: each fee as often as its basis says, what stays of classes that were left, discounts."""
    whole = [one for one in subjects if one.kept == WHOLE]
    lines = [line for fee in fees if (line := _charge(fee, whole)).minor]
    for left in subjects:
        if 0 < left.kept < WHOLE:
            lines += _kept_of(left, fees)
    lines += discounts(lines, given)
    return Assessed(tuple(lines), sum((one.units for one in whole), Decimal(0)))


def _charge(fee: Fee, subjects: Sequence[Taken]) -> AssessedLine:
    quantity = _QUANTITIES[fee.basis](fee, subjects)
    return AssessedLine(fee.label, fee.category, quantity, fee.price_minor, rounded(quantity * fee.price_minor))


def charges_of(taken: Taken, fees: Sequence[Fee]) -> dict[str, int]:
    """What one subject alone costs, by category; what is charged once in the term is not its."""
    found: dict[str, int] = {}
    for fee in fees:
        if fee.basis != "FLAT" and (minor := _charge(fee, [taken]).minor):
            found[fee.category] = found.get(fee.category, 0) + minor
    return found


def _kept_of(left: Taken, fees: Sequence[Fee]) -> list[AssessedLine]:
    lines = []
    for category, minor in charges_of(left, fees).items():
        kept = rounded(minor * left.kept / WHOLE)
        if kept:
            label = f"{left.code}, left: {plain(left.kept)} % stays"
            lines.append(AssessedLine(label, category, left.kept / WHOLE, minor, kept))
    return lines


def discounts(charges: Sequence[AssessedLine], given: Sequence[Given]) -> list[AssessedLine]:
    """Discounts in their order, each from what the one before left of its categories, none above its cap."""
    left = dict.fromkeys(CATEGORIES, 0)
    for line in charges:
        left[line.category] += line.minor
    lines = []
    for one in sorted(given, key=lambda each: (each.position, each.code)):
        its = one.categories or CATEGORIES
        base = sum(left[category] for category in its)
        wanted = rounded(base * one.percent / WHOLE) if one.percent is not None else one.amount_minor or 0
        off = min(wanted, base, one.cap_minor if one.cap_minor is not None else base)
        if off <= 0:
            continue
        lines.append(AssessedLine(one.name, "DISCOUNT", Decimal(1), -off, -off))
        _use_up(left, its, off)
    return lines


def _use_up(left: dict[str, int], categories: Sequence[str], minor: int) -> None:
    for category in sorted(categories, key=CATEGORIES.index):
        part = min(left[category], minor)
        left[category] -= part
        minor -= part


@dataclass(frozen=True, slots=True)
class RefundStep:
    """Until the end of a week of classes (0: before the first day) this percentage is given back."""

    week: int
    percent: Decimal


def read_refund_table(text: str) -> tuple[RefundStep, ...]:
    """Read "0:100, 1:75, 2:50"; a table that cannot be meant raises ValueError with the reason."""
    steps = []
    for part in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        week, colon, percent = (piece.strip() for piece in part.partition(":"))
        if not colon or not week.isdecimal() or not percent.replace(".", "", 1).isdecimal() or not part.isascii():
            raise ValueError(_("“%(part)s” is not a week, a colon and a percentage, such as 2:50.") % {"part": part})
        steps.append(RefundStep(int(week), Decimal(percent)))
    weeks = [step.week for step in steps]
    if any(not 0 <= step.percent <= WHOLE or step.week > 52 for step in steps):
        raise ValueError(_("A percentage is from 0 to 100, a week from 0 to 52."))
    if len(set(weeks)) != len(weeks):
        raise ValueError(_("A week stands in the table twice."))
    steps.sort(key=lambda step: step.week)
    if any(later.percent > sooner.percent for sooner, later in pairwise(steps)):
        raise ValueError(_("Who leaves later is never given back more."))
    return tuple(steps)


def percent_back(table: Sequence[RefundStep], *, starts_on: date, on: date) -> Decimal:
    """The percentage that is given back to somebody who leaves on a day."""
    week = 0 if on < starts_on else (on - starts_on).days // 7 + 1
    return next((step.percent for step in table if step.week >= week), Decimal(0))


def share_of(total_minor: int, *, share: str, percent: Decimal | None, amount_minor: int | None) -> int:
    """What a sponsor answers for of a term."""
    if share == "FULL":
        return total_minor
    if share == "PERCENT":
        return rounded(total_minor * (percent or Decimal(0)) / WHOLE)
    return min(amount_minor or 0, total_minor)
