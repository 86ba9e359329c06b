"""The registrar's enrolment desk: a student's classes, putting them into others, rules set aside on the record."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.errors import NotFound, Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.forms import CancelForm, DeskDropForm, FindSubjectForm, PutInForm
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.pages import showing
from rollbook.systems.college.enrolment.reads.choices import classes_of, sections_for
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.rules.verdicts import Problem
from rollbook.systems.college.enrolment.services import cancelling, dropping, enrolling
from rollbook.systems.college.enrolment.services.overrides import OVERRIDABLE
from rollbook.systems.college.enrolment.words import CONSEQUENCES, TAKEN_STATES
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.pages.students import frame
from rollbook.systems.college.records.selectors import get_student


def _around(request: PageRequest, enrolment_id: UUID) -> tuple[TermEnrolment, dict[str, Any]]:
    enrolment = selectors.get_enrolment(request.actor, enrolment_id)
    found = get_student(request.actor, enrolment.student_id)
    return enrolment, {**frame(request, found, "terms"), "enrolment": enrolment}


@page(permission=permissions.ENROL_STUDENTS)
def desk(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """What a student takes in a term, what they left, and where to put them in."""
    enrolment, around = _around(request, enrolment_id)
    form = FindSubjectForm.of(request)
    if form.is_submitted_and_valid():
        found = Subject.objects.filter(code__iexact=form.cleaned_data["code"]).first()
        if found is not None:
            return done(request, "enrolment:desk_sections", enrolment.id, found.id)
        form.add_error("code", _("There is no subject with this code."))
    classes = classes_of(enrolment.id)
    left = SubjectEnrolment.objects.filter(term_enrolment_id=enrolment.id).exclude(
        id__in=[one.row.id for one in classes]
    )
    units = sum((one.row.units for one in classes), start=showing.ZERO)
    context = {
        **around, "form": form, "classes": [showing.own_class(one) for one in classes],
        "left": [
            {"row": row, "state": TAKEN_STATES[row.state]}
            for row in left.select_related("subject", "section").order_by("subject__code", "created_at")
        ],
        "overrides": _overrides_of(enrolment, classes), "meter": showing.meter(units, enrolment.max_units),
        "may_cancel": request.actor.may(permissions.CANCEL_ENROLMENTS) and enrolment.state in TermEnrolment.LIVE,
        **showing.week(classes),
    }  # fmt: skip
    return render(request, "college/enrolment/desk.html", context, status=form.status)


def _overrides_of(enrolment: TermEnrolment, classes: Any) -> Any:
    wanted = [enrolment.id, *(one.row.id for one in classes)]
    return Override.objects.filter(subject_id__in=wanted).select_related("granted_by").order_by("-created_at")


@page(permission=permissions.ENROL_STUDENTS)
def desk_sections(request: PageRequest, enrolment_id: UUID, subject_id: UUID) -> HttpResponse:
    """The sections of a subject with every rule that stands in the student's way."""
    enrolment, around = _around(request, enrolment_id)
    gathered, found = sections_for(enrolment.id, subject_id, clock.now())
    if subject_id not in gathered.offer.subjects:
        raise NotFound
    context = {
        **around, "subject": gathered.offer.subjects[subject_id],
        "sections": [showing.section(one) for one in found], **showing.week(classes_of(enrolment.id)),
    }  # fmt: skip
    return render(request, "college/enrolment/desk_sections.html", context)


@page(permission=permissions.ENROL_STUDENTS)
def put_in(request: PageRequest, enrolment_id: UUID, section_id: UUID) -> HttpResponse:
    """Put the student into a section: the rules that are broken, what follows, and the reason for each."""
    enrolment, around = _around(request, enrolment_id)
    section = selectors.get_section_of(selectors.offered_sections(enrolment), section_id)
    _gathered, found = sections_for(enrolment.id, section.subject_id, clock.now())
    problems = next((one.problems for one in found if one.section.id == section.id), ())
    broken = [_broken(request, one) for one in problems]
    form = PutInForm.of(request, broken=[one for one in broken if one["may"]])
    if form.is_submitted_and_valid():
        try:
            enrolling.enrol(
                request.actor, term_enrolment_id=enrolment.id, items=[Item(section.subject_id, section.id)],
                overrides=form.overrides(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:desk", enrolment.id, message=_("Enrolled."))
    context = {
        **around, "section": section, "broken": broken, "form": form,
        "is_hopeless": any(not one["may"] for one in broken),
    }  # fmt: skip
    return render(request, "college/enrolment/put_in.html", context, status=form.status)


def _broken(request: PageRequest, one: Problem) -> dict[str, Any]:
    kind = one.set_aside_by
    permission = OVERRIDABLE.get(kind, "")
    return {
        **showing.problem(one), "kind": kind, "may": bool(permission) and request.actor.may(permission),
        "consequence": CONSEQUENCES.get(kind, _("This rule cannot be set aside.")),
    }  # fmt: skip


@page(permission=permissions.ENROL_STUDENTS)
def desk_drop(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Drop a student from a class, outside the window with a reason on the record."""
    row = SubjectEnrolment.objects.filter(id=row_id).select_related("subject", "section").first()
    if row is None:
        raise NotFound
    _enrolment, around = _around(request, row.term_enrolment_id)
    others = SubjectEnrolment.objects.filter(
        term_enrolment_id=row.term_enrolment_id, state=SubjectEnrolment.State.ENROLLED
    ).exclude(id=row.id)
    options = [(str(one.id), one.subject.code) for one in others.select_related("subject").order_by("subject__code")]
    form = DeskDropForm.of(request, options=options)
    if form.is_submitted_and_valid():
        wanted = [row.id, *map(UUID, form.cleaned_data["together_with"])]
        try:
            dropping.drop(
                request.actor, subject_enrolment_ids=wanted, reason=form.cleaned_data["reason"],
                overrides=form.overrides(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:desk", row.term_enrolment_id, message=_("Dropped."))
    context = {**around, "form": form, "row": row}
    return render(request, "college/enrolment/desk_drop.html", context, status=form.status)


@page(permission=permissions.CANCEL_ENROLMENTS)
def cancel(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Cancel a student's term before its classes begin."""
    enrolment, around = _around(request, enrolment_id)
    form = CancelForm.of(request)
    if form.is_submitted_and_valid():
        try:
            cancelling.cancel_term_enrolment(
                request.actor, term_enrolment_id=enrolment.id, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:of_student", enrolment.student_id, message=_("The term is cancelled."))
    return render(request, "college/enrolment/cancel.html", {**around, "form": form}, status=form.status)
