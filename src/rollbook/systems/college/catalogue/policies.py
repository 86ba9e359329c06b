"""What a college may decide about its catalogue."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import Text

HALF_UNITS = declare(
    "college.half_units",
    bool,
    False,
    "Whether a subject may count half units, such as 1.5.",
    systems=["college"],
    label="Half units",
)
GRADE_SCALE = declare(
    "college.grade_scale",
    Text(maximum_length=20),
    "PH_5",
    "The scale by which new grades are given: PH_5 (1.00 to 5.00), US_4 (A to F), or the code of one of your own.",
    systems=["college"],
    label="Grade scale",
)
