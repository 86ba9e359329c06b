"""What a college may decide about grades."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import Choice, WholeNumber, YesNo
from rollbook.systems.college.grading.rules.averages import ALL, BEST, LATEST

_COLLEGE = ["college"]

#: When the clock of an incomplete starts.
FROM_FINALISED, FROM_SUBMITTED, FROM_TERM_END = "FINALIZED", "SUBMITTED", "TERM_END"
#: What an expired incomplete becomes.
BECOMES_FAILED, BECOMES_NOT_GRADED = "FAILED", "NG"

INC_MONTHS_MAJOR = declare(
    "college.inc_months_major", WholeNumber(1, 36), 6,
    "How many months a student has to resolve an incomplete in a major subject.",
    systems=_COLLEGE, label="Months of an incomplete, major subjects",
)  # fmt: skip
INC_MONTHS_MINOR = declare(
    "college.inc_months_minor", WholeNumber(1, 36), 12,
    "How many months a student has to resolve an incomplete in a minor or elective subject.",
    systems=_COLLEGE, label="Months of an incomplete, minor subjects",
)  # fmt: skip
INC_CLOCK_START = declare(
    "college.inc_clock_start",
    Choice({
        FROM_FINALISED: "The day the sheet is finalised",
        FROM_SUBMITTED: "The day the professor submitted it",
        FROM_TERM_END: "The last day of the term",
    }),
    FROM_FINALISED,
    "From which day the months of an incomplete count.",
    systems=_COLLEGE, label="Start of an incomplete",
)  # fmt: skip
INC_OUTCOME = declare(
    "college.inc_outcome",
    Choice({
        BECOMES_FAILED: "Failed: the lowest failing grade of the scale, counted in the average",
        BECOMES_NOT_GRADED: "Not graded: the average stays, and the dean is told until somebody decides",
    }),
    BECOMES_FAILED,
    "What an incomplete becomes when its deadline has passed.",
    systems=_COLLEGE, label="Expired incomplete",
)  # fmt: skip
REPEAT_POLICY = declare(
    "college.repeat_policy",
    Choice({ALL: "Every attempt counts", LATEST: "The latest attempt counts", BEST: "The best attempt counts"}),
    ALL,
    "Which attempts at a repeated subject count in the average. The transcript shows all of them either way.",
    systems=_COLLEGE, label="Repeated subjects",
)  # fmt: skip
GPA_NAME = declare(
    "college.gpa_name",
    Choice({"GPA": "Grade point average (GPA)", "GWA": "General weighted average (GWA)",
            "QPI": "Quality point index (QPI)"}),
    "GPA",
    "What the average is called on screens and papers.",
    systems=_COLLEGE, label="Name of the average",
)  # fmt: skip
GPA_PLACES_STORED = declare(
    "college.gpa_places_stored", WholeNumber(2, 4), 4,
    "To how many places the average is kept.",
    systems=_COLLEGE, label="Places of the average, kept",
)  # fmt: skip
GPA_PLACES_SHOWN = declare(
    "college.gpa_places_shown", WholeNumber(0, 4), 2,
    "To how many places the average is shown and judged.",
    systems=_COLLEGE, label="Places of the average, shown",
)  # fmt: skip
SHOW_MIDTERM = declare(
    "college.show_midterm", YesNo(), True,
    "Whether students see the midterm grades that their professor has submitted.",
    systems=_COLLEGE, label="Midterm grades are shown",
)  # fmt: skip
NG_AFTER_DAYS = declare(
    "college.ng_after_days", WholeNumber(0, 60), 0,
    "How many days after the grading window grades that were not submitted become NG.",
    systems=_COLLEGE, label="Days until NG",
)  # fmt: skip
