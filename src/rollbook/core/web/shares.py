"""Shares of a whole, for meters and strips. Money stays whole minor units; only percents come out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rollbook.core.money import Money
from rollbook.core.web.states import Words

PartState = Literal["paid", "due", "late", "later"]

#: As finely as a screen shows it.
_FINE = Decimal("0.01")
#: The sign of each state of a part, so that the strip is read without colour.
PART_ICONS: dict[str, str] = {
    "paid": "circle-check",
    "due": "arrow-right",
    "late": "circle-alert",
    "later": "circle-dashed",
}


def percent(part: object, whole: object) -> int:
    """Whole percents of the whole, 0 to 100. Something never shows as nothing, nor nearly all as all."""
    some, total = _minor(part), _minor(whole)
    if total <= 0 or some <= 0:
        return 0
    if some >= total:
        return 100
    return min(99, max(1, some * 100 // total))


def _minor(value: object) -> int:
    return value.minor if isinstance(value, Money) else int(str(value))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a strip: an instalment, a week, a stage. How much of it is filled, and its state in words."""

    label: Words
    filled: Money | int
    whole: Money | int
    state: PartState
    note: Words = ""
    #: What an amount being typed would add here, before anything is saved.
    added: Money | int = field(default=0)

    @property
    def filled_percent(self) -> int:
        return percent(self.filled, self.whole)

    @property
    def added_percent(self) -> int:
        """How much of the track the addition covers, beside what is already filled."""
        if not _minor(self.added):
            return 0
        return percent(_minor(self.filled) + _minor(self.added), self.whole) - self.filled_percent

    @property
    def icon(self) -> str:
        return PART_ICONS[self.state]

    @property
    def is_money(self) -> bool:
        return isinstance(self.whole, Money)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart drawn by the server, against the largest value or a target."""

    label: Words
    value: Money | int
    url: str = ""
    target: Money | int | None = None
    note: Words = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar with its length on the shared scale, and the mark of its target."""

    bar: Bar
    length: int
    mark: int | None


def drawn(bars: Sequence[Bar]) -> list[DrawnBar]:
    """Give every bar its length on one scale that begins at zero."""
    longest = max((max(_minor(bar.value), _minor(bar.target or 0)) for bar in bars), default=0)
    return [
        DrawnBar(bar, percent(bar.value, longest), None if bar.target is None else percent(bar.target, longest))
        for bar in bars
    ]


@dataclass(frozen=True, slots=True)
class Arc:
    """A part of a ring: how long it is and where it begins, in hundredths of the whole way round."""

    label: Words
    value: Decimal
    length: str
    rest: str
    offset: str
    #: Which of the colours of parts it has.
    number: int


@dataclass(frozen=True, slots=True)
class Ring:
    """A whole in its parts: done, running, left. The parts always have the same colours, also where one is nothing."""

    label: Words
    parts: Sequence[tuple[Words, Decimal]]

    @property
    def total(self) -> Decimal:
        """The whole."""
        return sum((value for _label, value in self.parts), Decimal(0))

    @property
    def percent(self) -> int:
        """Whole percents of the first part. Something never shows as nothing, nor nearly all as all."""
        whole = self.total * 100
        return percent(int(self.parts[0][1] * 100), int(whole)) if self.parts else 0

    @property
    def arcs(self) -> list[Arc]:
        """The parts that are something, one behind the other."""
        total, begun, drawn = self.total, Decimal(0), []
        for number, (label, value) in enumerate(self.parts, 1):
            if value > 0:
                length = (value * 100 / total).quantize(_FINE)
                drawn.append(Arc(label, value, f"{length}", f"{100 - length}", f"{-begun}", number))
                begun += length
        return drawn
