"""The grade point average as an exact ratio, rounded once (R51), and which attempts it counts (R52)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from rollbook.systems.college.grading.rules.scales import LOWER_BETTER

ALL, LATEST, BEST = "ALL", "LATEST", "BEST"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A finalised subject of a student, or a credit from elsewhere, as the average sees it."""

    id: UUID
    subject_id: UUID
    attempt_no: int
    units: Decimal
    symbol: str
    numeric: Decimal | None
    #: The scale's value, the subject and, for a credit, its own mark all say that it counts.
    counts_in_gpa: bool
    passes: bool
    earns_units: bool
    fails: bool
    is_attempted: bool = True
    direction: str = LOWER_BETTER
    #: Several sections of it may be taken, so no attempt stands for another.
    is_repeatable: bool = False

    @property
    def is_countable(self) -> bool:
        return self.counts_in_gpa and self.numeric is not None and self.units > 0


@dataclass(frozen=True, slots=True)
class Average:
    """An average as its exact parts. It is rounded when it is stored or shown, each time from the ratio itself."""

    quality_points: Decimal
    units: Decimal

    def rounded(self, places: int) -> Decimal | None:
        """Rounded half-up; None where nothing was graded."""
        if self.units == 0:
            return None
        return half_up(Fraction(self.quality_points) / Fraction(self.units), places)


def half_up(ratio: Fraction, places: int) -> Decimal:
    """The nearest decimal with so many places; an exact half goes away from zero."""
    scale = 10**places
    doubled = abs(ratio) * scale * 2
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return Decimal(-whole if ratio < 0 else whole).scaleb(-places)


def counted(attempts: Iterable[Attempt], policy: str) -> list[Attempt]:
    """The attempts that stand in the average. Only countable grades compete; the others never replace one."""
    competing = [attempt for attempt in attempts if attempt.is_countable]
    if policy == ALL:
        return competing
    stands = [attempt for attempt in competing if attempt.is_repeatable]
    rivals: dict[UUID, list[Attempt]] = defaultdict(list)
    for attempt in competing:
        if not attempt.is_repeatable:
            rivals[attempt.subject_id].append(attempt)
    return stands + [_chosen(group, policy) for group in rivals.values()]


def _chosen(rivals: Sequence[Attempt], policy: str) -> Attempt:
    if policy == LATEST:
        return max(rivals, key=_lateness)
    # Of equal grades the later attempt stands.
    return max(rivals, key=lambda attempt: (_goodness(attempt), _lateness(attempt)))


def _lateness(attempt: Attempt) -> tuple[int, UUID]:
    return attempt.attempt_no, attempt.id


def _goodness(attempt: Attempt) -> tuple[bool, Decimal]:
    numeric = attempt.numeric or Decimal(0)
    return attempt.passes, -numeric if attempt.direction == LOWER_BETTER else numeric


def average(attempts: Iterable[Attempt], policy: str = ALL) -> Average:
    """Σ(grade × units) / Σ units of the attempts that count (R51, R52)."""
    points = units = Decimal(0)
    for attempt in counted(attempts, policy):
        if attempt.numeric is not None:
            points += attempt.numeric * attempt.units
            units += attempt.units
    return Average(points, units)


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything that a result states of a set of attempts."""

    average: Average
    units_attempted: Decimal
    units_earned: Decimal
    units_failed: Decimal
    computed_from: str


def sums(attempts: Sequence[Attempt], policy: str = ALL) -> Sums:
    """The figures of a term, or of all terms. A subject passed twice earns its units once."""
    earned: dict[UUID, Decimal] = {}
    repeated = Decimal(0)
    for attempt in attempts:
        if not (attempt.passes and attempt.earns_units):
            continue
        if attempt.is_repeatable:
            repeated += attempt.units
        else:
            earned[attempt.subject_id] = max(earned.get(attempt.subject_id, Decimal(0)), attempt.units)
    return Sums(
        average=average(attempts, policy),
        units_attempted=sum((attempt.units for attempt in attempts if attempt.is_attempted), Decimal(0)),
        units_earned=sum(earned.values(), repeated),
        units_failed=sum((attempt.units for attempt in attempts if attempt.is_attempted and attempt.fails), Decimal(0)),
        computed_from=fingerprint(attempts, policy),
    )


def fingerprint(attempts: Iterable[Attempt], policy: str) -> str:
    """What a result was computed from, so that ten years later it can be proved."""
    lines = [policy]
    for attempt in sorted(attempts, key=lambda each: each.id.hex):
        numeric = "" if attempt.numeric is None else f"{attempt.numeric:.2f}"
        marks = "".join("1" if mark else "0" for mark in (attempt.counts_in_gpa, attempt.passes, attempt.earns_units))
        lines.append(f"{attempt.id}|{attempt.symbol}|{numeric}|{attempt.units:.1f}|{marks}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
