"""Tables of this room."""

from rollbook.systems.college.scheduling.models.faculty import HALF_DAYS, WORKING_HALF_DAYS, Faculty, FacultySubject
from rollbook.systems.college.scheduling.models.meetings import CancelledClass, Meeting
from rollbook.systems.college.scheduling.models.publishing import CalendarFeed, TermSchedule, TimetableImport
from rollbook.systems.college.scheduling.models.rooms import Room
from rollbook.systems.college.scheduling.models.sections import Block, Component, Section, TeachingAssignment

__all__ = [
    "HALF_DAYS",
    "WORKING_HALF_DAYS",
    "Block",
    "CalendarFeed",
    "CancelledClass",
    "Component",
    "Faculty",
    "FacultySubject",
    "Meeting",
    "Room",
    "Section",
    "TeachingAssignment",
    "TermSchedule",
    "TimetableImport",
]
