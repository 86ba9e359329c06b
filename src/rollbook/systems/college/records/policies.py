"""What a college may decide about its records."""

from dataclasses import dataclass
from typing import Any

from rollbook.core.numbering.rules import formatted
from rollbook.core.policies.register import declare
from rollbook.core.policies.types import PolicyType, WholeNumber


@dataclass(frozen=True, slots=True)
class NumberFormat(PolicyType):
    """How a number is written: {yy} or {year}, and {seq:04d} for the counting part."""

    def checked(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 40:
            raise self.refuse()
        try:
            first, second = formatted(value, 2026, 1), formatted(value, 2026, 2)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise self.refuse() from error
        if first == second or not first or len(first) > 30:
            raise self.refuse()
        return value

    def takes(self) -> str:
        return "a format such as {yy}{seq:04d}, which writes the first student of 2026 as 260001"


RETENTION_YEARS = declare(
    "college.retention_years",
    WholeNumber(10, 100),
    10,
    "For how many years after somebody left what is kept of them besides their record stays: contact data, addresses, "
    "photo. Names, numbers, grades, money and transcripts stay for ever.",
    systems=["college"],
    label="Years of keeping after leaving",
)
STUDENT_NUMBER_FORMAT = declare(
    "college.student_number_format",
    NumberFormat(),
    "{yy}{seq:04d}",
    "How the number of a new student is written. {yy} is the year of admission, {seq:04d} counts within it.",
    systems=["college"],
    label="Student number",
)
