"""Academic years, and what a term's code says about it. No database, no clock, no settings."""

import re
from dataclasses import dataclass
from datetime import date

FIRST, SECOND, SUMMER = "FIRST", "SECOND", "SUMMER"

_KINDS = {
    "1": FIRST, "1ST": FIRST, "FIRST": FIRST,
    "2": SECOND, "2ND": SECOND, "SECOND": SECOND,
    "3": SUMMER, "3RD": SUMMER, "SUM": SUMMER, "SUMMER": SUMMER, "MIDYEAR": SUMMER,
}  # fmt: skip
_NOISE = frozenset({"AY", "SY", "SEM", "SEMESTER", "TERM", "T"})


@dataclass(frozen=True, slots=True)
class TermShape:
    """What a term's code says: its academic year and kind, and the days that such a term usually has."""

    academic_year: str
    kind: str
    starts_on: date
    ends_on: date


def academic_year_from(first_year: int) -> str:
    """2026 begins the academic year 2026-2027."""
    return f"{first_year}-{first_year + 1}"


def is_academic_year(text: str) -> bool:
    """Two years that follow each other, such as 2026-2027."""
    found = re.fullmatch(r"(\d{4})-(\d{4})", text, re.ASCII)
    return found is not None and int(found[2]) == int(found[1]) + 1


def shape_of_code(code: str) -> TermShape | None:
    """Read a code such as 2026-1, 2026-2027-2, AY2026 SUM or 2026-S; None when it does not say enough."""
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", code)
    if not years or (len(years) > 1 and int(years[1]) != int(years[0]) + 1) or len(years) > 2:
        return None
    words = re.findall(r"[A-Z]+|\d+(?:ST|ND|RD)?", re.sub(r"(?<!\d)\d{4}(?!\d)", " ", code.upper()))
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    rest = [word for word in words if word not in _KINDS and word not in _NOISE]
    if rest == ["S"]:
        # "S" alone is the summer; before a number it stands for semester.
        kinds = kinds or {SUMMER}
    elif rest:
        return None
    return _usual(int(years[0]), kinds.pop()) if len(kinds) == 1 and 1900 < int(years[0]) < 9000 else None


def _usual(year: int, kind: str) -> TermShape:
    first_day, last_day = {
        FIRST: (date(year, 8, 1), date(year, 12, 31)),
        SECOND: (date(year + 1, 1, 1), date(year + 1, 5, 31)),
        SUMMER: (date(year + 1, 6, 1), date(year + 1, 7, 31)),
    }[kind]
    return TermShape(academic_year_from(year), kind, first_day, last_day)
