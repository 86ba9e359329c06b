"""Who plans and publishes classes, who may let them overlap, and who sees their own."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR
from rollbook.systems.college import roles

VIEW_SCHEDULE = register(
    "college.scheduling.view", "See sections, rooms, faculty and the schedule",
    roles=[ADMINISTRATOR, AUDITOR, roles.DEAN, roles.PROGRAM_HEAD, *roles.REGISTRARS],
)  # fmt: skip
MANAGE_ROOMS = register(
    "college.scheduling.manage_rooms", "Add and change rooms", roles=[ADMINISTRATOR, roles.DEAN, *roles.REGISTRARS]
)
MANAGE_FACULTY = register(
    "college.scheduling.manage_faculty", "Add and change profiles of faculty",
    roles=[ADMINISTRATOR, roles.DEAN, *roles.REGISTRARS],
)  # fmt: skip
MANAGE_SECTIONS = register(
    "college.scheduling.manage_sections", "Add, change, close and cancel blocks and sections",
    roles=[roles.DEAN, *roles.REGISTRARS],
)  # fmt: skip
GENERATE_SECTIONS = register(
    "college.scheduling.generate", "Make sections from the students expected", roles=[roles.DEAN, *roles.REGISTRARS]
)
ASSIGN = register(
    "college.scheduling.assign", "Assign professors, times and rooms", roles=[roles.DEAN, *roles.REGISTRARS]
)
PUBLISH = register(
    "college.scheduling.publish", "Publish a term's schedule and take it back", roles=[roles.DEAN, *roles.REGISTRARS]
)
OVERRIDE_CONFLICTS = register(
    "college.scheduling.override_conflicts", "Let a room or a professor be booked twice",
    roles=[roles.DEAN, *roles.REGISTRARS],
)  # fmt: skip
VIEW_OWN_CLASSES = register(
    "college.scheduling.view_own", "See one's own classes as a professor", roles=[roles.PROFESSOR]
)
OWN_CALENDAR = register(
    "college.scheduling.own_calendar", "Subscribe a calendar to one's own classes",
    roles=[roles.PROFESSOR, roles.STUDENT],
)  # fmt: skip
