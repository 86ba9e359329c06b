"""Where exams and permits stand in the house."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.exams import permissions
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.records.history import ids_of_student, register_history
from rollbook.systems.college.records.tabs import StudentTab, register_tab

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("My permits"), "exams:own_permits", "ticket-check", permissions.VIEW_OWN_PERMITS, group="work", order=20,
        systems=_COLLEGE, keywords=_("exam prelim midterm final print"),
    ),
    NavigationItem(
        _("Exam door"), "exams:door", "scan-line", permissions.CHECK_PERMITS, group="work", order=60, systems=_COLLEGE,
        keywords=_("permit check scan proctor"),
    ),
    NavigationItem(
        _("Exams"), "exams:exams", "book-open-check", permissions.MANAGE_EXAMS, group="records", order=60,
        systems=_COLLEGE, keywords=_("periods months mapping prelim midterm final"),
    ),
)  # fmt: skip

register_tab(StudentTab("exams", _("Exams"), "exams:of_student", permissions.VIEW_PERMITS, order=40))
register_history(ExamPermit, lambda _actor, student: ids_of_student(ExamPermit, student, "term_enrolment__student"))
