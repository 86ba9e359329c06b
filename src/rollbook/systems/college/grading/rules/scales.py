"""A grade scale as the rules see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

LOWER_BETTER, HIGHER_BETTER = "LOWER_BETTER", "HIGHER_BETTER"

#: Kinds of values.
NUMERIC, INC, PASS, FAIL, NO_GRADE = "NUMERIC", "INC", "PASS", "FAIL", "NO_GRADE"
DROPPED, WITHDRAWN, IN_PROGRESS, CREDITED = "DROPPED", "WITHDRAWN", "IN_PROGRESS", "CREDITED"

#: How a subject is graded.
BY_NUMBER, BY_PASSING = "NUMERIC", "PASS_FAIL"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a scale."""

    symbol: str
    numeric: Decimal | None
    passes: bool
    counts_in_gpa: bool
    earns_units: bool
    kind: str

    @property
    def is_countable(self) -> bool:
        """Such a grade can stand in an average."""
        return self.numeric is not None and self.counts_in_gpa


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of one version of a scale, in the order in which the college shows them."""

    id: UUID
    code: str
    direction: str
    values: tuple[Value, ...]

    def find(self, symbol: str) -> Value | None:
        """The value of a symbol."""
        return next((value for value in self.values if value.symbol == symbol), None)

    def of_kind(self, kind: str) -> Value | None:
        """The first value of a kind, such as the one for an incomplete."""
        return next((value for value in self.values if value.kind == kind), None)

    def is_better(self, one: Decimal, other: Decimal) -> bool:
        """Tell whether one grade is better than another on this scale."""
        return one < other if self.direction == LOWER_BETTER else one > other

    def worst_failing(self) -> Value | None:
        """The lowest mark that does not pass: what an expired incomplete becomes."""
        return _worst((value for value in self.values if value.kind == NUMERIC and not value.passes), self)

    def not_graded(self) -> Value:
        """What stands where nobody gave a grade in time, on every scale."""
        return self.of_kind(NO_GRADE) or Value(
            "NG", None, passes=False, counts_in_gpa=False, earns_units=False, kind=NO_GRADE
        )

    def for_basis(self, basis: str) -> tuple[Value, ...]:
        """The values that a professor may give in a subject that is graded in this way."""
        if basis == BY_PASSING:
            fails = self.of_kind(FAIL) or self.worst_failing()
            return tuple(
                value for value in self.values if value.kind in {PASS, INC} or (fails is not None and value == fails)
            )
        return tuple(value for value in self.values if value.kind in {NUMERIC, INC})


def _worst(values: Iterable[Value], scale: Scale) -> Value | None:
    worst: Value | None = None
    for value in values:
        if value.numeric is None:
            continue
        if worst is None or worst.numeric is None or scale.is_better(worst.numeric, value.numeric):
            worst = value
    return worst


def outcome(value: Value) -> str:
    """What a finalised grade means for the subject: PASSED, FAILED, INC, NG or WITHDRAWN."""
    if value.kind == INC:
        return "INC"
    if value.kind == NO_GRADE:
        return "NG"
    if value.kind in {WITHDRAWN, DROPPED}:
        return "WITHDRAWN"
    return "PASSED" if value.passes else "FAILED"
