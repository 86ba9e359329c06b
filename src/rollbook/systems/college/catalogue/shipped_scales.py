"""The grade scales that every college starts with, as section 3.2 of the specification has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

NUMERIC, INC, DROPPED, WITHDRAWN, NO_GRADE = "NUMERIC", "INC", "DROPPED", "WITHDRAWN", "NO_GRADE"
PASS, FAIL, CREDITED = "PASS", "FAIL", "CREDITED"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a scale: how it is written and what it does to the student's record."""

    symbol: str
    kind: str
    numeric: Decimal | None = None
    passes: bool = False
    counts_in_gpa: bool = False
    earns_units: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale as it is shipped."""

    code: str
    name: str
    direction: str
    minimum_pass: Decimal
    marks: Sequence[Mark]


def _grade(symbol: str, number: str, *, passes: bool) -> Mark:
    return Mark(symbol, NUMERIC, Decimal(number), passes=passes, counts_in_gpa=True, earns_units=passes)


_INC, _W = Mark("INC", INC), Mark("W", WITHDRAWN)
_P = Mark("P", PASS, passes=True, earns_units=True)
_CR = Mark("CR", CREDITED, passes=True, earns_units=True)
_PASSING = ("1.00", "1.25", "1.50", "1.75", "2.00", "2.25", "2.50", "2.75", "3.00")
_LETTERS = (
    ("A", "4.0"), ("A-", "3.7"), ("B+", "3.3"), ("B", "3.0"), ("B-", "2.7"), ("C+", "2.3"), ("C", "2.0"),
    ("C-", "1.7"), ("D+", "1.3"), ("D", "1.0"),
)  # fmt: skip

PH_5 = Scale(
    "PH_5",
    "Philippine, 1.00 to 5.00",
    "LOWER_BETTER",
    Decimal("3.00"),
    (
        *(_grade(symbol, symbol, passes=True) for symbol in _PASSING),
        _grade("5.00", "5.00", passes=False),
        _INC, Mark("NG", NO_GRADE), Mark("DRP", DROPPED), _W, _P, Mark("F*", FAIL), _CR,
    ),
)  # fmt: skip
US_4 = Scale(
    "US_4",
    "American, A to F",
    "HIGHER_BETTER",
    Decimal("1.0"),
    (
        *(_grade(symbol, number, passes=True) for symbol, number in _LETTERS),
        _grade("F", "0.0", passes=False),
        _INC, _W, _P, _CR,
    ),
)  # fmt: skip
SHIPPED = (PH_5, US_4)
