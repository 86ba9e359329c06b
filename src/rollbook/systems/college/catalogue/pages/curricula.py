"""A curriculum on the screen: the grid, its network, and what is done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import AddEntryForm, ChangeNamesForm, CurriculumFileForm, NamesForm
from rollbook.systems.college.catalogue.graph import draw
from rollbook.systems.college.catalogue.importing import COLUMNS, NEEDED
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Term
from rollbook.systems.college.catalogue.words import CURRICULUM_STATES, in_words, semester_name, term_name
from rollbook.systems.college.lists import MOST_BYTES

_State = Curriculum.State


@dataclass(frozen=True, slots=True)
class EntryShown:
    """A subject in the grid."""

    entry: CurriculumEntry
    asks_for: str


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term of the grid."""

    key: str
    year_level: int
    name: str
    semester: str
    units: Decimal
    entries: Sequence[EntryShown]


@page(permission=permissions.VIEW_CATALOGUE)
def curriculum(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """A curriculum by year and semester; a draft is changed here, by keyboard as well as by finger."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    entries = selectors.entries_of(found.id)
    may_edit = found.is_draft and request.actor.may(permissions.DRAFT_CURRICULA)
    context = {
        "curriculum": found,
        "state": CURRICULUM_STATES[found.state],
        "years": _grid(found, entries, with_empty_terms=may_edit),
        "report": selectors.report_on(found) if found.state in (_State.DRAFT, _State.APPROVED) else None,
        "total": selectors.plan_from(entries).total_units,
        "may_edit": may_edit,
        "may_draft": request.actor.may(permissions.DRAFT_CURRICULA),
        "moves": _moves(request.actor, found),
        "may_return": _may_return(request.actor, found),
    }
    return render(request, "college/catalogue/curriculum.html", context)


@page(permission=permissions.VIEW_CATALOGUE)
def network(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """What waits for what, drawn, and the same as a table."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    plan, rules = selectors.plan_of(found.id), selectors.rules_for(found.id)
    drawing = draw(plan, rules)
    codes = selectors.codes_of({subject for tree in rules.values() for subject in selectors.named_in(tree)})
    opens = {box.place.subject_id: box.opens for box in drawing.boxes}
    rows = [
        {
            "code": place.code,
            "term": term_name(place.year_level, place.semester),
            "asks_for": in_words(rules.get(place.subject_id), codes),
            "opens": opens[place.subject_id],
        }
        for place in plan.places
    ]
    columns = [(column, term_name(column.year_level, column.semester)) for column in drawing.columns]
    context = {"curriculum": found, "drawing": drawing, "columns": columns, "rows": rows}
    return render(request, "college/catalogue/network.html", context)


@require_POST
@page(permission=permissions.APPROVE_CURRICULA)
def move(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Approve a curriculum, put it in force, or retire it."""
    acts = {
        _State.APPROVED.value: services.approve_curriculum,
        _State.ACTIVE.value: services.activate_curriculum,
        _State.RETIRED.value: services.retire_curriculum,
    }
    act = acts.get(request.POST.get("state", ""))
    if act is not None:
        version = request.POST.get("version", "")
        act(request.actor, curriculum_id=curriculum_id, expected_version=int(version) if version.isdecimal() else None)
    return done(request, "catalogue:curriculum", curriculum_id, message=_("Done.") if act else "")


@require_POST
@page(permission=permissions.APPROVE_CURRICULA)
def give_back(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Make a draft of it again, with the reason."""
    services.return_curriculum(request.actor, curriculum_id=curriculum_id, reason=request.POST.get("reason", ""))
    return done(request, "catalogue:curriculum", curriculum_id, message=_("It is a draft again."))


@page(permission=permissions.DRAFT_CURRICULA)
def copy(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Begin a draft with everything of this one."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    form = NamesForm.of(request)
    if form.is_submitted_and_valid():
        try:
            made = services.copy_curriculum(request.actor, curriculum_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:curriculum", made.id, message=_("Copied. Change it as it should be."))
    context = {"curriculum": found, "form": form, "title": _("Copy %(name)s") % {"name": found.name}}
    return render(request, "college/catalogue/curriculum_names.html", context, status=form.status)


@page(permission=permissions.DRAFT_CURRICULA)
def rename(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Call a draft otherwise."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    fields = ("name", "effective_academic_year", "version")
    form = ChangeNamesForm.of(request, initial={field: getattr(found, field) for field in fields})
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_curriculum(request.actor, curriculum_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:curriculum", found.id, message=_("Saved."))
    context = {"curriculum": found, "form": form, "title": _("Name and year")}
    return render(request, "college/catalogue/curriculum_names.html", context, status=form.status)


@page(permission=permissions.DRAFT_CURRICULA)
def add_entry(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Place a subject in a term of a draft."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    form = AddEntryForm.of(request, initial={"term": request.GET.get("term", "")}, years=found.programme.duration_years)
    if form.is_submitted_and_valid():
        subject_id = form.cleaned_data["subject_id"]
        try:
            entry = services.add_entry(request.actor, curriculum_id=found.id, subject_id=subject_id, **form.place())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, _at(entry), message=_("%(code)s is placed.") % {"code": entry.subject.code})
    inside = {entry.subject_id for entry in selectors.entries_of(found.id)}
    free = selectors.subjects(request.actor).filter(is_active=True).exclude(id__in=inside).order_by("code")
    context = {"curriculum": found, "form": form, "choices": list(free.values_list("code", "title"))}
    return render(request, "college/catalogue/add_entry.html", context, status=form.status)


@require_POST
@page(permission=permissions.DRAFT_CURRICULA)
def arrange(request: PageRequest, curriculum_id: UUID) -> HttpResponse:
    """Move one subject of a draft to the term before or after."""
    found = selectors.get_curriculum(request.actor, curriculum_id)
    step = -1 if "earlier" in request.POST else 1
    wanted = request.POST.get("earlier") or request.POST.get("later") or ""
    entry = next((each for each in selectors.entries_of(found.id) if str(each.id) == wanted), None)
    if entry is None:
        return done(request, "catalogue:curriculum", found.id)
    terms = _terms_of(found)
    place = terms.index((entry.year_level, entry.semester)) + step
    if 0 <= place < len(terms):
        year, semester = terms[place]
        entry = services.change_entry(request.actor, entry_id=entry.id, year_level=year, semester=semester)
    return done(request, _at(entry))


@page(permission=permissions.DRAFT_CURRICULA)
def upload(request: PageRequest) -> HttpResponse:
    """Draft a curriculum from a file; what is wrong is told line by line, and nothing is done by halves."""
    form = CurriculumFileForm.of(request)
    found = None
    if form.is_submitted_and_valid():
        file = form.cleaned_data["file"]
        try:
            found = services.import_curriculum(
                request.actor, file_name=file.name, content=file.read(MOST_BYTES + 1),
                dry_run=form.cleaned_data["dry_run"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if found.curriculum_id:
                return done(request, "catalogue:curriculum", found.curriculum_id, message=_("Drafted from the file."))
    terms = [(term_name(year, kind), units) for year, kind, units in found.units_by_term] if found else []
    context = {
        "form": form, "found": found, "terms": terms, "needed": NEEDED,
        "others": [name for name in COLUMNS if name not in NEEDED],
    }  # fmt: skip
    status = 422 if found and found.errors else form.status
    return render(request, "college/catalogue/upload_curriculum.html", context, status=status)


def _at(entry: CurriculumEntry) -> str:
    """The curriculum at the term of an entry, so that the eye stays where the hand was."""
    return f"{reverse('catalogue:curriculum', args=[entry.curriculum_id])}#term-{entry.year_level}-{entry.semester}"


def _terms_of(found: Curriculum) -> list[tuple[int, str]]:
    return [(year, kind) for year in range(1, max(found.programme.duration_years, 6) + 1) for kind in Term.Kind.values]


def _grid(
    found: Curriculum, entries: Sequence[CurriculumEntry], *, with_empty_terms: bool
) -> list[tuple[int, list[TermShown]]]:
    rules = selectors.rules_for(found.id)
    plan = selectors.plan_from(entries)
    codes = selectors.codes_of({subject for tree in rules.values() for subject in selectors.named_in(tree)})
    last = max(found.programme.duration_years, plan.last_year) if with_empty_terms else plan.last_year
    years: list[tuple[int, list[TermShown]]] = []
    for year in range(1, last + 1):
        terms = []
        for kind in Term.Kind.values:
            here = [
                EntryShown(entry, in_words(rules.get(entry.subject_id), codes))
                for entry in entries
                if (entry.year_level, entry.semester) == (year, kind)
            ]
            if here or with_empty_terms:
                units = plan.units_at(year, kind)
                terms.append(TermShown(f"{year}-{kind}", year, semester_name(kind), kind, units, here))
        if terms:
            years.append((year, terms))
    return years


def _moves(actor: Actor, found: Curriculum) -> list[dict[str, Any]]:
    if not actor.may(permissions.APPROVE_CURRICULA):
        return []
    said = {
        _State.APPROVED.value: (_("Approve"), _("Its subjects stay as they are from then on.")),
        _State.ACTIVE.value: (_("Put in force"), _("New students of the programme follow it from then on.")),
        _State.RETIRED.value: (_("Retire"), _("No new student follows it. Those who follow it keep it.")),
    }
    return [
        {"state": state, "label": said[state][0], "effect": said[state][1]} for state in said if found.may_become(state)
    ]


def _may_return(actor: Actor, found: Curriculum) -> bool:
    return actor.may(permissions.APPROVE_CURRICULA) and found.may_become(_State.DRAFT)
