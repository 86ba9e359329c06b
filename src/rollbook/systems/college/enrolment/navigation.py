"""Where enrolment stands beside a student's record."""

from django.utils.translation import gettext_lazy as _

from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.records.tabs import StudentTab, register_tab

register_tab(StudentTab("terms", _("Terms"), "enrolment:of_student", permissions.VIEW_ENROLMENTS, order=20))
