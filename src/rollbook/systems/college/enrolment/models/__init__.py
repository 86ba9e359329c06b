"""Tables of enrolment."""

from rollbook.systems.college.enrolment.models.subjects import SubjectEnrolment
from rollbook.systems.college.enrolment.models.terms import (
    MOST_UNITS_EVER,
    USUAL_SUMMER_UNITS,
    USUAL_UNITS,
    AdvisingItem,
    TermEnrolment,
)

__all__ = [
    "MOST_UNITS_EVER",
    "USUAL_SUMMER_UNITS",
    "USUAL_UNITS",
    "AdvisingItem",
    "SubjectEnrolment",
    "TermEnrolment",
]
