"""Where students stand in the house, and how they are found from anywhere."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.navigation import NavigationItem, register_navigation
from rollbook.core.web.search import SearchProvider, SearchRow, register_search
from rollbook.shared.people.models import Person
from rollbook.systems.college.records import permissions, selectors
from rollbook.systems.college.records.history import ids_of_student, register_history
from rollbook.systems.college.records.models import (
    Hold,
    ProgrammeTransfer,
    StatusRequest,
    Student,
    TransferCredit,
    TransferCreditRequest,
)
from rollbook.systems.college.records.tabs import StudentTab, register_tab
from rollbook.systems.college.records.words import STUDENT_STATES

_COLLEGE = ("college",)

register_navigation(
    NavigationItem(
        _("Students"), "students:students", "users-round", permissions.VIEW_STUDENTS, group="records", order=10,
        systems=_COLLEGE, keywords=_("records masterlist"),
    ),
    NavigationItem(
        _("My students"), "students:students", "users-round", permissions.VIEW_PROGRAMME_STUDENTS, group="records",
        order=10, systems=_COLLEGE,
    ),
    NavigationItem(
        _("Holds"), "students:holds", "lock", permissions.VIEW_HOLDS, group="records", order=20, systems=_COLLEGE,
        keywords=_("blocked released"),
    ),
    NavigationItem(
        _("Credits"), "students:credit_requests", "scale", permissions.VIEW_CREDITS, group="records",
        order=25, systems=_COLLEGE, keywords=_("transferee evaluation equivalence"),
    ),
    NavigationItem(
        _("Leave and withdrawal"), "students:status_requests", "door-open", permissions.VIEW_REQUESTS, group="records",
        order=22, systems=_COLLEGE, keywords=_("absence loa return requests"),
    ),
    NavigationItem(
        _("Transfers"), "students:transfers", "refresh-cw", permissions.VIEW_TRANSFERS, group="records", order=24,
        systems=_COLLEGE, keywords=_("shift programme change endorse"),
    ),
    NavigationItem(
        _("My requests"), "students:own_requests", "file-text", permissions.REQUEST_OWN, group="work", order=60,
        systems=_COLLEGE, keywords=_("leave withdrawal return transfer shift programme"),
    ),
    NavigationItem(
        _("Student files"), "students:files", "file-spreadsheet", permissions.IMPORT_STUDENTS, group="records",
        order=30, systems=_COLLEGE, keywords=_("import upload csv xlsx"),
    ),
    NavigationItem(
        _("Add a student"), "students:new_student", "user-plus", permissions.ADD_STUDENTS, group="records", order=11,
        systems=_COLLEGE, in_rail=False,
    ),
)  # fmt: skip

register_tab(
    StudentTab("record", _("Record"), "students:student", permissions.VIEW_STUDENTS, order=10),
    StudentTab("credits", _("Credits"), "students:credits_of", permissions.VIEW_CREDITS, order=35),
    StudentTab("requests", _("Requests"), "students:requests_of", permissions.VIEW_REQUESTS, order=55),
    StudentTab("holds", _("Holds"), "students:holds_of", permissions.VIEW_HOLDS, order=60),
    StudentTab("history", _("History"), "students:history_of", permissions.VIEW_HISTORY, order=90),
)

register_history(Student, lambda _actor, student: [student.id])
register_history(Person, lambda _actor, student: [student.person_id])
register_history(Hold, selectors.hold_ids_known)
register_history(StatusRequest, selectors.request_ids_known)
register_history(ProgrammeTransfer, lambda _actor, student: ids_of_student(ProgrammeTransfer, student))
register_history(TransferCreditRequest, lambda _actor, student: ids_of_student(TransferCreditRequest, student))
register_history(TransferCredit, lambda _actor, student: ids_of_student(TransferCredit, student))


def _find(actor: Actor, text: str, limit: int) -> list[SearchRow]:
    return [
        SearchRow(
            title=row.name,
            url=reverse("students:student", args=[row.id]),
            detail=f"{row.student_number} · {row.programme}",
            badge=STUDENT_STATES[row.status],
        )
        for row in selectors.find_students(actor, text, limit=limit)
    ]


register_search(SearchProvider("students", _("Students"), permissions.VIEW_STUDENTS, _find, order=20))
