"""Sections: list, record, hours, professors."""

from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.audit.selectors import timeline
from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.forms import ReasonForm
from rollbook.systems.college.scheduling import permissions, selectors, services
from rollbook.systems.college.scheduling.checklist import findings_of
from rollbook.systems.college.scheduling.errors import NothingToPublish
from rollbook.systems.college.scheduling.forms import AssignForm, ChangeSectionForm, NewSectionForm
from rollbook.systems.college.scheduling.models import Section, TeachingAssignment
from rollbook.systems.college.scheduling.pages.around import (
    around,
    block_choices,
    professor_choices,
    subject_choices,
    terms_of,
)
from rollbook.systems.college.scheduling.pages.week import week_of
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.services.sections import SECTION_FIELDS
from rollbook.systems.college.scheduling.tables import SectionTable
from rollbook.systems.college.scheduling.words import SECTION_STATES, class_name, meeting_in_words


def _rows() -> "QuerySet[Any, Any]":
    owner = TeachingAssignment.objects.filter(section=OuterRef("pk"), role="PRIMARY")
    found: QuerySet[Any, Any] = Section.objects.annotate(
        subject_code=F("subject__code"),
        title=F("subject__title"),
        term_code=F("term__code"),
        block_code=F("block__code"),
        taught_by=Subquery(owner.values("professor__person__family_name")[:1]),
        hours=Count("meetings", filter=Q(meetings__weekday__isnull=False)),
    )
    return found


@page(permission=permissions.VIEW_SCHEDULE)
def sections(request: PageRequest) -> HttpResponse:
    """Every section."""
    table = SectionTable(request, _rows().values(*SectionTable.fields()))
    context = around(request, "schedule:sections", may_manage=request.actor.may(permissions.MANAGE_SECTIONS))
    return table.respond("college/scheduling/sections.html", context)


@page(permission=permissions.MANAGE_SECTIONS)
def new_section(request: PageRequest) -> HttpResponse:
    """Add a class to the term that is looked at."""
    _terms, term = terms_of(request)
    if term is None:
        raise NothingToPublish(term=_("The college"))
    form = NewSectionForm.of(request, blocks=block_choices(term.id), subjects=subject_choices())
    if form.is_submitted_and_valid():
        try:
            section = services.add_section(request.actor, term_id=term.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:section", section.id, message=_("Added. Set its hours now."))
    return render(request, "college/scheduling/new_section.html", {"form": form, "term": term}, status=form.status)


@page(permission=permissions.VIEW_SCHEDULE)
def section(request: PageRequest, section_id: UUID) -> HttpResponse:
    """One class: its hours, who teaches it, what is not right with it, what happened."""
    found = selectors.get_section(request.actor, section_id)
    actor, is_live = request.actor, not found.term.has_ended and found.state != Section.State.CANCELLED
    may_manage = actor.may(permissions.MANAGE_SECTIONS) and is_live
    meetings = selectors.meetings_of([found.id])[found.id]
    context = {
        "section": found,
        "name": class_name(found),
        "state": SECTION_STATES[found.state],
        "taken": roll().seats_taken([found.id]).get(found.id, 0),
        "class_list": roll().class_list_of(actor, found.id),
        "meetings": [{"meeting": meeting, "words": meeting_in_words(meeting)} for meeting in meetings],
        "assignments": selectors.assignments_of([found.id])[found.id],
        "findings": [finding for finding in findings_of(found.term_id) if finding.section_id == found.id],
        "events": timeline("college_scheduling.section", found.id),
        "may_manage": may_manage,
        "may_assign": actor.may(permissions.ASSIGN) and is_live,
        "may_open": may_manage and found.may_become(Section.State.OPEN),
        "may_close": may_manage and found.may_become(Section.State.CLOSED),
        **week_of(selectors.timetable(section_ids=[found.id])),
    }
    return render(request, "college/scheduling/section.html", context)


@page(permission=permissions.MANAGE_SECTIONS)
def change_section(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Change the code, block or seats of a class."""
    found = selectors.get_section(request.actor, section_id)
    initial = {field: getattr(found, field) for field in (*SECTION_FIELDS, "version")}
    form = ChangeSectionForm.of(request, initial=initial, blocks=block_choices(found.term_id))
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_section(request.actor, section_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:section", found.id, message=_("Saved."))
    context = {"form": form, "section": found, "name": class_name(found), "title": _("Code, block and seats")}
    return render(request, "college/scheduling/section_form.html", context, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_SECTIONS)
def move_section(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Open a class, or close it for whoever is new."""
    services.move_section(request.actor, section_id=section_id, state=request.POST.get("state", ""))
    return done(request, "schedule:section", section_id, message=_("Saved."))


@page(permission=permissions.MANAGE_SECTIONS)
def cancel_section(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Give up a class in which nobody is."""
    found = selectors.get_section(request.actor, section_id)
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.cancel_section(request.actor, section_id=found.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:section", found.id, message=_("Cancelled. Its hours are free again."))
    context = {"form": form, "section": found, "name": class_name(found), "title": _("Cancel the class"),
               "submit": _("Cancel the class")}  # fmt: skip
    return render(request, "college/scheduling/section_form.html", context, status=form.status)


@page(permission=permissions.ASSIGN)
def assign(request: PageRequest, section_id: UUID) -> HttpResponse:
    """Say who teaches a class."""
    found = selectors.get_section(request.actor, section_id)
    form = AssignForm.of(request, professors=professor_choices())
    if form.is_submitted_and_valid():
        try:
            services.assign_professor(request.actor, section_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:section", found.id, message=_("Assigned."))
    context = {"form": form, "section": found, "name": class_name(found), "title": _("Who teaches it")}
    return render(request, "college/scheduling/section_form.html", context, status=form.status)


@require_POST
@page(permission=permissions.ASSIGN)
def end_assignment(request: PageRequest, section_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Somebody no longer teaches beside the owner of the grades."""
    services.end_assignment(request.actor, assignment_id=assignment_id)
    return done(request, "schedule:section", section_id, message=_("Saved."))
