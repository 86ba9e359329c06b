"""Where grades stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.records.tabs import StudentTab, register_tab

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("My grades"), "grading:own_grades", "graduation-cap", permissions.VIEW_OWN_GRADES, group="work", order=30,
        systems=_COLLEGE, keywords=_("marks average gpa incomplete"),
    ),
    NavigationItem(
        _("Grade sheets"), "grading:my_sheets", "notebook-pen", permissions.ENTER_GRADES, group="work", order=40,
        systems=_COLLEGE, keywords=_("enter submit classes marks"),
    ),
    NavigationItem(
        _("Finalise grades"), "grading:queue", "clipboard-check", permissions.VIEW_SHEETS, group="work", order=42,
        systems=_COLLEGE, keywords=_("sheets submitted return heat map standing honours"),
    ),
    NavigationItem(
        _("Incompletes"), "grading:incompletes", "hourglass", permissions.VIEW_INCOMPLETES, group="work", order=44,
        systems=_COLLEGE, keywords=_("inc deadline resolution extension"),
    ),
    NavigationItem(
        _("Rules of standing"), "grading:standing_rules", "scale", permissions.SET_STANDING_RULES, group="house",
        order=46, systems=_COLLEGE, keywords=_("honours probation warning bands dean's list"),
    ),
    NavigationItem(
        _("Grade changes"), "grading:changes", "history", permissions.PROPOSE_CHANGE, group="work", order=46,
        systems=_COLLEGE, keywords=_("correct finalised grade request"),
    ),
)  # fmt: skip

register_tab(StudentTab("grades", _("Grades"), "grading:of_student", permissions.VIEW_GRADES, order=35))
