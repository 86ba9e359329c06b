"""Exams of one student beside the record: permits, what opens an exam otherwise, certificates."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.selectors import enrolments, get_enrolment
from rollbook.systems.college.exams import permissions, selectors, services
from rollbook.systems.college.exams.forms import CertificateForm, WaiverForm
from rollbook.systems.college.exams.words import LOCKED, PERMIT_STATES
from rollbook.systems.college.records.pages.students import frame
from rollbook.systems.college.records.selectors import get_student
from rollbook.systems.college.roles import WELFARE


@page(permission=permissions.VIEW_PERMITS)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """The exams of one student with their permits, and what opens them otherwise."""
    found = get_student(request.actor, student_id)
    rows = enrolments(request.actor).filter(student_id=found.id).exclude(state=TermEnrolment.State.CANCELLED)
    ids = list(rows.values_list("id", flat=True))
    context = {
        **frame(request, found, "exams"),
        "terms": _by_term(selectors.permits_of_enrolments(request.actor, ids)),
        "may_print": request.actor.may(permissions.PRINT_PERMITS),
        "may_waive": request.actor.may(permissions.WAIVE),
        "may_certify": request.actor.may(permissions.VERIFY_CERTIFICATES) and WELFARE in request.actor.grants,
    }
    return render(request, "college/exams/of_student.html", context)


@page(permission=permissions.WAIVE)
def waive(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Open one exam for one student."""
    enrolment = get_enrolment(request.actor, enrolment_id)
    found = get_student(request.actor, enrolment.student_id)
    locked = [
        (str(row["exam_period_id"]), row["exam_name"])
        for row in selectors.permits_of_enrolments(request.actor, [enrolment.id])
        if row["state"] in (LOCKED, "SUSPENDED")
    ]
    form = WaiverForm.of(request, exams=locked)
    if form.is_submitted_and_valid():
        try:
            services.waive(
                request.actor, term_enrolment_id=enrolment.id,
                exam_period_id=UUID(form.cleaned_data["exam_period_id"]), reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "exams:of_student", found.id, message=_("The exam is open."))
    context = {**frame(request, found, "exams"), "form": form, "enrolment": enrolment}
    return render(request, "college/exams/waive.html", context, status=form.status)


@page(permission=permissions.VERIFY_CERTIFICATES)
def certificates(request: PageRequest, student_id: UUID) -> HttpResponse:
    """A student's certificates. Confidential: each look is noted."""
    found = get_student(request.actor, student_id)
    form = CertificateForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.verify_certificate(request.actor, student_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "exams:of_student", found.id, message=_("Recorded. The exams in its days are open."))
    context = {
        **frame(request, found, "exams"), "form": form,
        "certificates": services.certificates_of(request.actor, found.id),
    }  # fmt: skip
    return render(request, "college/exams/certificates.html", context, status=form.status)


def _by_term(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Exams under their terms, each with its badge."""
    shown = [{**row, "permit_state": row["state"], "state": PERMIT_STATES[row["state"]]} for row in rows]
    return [
        {"term": term, "enrolment_id": enrolment_id, "exams": list(exams)}
        for (term, enrolment_id), exams in groupby(shown, key=lambda row: (row["term"], row["term_enrolment_id"]))
    ]
