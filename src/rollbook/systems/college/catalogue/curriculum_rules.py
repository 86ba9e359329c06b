"""What a curriculum adds up to, which year a student is in, and what to take next. No database, no clock."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import accumulate
from uuid import UUID

#: A year begins when three quarters of everything before it are earned (R28).
SHARE_OF_YEARS_BEFORE = Fraction(3, 4)
SEMESTERS = ("FIRST", "SECOND", "SUMMER")
MAJOR = "MAJOR"


@dataclass(frozen=True, slots=True)
class Place:
    """A subject at its place in a curriculum."""

    subject_id: UUID
    code: str
    units: Decimal
    year_level: int
    semester: str
    category: str = MAJOR
    elective_group: str = ""
    tags: frozenset[str] = frozenset()
    #: Whether the subject is still taught.
    is_active: bool = True

    @property
    def when(self) -> tuple[int, int]:
        """The year and the semester, in the order of time."""
        return self.year_level, SEMESTERS.index(self.semester)

    @property
    def in_order(self) -> tuple[int, int, str]:
        return *self.when, self.code


@dataclass(frozen=True, slots=True)
class Requirement:
    """What has to be passed: one subject, or one of the alternatives of an elective group."""

    places: tuple[Place, ...]

    @property
    def units(self) -> Decimal:
        return min(place.units for place in self.places)

    @property
    def year_level(self) -> int:
        return min(place.year_level for place in self.places)

    @property
    def first(self) -> Place:
        """Where it stands first in the curriculum."""
        return min(self.places, key=lambda place: place.in_order)

    @property
    def codes(self) -> list[str]:
        """Any one of them is enough."""
        return sorted(place.code for place in self.places)

    @property
    def subject_ids(self) -> frozenset[UUID]:
        return frozenset(place.subject_id for place in self.places)

    @property
    def is_major(self) -> bool:
        return any(place.category == MAJOR for place in self.places)

    def is_met_by(self, passed: Collection[UUID]) -> bool:
        """Whether one of its subjects is among those that were passed."""
        return any(place.subject_id in passed for place in self.places)


@dataclass(frozen=True, slots=True)
class Plan:
    """A curriculum as a whole, its places in the order of time."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, places: Iterable[Place]) -> "Plan":
        return cls(tuple(sorted(places, key=lambda place: place.in_order)))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Everything that has to be passed, once each, in the order of time."""
        groups: dict[object, list[Place]] = {}
        for place in self.places:
            groups.setdefault(place.elective_group or place.subject_id, []).append(place)
        return tuple(Requirement(tuple(places)) for places in groups.values())

    @property
    def total_units(self) -> Decimal:
        return sum((requirement.units for requirement in self.requirements), Decimal(0))

    @property
    def last_year(self) -> int:
        return max((place.year_level for place in self.places), default=1)

    @property
    def units_by_year(self) -> tuple[Decimal, ...]:
        """The required units of year 1, 2, … up to the last."""
        totals = [Decimal(0)] * self.last_year
        for requirement in self.requirements:
            totals[requirement.year_level - 1] += requirement.units
        return tuple(totals)

    @property
    def majors(self) -> tuple[frozenset[UUID], ...]:
        """For `StudentFacts.majors`."""
        return tuple(requirement.subject_ids for requirement in self.requirements if requirement.is_major)

    def missing(self, passed: Collection[UUID]) -> tuple[Requirement, ...]:
        """What is still to be passed; `passed` holds credits and what equivalents stand for as well."""
        return tuple(requirement for requirement in self.requirements if not requirement.is_met_by(passed))

    def units_at(self, year_level: int, semester: str) -> Decimal:
        """The required units of one term of the plan."""
        return sum(
            (
                requirement.units
                for requirement in self.requirements
                if min(place.when for place in requirement.places) == (year_level, SEMESTERS.index(semester))
            ),
            Decimal(0),
        )

    def units_before(self, when: tuple[int, int]) -> Decimal:
        """What somebody who follows the plan has earned when a term begins."""
        earlier = [r.units for r in self.requirements if max(place.when for place in r.places) < when]
        return sum(earlier, Decimal(0))


def year_level(earned: Decimal, units_by_year: Sequence[Decimal], *, floor: int = 1) -> int:
    """The year a student is in (R28): up one year while three quarters of the years before it are earned.

    `floor` raises it to the highest year of a passed subject, where the college decided so; never past the last year.
    """
    level = 1
    for required in list(accumulate(units_by_year))[:-1]:
        if Fraction(earned) < SHARE_OF_YEARS_BEFORE * Fraction(required):
            break
        level += 1
    return min(max(level, floor), max(len(units_by_year), 1))


class Why(Enum):
    """Why a subject is recommended, the most urgent first."""

    RETAKE = "RETAKE"
    BACK = "BACK"
    IN_PLAN = "IN_PLAN"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A subject to take next, and why."""

    place: Place
    why: Why


def recommend(
    plan: Plan,
    *,
    semester: str,
    year_level: int,
    passed: Collection[UUID],
    to_retake: Collection[UUID] = (),
    is_open: Callable[[Place], bool] = lambda _place: True,
    units_left: Decimal,
    taken: Collection[UUID] = (),
) -> list[Recommendation]:
    """What to take in a term (R30): unpassed subjects of its kind whose prerequisites are met, as far as units allow.

    First what is to be retaken, then what an earlier term left behind, then by year and code. Of an elective group one
    subject is offered; a subject that no longer fits into the units leaves room for a smaller one behind it.
    """
    present = (year_level, SEMESTERS.index(semester))
    offered: list[Recommendation] = []
    for requirement in plan.missing(passed):
        if any(place.subject_id in taken for place in requirement.places):
            continue
        fitting = [place for place in requirement.places if place.semester == semester and is_open(place)]
        # Whoever began one of several alternatives finishes that one.
        fitting.sort(key=lambda place: (place.subject_id not in to_retake, place.in_order))
        if fitting:
            offered.append(Recommendation(fitting[0], _why(fitting[0], present, to_retake)))
    offered.sort(key=lambda one: (list(Why).index(one.why), one.place.in_order))
    return _within(offered, units_left)


def _why(place: Place, present: tuple[int, int], to_retake: Collection[UUID]) -> Why:
    if place.subject_id in to_retake:
        return Why.RETAKE
    return Why.BACK if place.when < present else Why.IN_PLAN


def _within(offered: Sequence[Recommendation], units_left: Decimal) -> list[Recommendation]:
    chosen = []
    for one in offered:
        if one.place.units <= units_left:
            chosen.append(one)
            units_left -= one.place.units
    return chosen


def stands_for(passed: Collection[UUID], equivalents: Mapping[UUID, Collection[UUID]]) -> frozenset[UUID]:
    """What was passed, and what that stands for in one step; `equivalents` names for a subject its substitutes."""
    met = {asked for asked, others in equivalents.items() if any(other in passed for other in others)}
    return frozenset(passed) | met
