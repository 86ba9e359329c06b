"""The exams of a term: their days, the months they ask for, and what another month would mean before it is meant."""

from itertools import groupby
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
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import current_term, get_term, terms
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.exams import permissions, selectors, services
from rollbook.systems.college.exams.forms import ExamForm, MonthsForm, NewExamForm


@page(permission=permissions.VIEW_EXAMS)
def exams(request: PageRequest) -> HttpResponse:
    """The exams of a term, the current one at first."""
    choices = list(terms(request.actor).order_by("-starts_on")[:8])
    named = next((term for term in choices if str(term.id) == request.GET.get("term", "")), None)
    term = named or current_term() or (choices[0] if choices else None)
    context = {
        "terms": choices,
        "term": term,
        "exams": list(selectors.exam_periods(request.actor, term.id).order_by("position")) if term else [],
        "history": _history(request.actor, term.id) if term else [],
        "may_manage": request.actor.may(permissions.MANAGE_EXAMS) and term is not None and not term.has_ended,
    }
    return render(request, "college/exams/exams.html", context)


def _address_of(term_id: UUID) -> str:
    return f"{reverse('exams:exams')}?term={term_id}"


def _history(actor: Actor, term_id: UUID) -> list[dict[str, Any]]:
    """Every change of the months as one event, the newest first."""
    rows = groupby(selectors.mapping_history(actor, term_id), key=lambda row: row.version)
    changes = []
    for version, group in rows:
        lines = list(group)
        changes.append(
            {
                "version": version,
                "at": lines[0].effective_at,
                "reason": lines[0].reason,
                "who": lines[0].author,
                "months": [(line.exam_period.name, line.instalment_number) for line in lines],
            }
        )
    return changes


@require_POST
@page(permission=permissions.MANAGE_EXAMS)
def prepare(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Give a term its exams by the template of the house."""
    services.prepare_exam_periods(request.actor, term_id=term_id)
    return done(request, _address_of(term_id), message=_("The exams stand. Check their days."))


@page(permission=permissions.MANAGE_EXAMS)
def new_exam(request: PageRequest, term_id: UUID) -> HttpResponse:
    """One more exam of a term."""
    term = get_term(request.actor, term_id)
    form = NewExamForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.add_exam_period(request.actor, term_id=term.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, _address_of(term.id), message=_("Added."))
    return render(request, "college/exams/new_exam.html", {"form": form, "term": term}, status=form.status)


@page(permission=permissions.MANAGE_EXAMS)
def change_exam(request: PageRequest, exam_period_id: UUID) -> HttpResponse:
    """Move the days of an exam, or call it otherwise."""
    found = selectors.get_exam_period(request.actor, exam_period_id)
    fields = ("name", "opens_on", "closes_on", "version")
    form = ExamForm.of(request, initial={field: getattr(found, field) for field in fields})
    if form.is_submitted_and_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            services.change_exam_period(request.actor, exam_period_id=found.id, expected_version=version, **changes)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, _address_of(found.term_id), message=_("Saved."))
    return render(request, "college/exams/change_exam.html", {"form": form, "exam": found}, status=form.status)


def _months_form(request: PageRequest, term: Term) -> MonthsForm:
    periods = list(selectors.exam_periods(request.actor, term.id).order_by("position"))
    return MonthsForm.of(
        request,
        initial={f"month_{period.id}": period.month for period in periods},
        exams=[(period.id, period.name) for period in periods],
        preview_url=reverse("exams:impact", args=[term.id]),
        has_students=TermEnrolment.objects.filter(term_id=term.id).exists(),
    )


@require_POST
@page(permission=permissions.MANAGE_EXAMS)
def impact(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Who would gain and who would lose under the months that are chosen. Nothing is changed."""
    term = get_term(request.actor, term_id)
    form = _months_form(request, term)
    form.is_valid()
    context = {"impact": services.preview_mapping(request.actor, term_id=term.id, months=form.months)}
    return render(request, "college/exams/parts/impact.html", context)


@page(permission=permissions.MANAGE_EXAMS)
def change_months(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Let the exams of a term ask for other months, seen and confirmed before it happens."""
    term = get_term(request.actor, term_id)
    form = _months_form(request, term)
    if form.is_submitted_and_valid():
        try:
            _version, changes = services.change_mapping(
                request.actor,
                term_id=term.id,
                months=form.months,
                reason=form.cleaned_data["reason"],
                confirmation=form.cleaned_data.get("confirmation", ""),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            opened = len(changes.issued) + len(changes.restored)
            message = _("The months are changed. Permits that opened with it: %(n)s.") % {"n": opened}
            return done(request, _address_of(term.id), message=message)
    context: dict[str, Any] = {
        "form": form,
        "term": term,
        "impact": services.preview_mapping(request.actor, term_id=term.id, months=form.months if form.is_bound else {}),
    }
    return render(request, "college/exams/change_months.html", context, status=form.status)
