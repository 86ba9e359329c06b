"""Every change to the schedule, one function per act."""

from rollbook.systems.college.scheduling.services.assignments import assign_professor, end_assignment
from rollbook.systems.college.scheduling.services.faculty import add_faculty, change_faculty, refuse_merge
from rollbook.systems.college.scheduling.services.feeds import calendar_of, open_feed, revoke_feed
from rollbook.systems.college.scheduling.services.imports import check_timetable, import_timetable
from rollbook.systems.college.scheduling.services.meetings import (
    MeetingPlan,
    add_meeting,
    cancel_class,
    change_meeting,
    remove_meeting,
    try_change,
)
from rollbook.systems.college.scheduling.services.planning import (
    demand_by_subject,
    expected_students,
    generate_sections,
    plan_sections,
)
from rollbook.systems.college.scheduling.services.publishing import publish_schedule, unpublish_schedule
from rollbook.systems.college.scheduling.services.rollover import copy_schedule
from rollbook.systems.college.scheduling.services.rooms import add_room, change_room
from rollbook.systems.college.scheduling.services.scanning import scan_conflicts
from rollbook.systems.college.scheduling.services.sections import (
    add_block,
    add_section,
    cancel_section,
    change_block,
    change_section,
    move_section,
)

__all__ = [
    "MeetingPlan",
    "add_block",
    "add_faculty",
    "add_meeting",
    "add_room",
    "add_section",
    "assign_professor",
    "calendar_of",
    "cancel_class",
    "cancel_section",
    "change_block",
    "change_faculty",
    "change_meeting",
    "change_room",
    "change_section",
    "check_timetable",
    "copy_schedule",
    "demand_by_subject",
    "end_assignment",
    "expected_students",
    "generate_sections",
    "import_timetable",
    "move_section",
    "open_feed",
    "plan_sections",
    "publish_schedule",
    "refuse_merge",
    "remove_meeting",
    "revoke_feed",
    "scan_conflicts",
    "try_change",
    "unpublish_schedule",
]
