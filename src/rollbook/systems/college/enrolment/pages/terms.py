"""A student's terms on the screen: enrolled in which, and whether month 1 opens classes."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment import permissions, selectors, services
from rollbook.systems.college.enrolment.forms import EnrolForm, OverrideForm
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.words import ENROLMENT_STATES
from rollbook.systems.college.records.pages.students import frame
from rollbook.systems.college.records.selectors import get_student


@page(permission=permissions.VIEW_ENROLMENTS)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """The terms of one student, the latest first, with the month-1 gate of those that run."""
    found = get_student(request.actor, student_id)
    rows = selectors.enrolments(request.actor).filter(student_id=found.id).select_related("term", "programme")
    may_override = request.actor.may(permissions.OVERRIDE_PAYMENT_GATE)
    shown = [
        {
            "enrolment": enrolment,
            "state": ENROLMENT_STATES[enrolment.state],
            "gate": selectors.gate_of(enrolment) if enrolment.state in TermEnrolment.LIVE else None,
        }
        for enrolment in rows.order_by("-term__starts_on", "-id")
    ]
    context = {
        **frame(request, found, "terms"),
        "rows": shown,
        "may_override": may_override,
        "may_enrol": request.actor.may(permissions.OPEN_ENROLMENTS),
        "may_enrol_classes": request.actor.may(permissions.ENROL_STUDENTS),
    }
    return render(request, "college/enrolment/of_student.html", context)


@page(permission=permissions.OPEN_ENROLMENTS)
def enrol(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Enrol a student in a term."""
    found = get_student(request.actor, student_id)
    form = EnrolForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.open_term_enrolment(
                request.actor, student_id=found.id, term_id=UUID(form.cleaned_data["term_id"]),
                year_level=form.cleaned_data["year_level"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:of_student", found.id, message=_("Enrolled. Month 1 opens the classes."))
    context = {**frame(request, found, "terms"), "form": form}
    return render(request, "college/enrolment/enrol.html", context, status=form.status)


@page(permission=permissions.OVERRIDE_PAYMENT_GATE)
def override_gate(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Let a student enrol in classes although month 1 is not paid."""
    enrolment = selectors.get_enrolment(request.actor, enrolment_id)
    found = get_student(request.actor, enrolment.student_id)
    form = OverrideForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.override_gate(request.actor, term_enrolment_id=enrolment.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:of_student", found.id, message=_("The student may enrol in classes."))
    context = {
        **frame(request, found, "terms"), "form": form, "enrolment": enrolment, "gate": selectors.gate_of(enrolment),
    }  # fmt: skip
    return render(request, "college/enrolment/override_gate.html", context, status=form.status)
