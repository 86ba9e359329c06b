"""What a row of a student file says. No database, no clock, no settings."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from rollbook.core.money import Money, NotAnAmount
from rollbook.shared.people.rules import number_key

#: The columns of a student file, and whether a row needs a value there.
COLUMNS = {
    "student_number": True,
    "family_name": False,
    "given_name": False,
    "programme": True,
    "term": True,
    "plan_total": False,
    "instalments": False,
    "first_due_on": False,
    "middle_name": False,
    "suffix": False,
    "birth_date": False,
    "sex": False,
    "year_level": False,
    "barcode": False,
    "phone": False,
    "email": False,
    "curriculum": False,
}
#: Columns without which the file is not one of students.
NEEDED_COLUMNS = ("student_number", "family_name", "given_name", "programme", "term")

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/. -]{0,29}\Z")
MOST_INSTALMENTS = 12
LARGEST_PLAN_MINOR = 999_999_999
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

RowError = dict[str, str]


@dataclass(frozen=True, slots=True)
class PlanWanted:
    """What the student pays for the term, in how many months, the first of them due when."""

    total_minor: int
    instalments: int
    first_due_on: date


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row whose fields are readable."""

    number: str
    programme: str
    term: str
    year_level: int
    birth_date: date | None
    #: The total as written is checked; without a first due day the term's first day counts.
    plan_total_minor: int | None
    instalments: int
    first_due_on: date | None
    #: The version of the programme's curriculum by its name; without one the student's first year tells.
    curriculum: str = ""

    @property
    def key(self) -> str:
        """The number as it is compared."""
        return number_key(self.number)


def is_formula(text: str) -> bool:
    """A spreadsheet would calculate this. In a list of people it is an attack or a slip."""
    return text.startswith(_FORMULA_STARTS) and not re.fullmatch(r"[+-][\d .,()-]*\d", text)


def read_row(values: dict[str, str], *, currency: str, usual_instalments: int) -> tuple[RowRead | None, list[RowError]]:
    """Read one row, or say for each field what is wrong with it."""
    errors: list[RowError] = []

    def wrong(field: str, message: str) -> None:
        errors.append({"field": field, "message": message})

    for field, text in values.items():
        if is_formula(text):
            wrong(field, _("This is a formula. Write the value itself."))
    for field, is_needed in COLUMNS.items():
        if is_needed and not values.get(field):
            wrong(field, _("%(field)s is missing.") % {"field": field.replace("_", " ").capitalize()})
    number = values.get("student_number", "")
    if number and (not NUMBER.match(number) or not number_key(number)):
        wrong("student_number", _("A student number has letters, digits, hyphens, slashes, dots; at most 30."))
    if errors:
        return None, errors
    plan_total, instalments, first_due_on = _plan(values, currency, usual_instalments, errors)
    row = RowRead(
        number=number,
        programme=values["programme"],
        term=values["term"],
        year_level=_whole(values, "year_level", 1, 8, 1, errors),
        birth_date=_day(values, "birth_date", errors),
        plan_total_minor=plan_total,
        instalments=instalments,
        first_due_on=first_due_on,
        curriculum=values.get("curriculum", ""),
    )
    for field in ("programme", "term"):
        if len(values[field]) > 20:
            wrong(field, _("A code has at most 20 characters."))
    return (None, errors) if errors else (row, [])


def year_begun(academic_year: str, year_level: int) -> str:
    """The academic year in which somebody began who is in this year of study now; "" where the year is no year."""
    found = re.fullmatch(r"(\d{4})-(\d{4})", academic_year, re.ASCII)
    if found is None:
        return ""
    first = int(found[1]) - (year_level - 1)
    return f"{first:04d}-{first + 1:04d}"


def _plan(
    values: dict[str, str], currency: str, usual_instalments: int, errors: list[RowError]
) -> tuple[int | None, int, date | None]:
    instalments = _whole(values, "instalments", 1, MOST_INSTALMENTS, usual_instalments, errors)
    first_due_on = _day(values, "first_due_on", errors)
    text = values.get("plan_total", "")
    if not text:
        for field in ("instalments", "first_due_on"):
            if values.get(field):
                errors.append(
                    {"field": "plan_total", "message": _("There is %(field)s but no plan total.") % {"field": field}}
                )
                break
        return None, instalments, first_due_on
    try:
        minor = Money.parse(text, currency).minor
    except NotAnAmount as refusal:
        errors.append(
            {
                "field": "plan_total",
                "message": _("%(detail)s No thousands separators, no sign.") % {"detail": refusal.detail},
            }
        )
        return None, instalments, first_due_on
    if minor > LARGEST_PLAN_MINOR:
        errors.append({"field": "plan_total", "message": _("A plan is at most 9,999,999.99.")})
    return minor, instalments, first_due_on


def _whole(values: dict[str, str], field: str, least: int, most: int, usual: int, errors: list[RowError]) -> int:
    text = values.get(field, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        errors.append(
            {
                "field": field,
                "message": _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most},
            }
        )
        return usual
    return int(text)


def _day(values: dict[str, str], field: str, errors: list[RowError]) -> date | None:
    text = values.get(field, "")
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    errors.append({"field": field, "message": _("Write the day as year-month-day, such as 2026-08-31.")})
    return None
