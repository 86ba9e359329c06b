"""What a college may decide about enrolment."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import Choice, WholeNumber, YesNo

MAX_UNITS = declare(
    "college.max_units", WholeNumber(1, 36), 30,
    "How many units a student may take in a semester. It holds for terms that are opened from then on.",
    systems=["college"], label="Units in a semester",
)  # fmt: skip
SUMMER_MAX_UNITS = declare(
    "college.summer_max_units", WholeNumber(1, 36), 9,
    "How many units a student may take in a summer. It holds for terms that are opened from then on.",
    systems=["college"], label="Units in a summer",
)  # fmt: skip
ABSOLUTE_MAX_UNITS = declare(
    "college.absolute_max_units", WholeNumber(1, 36), 36,
    "How many units an approved overload may come to. Nobody ever takes more than 36.",
    systems=["college"], label="Units with an overload",
)  # fmt: skip
REQUIRE_ADVISING = declare(
    "college.require_advising",
    Choice({
        "IRREGULAR": "Irregular students need an approved list",
        "EVERYBODY": "Everybody needs an approved list",
        "NOBODY": "Nobody needs one",
    }),
    "IRREGULAR", "Whose list an adviser approves before classes are enrolled in.",
    systems=["college"], label="Advising",
)  # fmt: skip
WAITLIST_HOURS = declare(
    "college.waitlist_hours", WholeNumber(1, 24 * 14), 24,
    "For how many hours a seat is offered to the next in a queue. Never beyond the end of add and drop.",
    systems=["college"], label="Hours of an offer",
)  # fmt: skip
SEAT_HOLD_MINUTES = declare(
    "college.seat_hold_min", WholeNumber(1, 120), 10,
    "For how many minutes a seat is held while a student decides. It can be prolonged once.",
    systems=["college"], label="Minutes of a seat hold",
)  # fmt: skip
ALLOW_PROVISIONAL = declare(
    "college.allow_provisional", YesNo(), False,
    "Whether a subject that is still being taken counts as a prerequisite until its grade is there.",
    systems=["college"], label="Provisional prerequisites",
)  # fmt: skip
YEAR_FLOOR = declare(
    "college.year_floor", YesNo(), False,
    "Whether a passed subject of a higher year raises the year level to it.",
    systems=["college"], label="Year level follows the highest subject passed",
)  # fmt: skip
