"""Where the schedule stands in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.scheduling import permissions

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("My classes"), "schedule:own_classes", "calendar-days", permissions.VIEW_OWN_CLASSES, group="work", order=10,
        systems=_COLLEGE, keywords=_("timetable schedule sections teach week"),
    ),
    NavigationItem(
        _("Schedule"), "schedule:matrix", "calendar-days", permissions.VIEW_SCHEDULE, group="records", order=50,
        systems=_COLLEGE, keywords=_("timetable week classes rooms professors matrix"),
    ),
    NavigationItem(
        _("Sections"), "schedule:sections", "layout-grid", permissions.VIEW_SCHEDULE, group="records", order=51,
        systems=_COLLEGE, in_rail=False, keywords=_("classes subjects seats"),
    ),
    NavigationItem(
        _("Rooms"), "schedule:rooms", "building-2", permissions.VIEW_SCHEDULE, group="records", order=52,
        systems=_COLLEGE, in_rail=False, keywords=_("buildings laboratory"),
    ),
    NavigationItem(
        _("Faculty"), "schedule:faculty", "users-round", permissions.VIEW_SCHEDULE, group="records", order=53,
        systems=_COLLEGE, in_rail=False, keywords=_("professors teachers load units"),
    ),
    NavigationItem(
        _("Demand and sections"), "schedule:demand", "chart-column", permissions.VIEW_SCHEDULE, group="records",
        order=54, systems=_COLLEGE, in_rail=False, keywords=_("generate blocks seats expected students"),
    ),
    NavigationItem(
        _("Schedule conflicts"), "schedule:conflicts", "triangle-alert", permissions.VIEW_SCHEDULE, group="records",
        order=55, systems=_COLLEGE, in_rail=False, keywords=_("overlap double booked checklist"),
    ),
    NavigationItem(
        _("Publish the schedule"), "schedule:publish", "send", permissions.PUBLISH, group="records", order=56,
        systems=_COLLEGE, in_rail=False, keywords=_("picking open checklist"),
    ),
    NavigationItem(
        _("Copy a term's classes"), "schedule:copy", "copy", permissions.MANAGE_SECTIONS, group="records", order=57,
        systems=_COLLEGE, in_rail=False, keywords=_("rollover next term"),
    ),
    NavigationItem(
        _("Timetable files"), "schedule:files", "file-spreadsheet", permissions.ASSIGN, group="records", order=58,
        systems=_COLLEGE, in_rail=False, keywords=_("import csv timetable"),
    ),
    NavigationItem(
        _("My calendar"), "schedule:own_calendar", "calendar", permissions.OWN_CALENDAR, group="work", order=70,
        systems=_COLLEGE, in_rail=False, keywords=_("subscribe ics telephone feed"),
    ),
)  # fmt: skip
