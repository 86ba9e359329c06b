"""Subjects on the screen: the list, one of them, what comes before it, what stands for it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import (
    ChangeSubjectForm,
    EndForm,
    EquivalencyForm,
    NewSubjectForm,
    PrerequisitesForm,
)
from rollbook.systems.college.catalogue.models import CurriculumEntry, Subject
from rollbook.systems.college.catalogue.prerequisites import parse, write
from rollbook.systems.college.catalogue.tables import EquivalencyReading, EquivalencyTable, SubjectTable
from rollbook.systems.college.catalogue.words import SUBJECT_STATES, in_words, term_name


@page(permission=permissions.VIEW_CATALOGUE)
def subjects(request: PageRequest) -> HttpResponse:
    """Every subject."""
    table = SubjectTable(request, selectors.subjects(request.actor).values(*SubjectTable.fields()))
    context = {"may_manage": request.actor.may(permissions.MANAGE_SUBJECTS)}
    return table.respond("college/catalogue/subjects.html", context)


@page(permission=permissions.MANAGE_SUBJECTS)
def new_subject(request: PageRequest) -> HttpResponse:
    """Add a subject."""
    form = NewSubjectForm.of(request)
    if form.is_submitted_and_valid():
        try:
            subject = services.add_subject(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:subject", subject.id, message=_("Added."))
    context = {"form": form, "title": _("Add a subject")}
    return render(request, "college/catalogue/subject_form.html", context, status=form.status)


@page(permission=permissions.VIEW_CATALOGUE)
def subject(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """One subject: what it counts, what comes before it, where it stands, what stands for it."""
    found = selectors.get_subject(request.actor, subject_id)
    rule = selectors.rule_of_subject(found.id)
    tree = parse(rule.tree) if rule else None
    seen = selectors.curricula(request.actor).values("id")
    entries = CurriculumEntry.objects.select_related("curriculum").filter(subject=found.id, curriculum__in=seen)
    rows = selectors.equivalencies(request.actor)
    standing = rows.filter(subject=found.id) | rows.filter(satisfies=found.id)
    context = {
        "subject": found,
        "state": SUBJECT_STATES[found.is_active],
        "asks_for": in_words(tree, selectors.codes_of(selectors.named_in(tree))),
        "places": [
            (entry.curriculum, term_name(entry.year_level, entry.semester), entry.get_category_display())
            for entry in entries.order_by("-curriculum__effective_academic_year", "curriculum__name")
        ],
        "equivalencies": list(standing.order_by("-effective_from")),
        "old": found.replaces,
        "new": Subject.objects.filter(replaces=found.id).first(),
        "may_manage": request.actor.may(permissions.MANAGE_SUBJECTS),
    }  # fmt: skip
    return render(request, "college/catalogue/subject.html", context)


@page(permission=permissions.MANAGE_SUBJECTS)
def change_subject(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Change a subject; units, category and grading only while nothing rests on them."""
    found = selectors.get_subject(request.actor, subject_id)
    form = ChangeSubjectForm.of(request, initial=_initial(found) | {"version": found.version})
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_subject(request.actor, subject_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:subject", found.id, message=_("Saved."))
    context = {"form": form, "subject": found, "title": _("Change %(code)s") % {"code": found.code}}
    return render(request, "college/catalogue/subject_form.html", context, status=form.status)


@page(permission=permissions.MANAGE_SUBJECTS)
def new_version(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Let a subject with other units, category or grading follow this one."""
    found = selectors.get_subject(request.actor, subject_id)
    form = NewSubjectForm.of(request, initial=_initial(found))
    if form.is_submitted_and_valid():
        try:
            made = services.make_new_version(request.actor, subject_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("%(new)s follows %(old)s; each stands for the other.") % {"new": made.code, "old": found.code}
            return done(request, "catalogue:subject", made.id, message=message)
    context = {"form": form, "subject": found, "title": _("New version of %(code)s") % {"code": found.code}}
    return render(request, "college/catalogue/subject_form.html", context, status=form.status)


@page(permission=permissions.MANAGE_SUBJECTS)
def prerequisites(request: PageRequest, subject_id: UUID) -> HttpResponse:
    """Say what must come before a subject wherever no curriculum says otherwise."""
    found = selectors.get_subject(request.actor, subject_id)
    rule = selectors.rule_of_subject(found.id)
    tree = parse(rule.tree) if rule else None
    written = write(tree, selectors.codes_of(selectors.named_in(tree)))
    form = PrerequisitesForm.of(request, initial={"tree": written, "version": rule.version if rule else 0})
    if form.is_submitted_and_valid():
        try:
            services.set_subject_prerequisites(
                request.actor, subject_id=found.id, tree=form.cleaned_data["tree"],
                expected_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:subject", found.id, message=_("Saved."))
    context = {"form": form, "subject": found}
    return render(request, "college/catalogue/prerequisites.html", context, status=form.status)


@page(permission=permissions.VIEW_CATALOGUE)
def equivalencies(request: PageRequest) -> HttpResponse:
    """Which subjects stand for one another."""
    may_manage = request.actor.may(permissions.MANAGE_SUBJECTS)
    look = EquivalencyTable if may_manage else EquivalencyReading
    table = look(request, selectors.equivalencies(request.actor).values(*look.fields()))
    return table.respond("college/catalogue/equivalencies.html", {"may_manage": may_manage})


@page(permission=permissions.MANAGE_SUBJECTS)
def new_equivalency(request: PageRequest) -> HttpResponse:
    """Let one subject stand for another."""
    form = EquivalencyForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.add_equivalency(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:equivalencies", message=_("Added."))
    choices = list(selectors.subjects(request.actor).order_by("code").values_list("code", "title"))
    context = {"form": form, "choices": choices}
    return render(request, "college/catalogue/new_equivalency.html", context, status=form.status)


@page(permission=permissions.MANAGE_SUBJECTS)
def end_equivalency(request: PageRequest, equivalency_id: UUID) -> HttpResponse:
    """Say the last day on which one subject stands for another."""
    found = selectors.get_equivalency(request.actor, equivalency_id)
    form = EndForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.end_equivalency(
                request.actor, equivalency_id=found.id, last_day=form.cleaned_data["last_day"]
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:equivalencies", message=_("Saved."))
    context = {"form": form, "equivalency": found}
    return render(request, "college/catalogue/end_equivalency.html", context, status=form.status)


def _initial(found: Subject) -> dict[str, Any]:
    values = {field: getattr(found, field) for field in services.SUBJECT_FIELDS}
    return values | {"tags": " ".join(found.tags)}
