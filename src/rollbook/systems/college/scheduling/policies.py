"""What a college may decide about its schedule."""

from rollbook.core.policies.register import declare
from rollbook.core.policies.types import WholeNumber
from rollbook.systems.college.scheduling.models.sections import (
    DEFAULT_WAITLIST,
    LARGEST_SECTION,
    MOST_STUDENTS,
    TARGET_STUDENTS,
)

PICKING_HOURS = declare(
    "college.picking_hours",
    WholeNumber(1, 24 * 60),
    72,
    "For how many hours students pick their classes once a term's schedule is published.",
    systems=["college"],
    label="Hours to pick classes",
)
BLOCK_TARGET = declare(
    "college.block_target",
    WholeNumber(1, LARGEST_SECTION),
    TARGET_STUDENTS,
    "How many students a generated section is made for.",
    systems=["college"],
    label="Students per section",
)
BLOCK_MAXIMUM = declare(
    "college.block_maximum",
    WholeNumber(1, LARGEST_SECTION),
    MOST_STUDENTS,
    "How many seats a generated section has.",
    systems=["college"],
    label="Seats per section",
)
WAITLIST_CAPACITY = declare(
    "college.waitlist_capacity",
    WholeNumber(0, LARGEST_SECTION),
    DEFAULT_WAITLIST,
    "How many students may wait for a seat in a section; 0 means nobody.",
    systems=["college"],
    label="Places on a waitlist",
)
