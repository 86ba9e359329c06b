"""Programmes on the screen, with their curricula."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import ChangeProgrammeForm, NamesForm, NewProgrammeForm
from rollbook.systems.college.catalogue.tables import ACTIVE_STATES, CurriculumTable, ProgrammeTable


@page(permission=permissions.VIEW_CATALOGUE)
def programmes(request: PageRequest) -> HttpResponse:
    """Every programme."""
    table = ProgrammeTable(request, selectors.programmes(request.actor).values(*ProgrammeTable.fields()))
    context = {"may_manage": request.actor.may(permissions.MANAGE_PROGRAMMES)}
    return table.respond("college/catalogue/programmes.html", context)


@page(permission=permissions.MANAGE_PROGRAMMES)
def new_programme(request: PageRequest) -> HttpResponse:
    """Add a programme."""
    form = NewProgrammeForm.of(request)
    if form.is_submitted_and_valid():
        try:
            programme = services.add_programme(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:programme", programme.id, message=_("Added."))
    return render(request, "college/catalogue/new_programme.html", {"form": form}, status=form.status)


@page(permission=permissions.VIEW_CATALOGUE)
def programme(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """One programme: what it asks for, who heads it, which curricula it has."""
    found = selectors.get_programme(request.actor, programme_id)
    rows = selectors.curricula(request.actor).filter(programme=found.id)
    table = CurriculumTable(request, rows.values(*CurriculumTable.fields()))
    context = {
        "programme": found,
        "head": found.head.name if found.head_id else "",
        "state": ACTIVE_STATES[found.is_active],
        "may_manage": request.actor.may(permissions.MANAGE_PROGRAMMES),
        "may_draft": request.actor.may(permissions.DRAFT_CURRICULA),
    }
    return table.respond("college/catalogue/programme.html", context)


@page(permission=permissions.MANAGE_PROGRAMMES)
def change_programme(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Change what a programme is called or asks for."""
    found = selectors.get_programme(request.actor, programme_id)
    fields = (*services.PROGRAMME_FIELDS, "version")
    form = ChangeProgrammeForm.of(request, initial={field: getattr(found, field) for field in fields})
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_programme(request.actor, programme_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:programme", found.id, message=_("Saved."))
    context = {"programme": found, "form": form}
    return render(request, "college/catalogue/change_programme.html", context, status=form.status)


@page(permission=permissions.DRAFT_CURRICULA)
def new_curriculum(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Begin a curriculum of a programme."""
    found = selectors.get_programme(request.actor, programme_id)
    form = NamesForm.of(request)
    if form.is_submitted_and_valid():
        try:
            curriculum = services.draft_curriculum(request.actor, programme_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:curriculum", curriculum.id, message=_("Drafted. Now place its subjects."))
    context = {"programme": found, "form": form}
    return render(request, "college/catalogue/new_curriculum.html", context, status=form.status)
