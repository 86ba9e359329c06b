"""Where grades stand in the house."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import GradeRecord, IncompleteCase
from rollbook.systems.college.records.history import ids_of_student, register_history
from rollbook.systems.college.records.tabs import StudentTab, register_tab

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("My grades"), "grading:own_grades", "graduation-cap", permissions.VIEW_OWN_GRADES, group="work", order=30,
        systems=_COLLEGE, keywords=_("marks average gpa incomplete"),
    ),
    NavigationItem(
        _("My progress"), "grading:own_progress", "target", permissions.VIEW_OWN_GRADES, group="work", order=31,
        systems=_COLLEGE, keywords=_("curriculum units done left graduate checklist"),
    ),
    NavigationItem(
        _("Grade sheets"), "grading:my_sheets", "notebook-pen", permissions.ENTER_GRADES, group="work", order=40,
        systems=_COLLEGE, keywords=_("enter submit classes marks"),
    ),
    NavigationItem(
        _("Finalise grades"), "grading:queue", "clipboard-check", permissions.VIEW_SHEETS, group="work", order=42,
        systems=_COLLEGE, keywords=_("sheets submitted return heat map standing honours"),
        short=pgettext_lazy("bar of a phone", "Finalise grades"),
    ),
    NavigationItem(
        _("At risk"), "grading:at_risk", "triangle-alert", permissions.SEE_AT_RISK, group="work", order=43,
        systems=_COLLEGE, keywords=_("probation warning average holds deadline students"),
    ),
    NavigationItem(
        _("Incompletes"), "grading:incompletes", "hourglass", permissions.VIEW_INCOMPLETES, group="work", order=44,
        systems=_COLLEGE, keywords=_("inc deadline resolution extension"),
    ),
    NavigationItem(
        _("Rules of standing"), "grading:standing_rules", "scale", permissions.SET_STANDING_RULES, group="house",
        order=46, systems=_COLLEGE, keywords=_("honours probation warning bands dean's list"),
        short=pgettext_lazy("bar of a phone", "Rules of standing"),
    ),
    NavigationItem(
        _("Grade changes"), "grading:changes", "history", permissions.PROPOSE_CHANGE, group="work", order=46,
        systems=_COLLEGE, keywords=_("correct finalised grade request"),
        short=pgettext_lazy("bar of a phone", "Grade changes"),
    ),
)  # fmt: skip

register_tab(StudentTab("grades", _("Grades"), "grading:of_student", permissions.VIEW_GRADES, order=35))
register_tab(StudentTab("progress", _("Progress"), "grading:progress_of", permissions.VIEW_GRADES, order=36))
register_history(IncompleteCase, lambda _actor, student: ids_of_student(IncompleteCase, student))
register_history(
    GradeRecord,
    lambda _actor, student: ids_of_student(GradeRecord, student, "subject_enrolment__term_enrolment__student"),
)
