"""A curriculum in a file: its columns, and what each line says (docs/reference/curriculum-file.md). No database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.catalogue.models.curricula import LAST_YEAR_LEVEL
from rollbook.systems.college.lists import FORMULA, Line

#: What names the curriculum: on the first line, and on others only the same again.
HEAD = ("programme", "curriculum", "academic_year")
NEEDED = (*HEAD, "year", "semester", "code", "title", "lecture_units")
COLUMNS = (
    *NEEDED, "lab_units", "category", "hours_per_week", "prerequisites", "elective_group", "tags", "practicum",
    "credit", "gpa", "grading", "description",
)  # fmt: skip
#: What a line about a subject that stands already must agree with.
MEASURES = ("lecture_units", "lab_units", "grading_basis", "is_credit")
_SEMESTERS = {
    "1": "FIRST", "FIRST": "FIRST", "1ST": "FIRST", "2": "SECOND", "SECOND": "SECOND", "2ND": "SECOND",
    "S": "SUMMER", "SUMMER": "SUMMER", "3": "SUMMER",
}  # fmt: skip
_YES, _NO = frozenset({"YES", "Y", "TRUE", "1"}), frozenset({"NO", "N", "FALSE", "0"})


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong at a line of the file; line 0 is the file as a whole."""

    line: int
    field: str
    message: str

    @property
    def sentence(self) -> str:
        place = f"line {self.line}: {self.field}: " if self.line else ""
        return f"{place}{self.message}"


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """What one line says of a subject and of its place."""

    line: int
    code: str
    year_level: int
    semester: str
    elective_group: str
    #: The category that the file gives; the subject's own where it gives none.
    category: str
    prerequisites: str
    #: The subject itself, as `Subject` takes it.
    values: Mapping[str, Any]


def missing_columns(line: Line) -> list[str]:
    """Needed columns that the heading does not name, and columns that nobody knows."""
    missing = [_("The column %(name)s is missing.") % {"name": name} for name in NEEDED if name not in line.values]
    unknown = [_("There is no column %(name)s.") % {"name": name} for name in line.values if name not in COLUMNS]
    return missing + unknown


def read_line(line: Line) -> tuple[SubjectLine | None, list[LineError]]:
    """Read a line; every field that cannot be read is told."""
    errors: list[LineError] = []

    def read(name: str, take: Callable[[str], Any]) -> Any:
        text = line.values.get(name, "").strip()
        try:
            if text.startswith(FORMULA):
                raise _Unreadable(_("This cell holds a formula. Write what it stands for."))
            return take(text)
        except _Unreadable as wrong:
            errors.append(LineError(line.number, name, str(wrong)))
            return None

    category = read("category", _one_of(("", *Subject.Category.values)))
    values = {
        "title": read("title", _filled),
        "description": read("description", str),
        "lecture_units": read("lecture_units", _number(needed=True)),
        "lab_units": read("lab_units", _number()),
        "category": category or Subject.Category.MAJOR,
        "hours_per_week": read("hours_per_week", _number()),
        "is_practicum": read("practicum", _yes_or_no(default=False)),
        "is_credit": read("credit", _yes_or_no(default=True)),
        "counts_in_gpa": read("gpa", _yes_or_no(default=True)),
        "grading_basis": read("grading", _one_of(("", *Subject.GradingBasis.values))) or Subject.GradingBasis.NUMERIC,
        "tags": read("tags", str.split),
    }
    found = SubjectLine(
        line=line.number,
        code=read("code", _filled) or "",
        year_level=read("year", _year),
        semester=read("semester", _semester),
        elective_group=read("elective_group", _short(40)),
        category=category or "",
        prerequisites=read("prerequisites", str) or "",
        values=values,
    )
    return (None if errors else found), errors


class _Unreadable(Exception):
    pass


def _filled(text: str) -> str:
    if not text:
        raise _Unreadable(_("This cell is empty."))
    return " ".join(text.split())


def _short(most: int) -> Callable[[str], str]:
    def take(text: str) -> str:
        if len(text) > most:
            raise _Unreadable(_("Write at most %(most)s characters.") % {"most": most})
        return " ".join(text.split())

    return take


def _number(*, needed: bool = False) -> Callable[[str], Decimal]:
    def take(text: str) -> Decimal:
        if not text and not needed:
            return Decimal(0)
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise _Unreadable(_("Write a number such as 3 or 1.5.")) from error
        exponent = number.as_tuple().exponent
        if not number.is_finite() or not 0 <= number < 100 or not isinstance(exponent, int) or exponent < -1:
            raise _Unreadable(_("Write a number such as 3 or 1.5."))
        return number

    return take


def _yes_or_no(*, default: bool) -> Callable[[str], bool]:
    def take(text: str) -> bool:
        word = text.upper()
        if word and word not in _YES | _NO:
            raise _Unreadable(_("Write yes or no."))
        return word in _YES if word else default

    return take


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def take(text: str) -> str:
        word = text.upper()
        if word not in words:
            raise _Unreadable(_("Write one of: %(choices)s.") % {"choices": ", ".join(word for word in words if word)})
        return word

    return take


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= LAST_YEAR_LEVEL):
        raise _Unreadable(_("Write a year from 1 to %(most)s.") % {"most": LAST_YEAR_LEVEL})
    return int(text)


def _semester(text: str) -> str:
    if text.upper() not in _SEMESTERS:
        raise _Unreadable(_("Write 1, 2 or S."))
    return _SEMESTERS[text.upper()]
