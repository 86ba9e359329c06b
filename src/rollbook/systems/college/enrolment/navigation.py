"""Where enrolment stands beside a student's record."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.records.history import ids_of_student, register_history
from rollbook.systems.college.records.tabs import StudentTab, register_tab

register_tab(StudentTab("terms", _("Terms"), "enrolment:of_student", permissions.VIEW_ENROLMENTS, order=20))
register_history(TermEnrolment, lambda _actor, student: ids_of_student(TermEnrolment, student))
register_history(
    SubjectEnrolment, lambda _actor, student: ids_of_student(SubjectEnrolment, student, "term_enrolment__student")
)

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("Enrol"), "enrolment:own_enrol", "list-checks", permissions.ENROL_OWN, group="work", order=10,
        systems=_COLLEGE, keywords=_("subjects sections classes cart units drop"),
    ),
    NavigationItem(
        _("My timetable"), "enrolment:own_timetable", "calendar-days", permissions.ENROL_OWN, group="work", order=12,
        systems=_COLLEGE, keywords=_("week classes schedule print"),
    ),
    NavigationItem(
        _("My waitlist"), "enrolment:own_waits", "hourglass", permissions.ENROL_OWN, group="work", order=14,
        systems=_COLLEGE, keywords=_("queue seats offers waiting"),
    ),
    NavigationItem(
        _("Withdraw from a class"), "enrolment:withdrawals", "log-out", permissions.WITHDRAW_STUDENTS, group="work",
        order=41, systems=_COLLEGE, keywords=_("w drop leave subject"),
        short=pgettext_lazy("bar of a phone", "Withdraw from a class"),
    ),
    NavigationItem(
        _("Units allowed"), "enrolment:loads", "layers", permissions.REQUEST_OVERLOAD, group="work", order=43,
        systems=_COLLEGE, keywords=_("overload more units graduating"),
        short=pgettext_lazy("bar of a phone", "Units allowed"),
    ),
    NavigationItem(
        _("Advising"), "enrolment:advising", "clipboard-check", permissions.ADVISE, group="work", order=40,
        systems=_COLLEGE, keywords=_("lists approve return subjects adviser"),
    ),
)  # fmt: skip
