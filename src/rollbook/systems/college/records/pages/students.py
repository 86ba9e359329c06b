"""Students: the list, the record, adding one, changing a status."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.selectors import timeline
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.forms import NewStudentForm, StatusForm
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.tables import StudentTable
from rollbook.systems.college.records.tabs import tabs_of
from rollbook.systems.college.records.words import HELD, STUDENT_STATES

#: Where the parts of a student's name stand.
NAME_PARTS = {
    "family": "person__family_name",
    "given": "person__given_name",
    "middle": "person__middle_name",
    "suffix": "person__suffix",
}


@page(permission=SIGNED_IN)
def students(request: PageRequest) -> HttpResponse:
    """The students that one may see."""
    rows = selectors.students(request.actor).annotate(**names(), programme_code=F("programme__code"))
    table = StudentTable(request, rows.values(*StudentTable.fields()))
    context = {
        "may_add": request.actor.may(permissions.ADD_STUDENTS),
        "may_import": request.actor.may(permissions.IMPORT_STUDENTS),
    }
    return table.respond("college/records/students.html", context)


@page(permission=SIGNED_IN)
def student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """One student's record: who, what, since when."""
    found = selectors.get_student(request.actor, student_id)
    may_see_history = request.actor.may(permissions.CHANGE_STATUS)
    context = {
        **frame(request, found, "record"),
        "periods": selectors.status_periods(found.id),
        "may_see_history": may_see_history,
        "events": timeline("college_records.student", found.id) if may_see_history else [],
        "may_change_curriculum": request.actor.may(permissions.CHANGE_STUDENTS),
        "may_change_status": request.actor.may(permissions.CHANGE_STATUS) and _possible(request, found),
    }
    return render(request, "college/records/student.html", context)


@page(permission=permissions.ADD_STUDENTS)
def new_student(request: PageRequest) -> HttpResponse:
    """Add somebody new who studies here."""
    form = NewStudentForm.of(request)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            added = services.add_student(
                request.actor, person=form.person(), programme_id=UUID(cleaned["programme_id"]),
                admission_term_id=UUID(cleaned["admission_term_id"]), kind=cleaned["kind"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("Added with the number %(number)s.") % {"number": added.student_number}
            return done(request, "students:student", added.id, message=message)
    return render(request, "college/records/new_student.html", {"form": form}, status=form.status)


@page(permission=permissions.CHANGE_STATUS)
def change_status(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Put a student on leave, withdraw them, take them back."""
    found = selectors.get_student(request.actor, student_id)
    today = organisation_in_scope().local_date(clock.now())
    initial = {"from_date": today, "version": found.version}
    may_override = request.actor.may(permissions.OVERRIDE_CLEARANCE) and bool(selectors.live_holds_of(found.id))
    form = StatusForm.of(request, initial=initial, possible=_possible(request, found), may_override=may_override)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            services.change_status(
                request.actor, student_id=found.id, status=cleaned["new_status"], from_date=cleaned["from_date"],
                to_date=cleaned["to_date"], reason=cleaned["reason"],
                without_clearance=cleaned.get("without_clearance", ""), expected_version=cleaned["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:student", found.id, message=_("Recorded."))
    context = {**frame(request, found, "record"), "form": form}
    return render(request, "college/records/change_status.html", context, status=form.status)


def names(prefix: str = "") -> dict[str, F]:
    """The parts of a student's name as the tables read them; `prefix` leads to the student."""
    return {part: F(f"{prefix}{field}") for part, field in NAME_PARTS.items()}


def frame(request: PageRequest, found: Student, current: str) -> dict[str, Any]:
    """What every page about one student has: who it is, the state, the tabs."""
    is_held = found.holds.filter(released_at__isnull=True).exists()
    return {
        "student": found,
        "states": [STUDENT_STATES[found.status], *([HELD] if is_held else [])],
        "tabs": tabs_of(request.actor, found, current),
    }


def _possible(request: PageRequest, found: Student) -> list[tuple[str, Any]]:
    """The statuses that this actor can let begin now."""
    reachable = found.TRANSITIONS[found.status] - {Student.Status.GRADUATED}
    if not request.actor.may(permissions.DISMISS_STUDENTS):
        reachable -= {Student.Status.DISMISSED}
    if found.status == Student.Status.WITHDRAWN:
        # They come back by an application.
        reachable -= {Student.Status.ACTIVE}
    return [(status, label) for status, label in Student.Status.choices if status in reachable]
