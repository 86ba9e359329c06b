"""The registrar's queue: the sheets of a term at a glance, finalised, returned or opened late."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.forms import LateForm, ReturnForm
from rollbook.systems.college.grading.models import TermResult
from rollbook.systems.college.grading.services import finalising, standing
from rollbook.systems.college.grading.words import COMPONENTS, SHEET_STATES, STANDINGS

#: A term before this has no grades yet.
_GRADED = (Term.State.IN_PROGRESS, Term.State.GRADING, Term.State.CLOSED, Term.State.ARCHIVED)
MOST_TERMS = 8


@page(permission=permissions.VIEW_SHEETS)
def queue(request: PageRequest) -> HttpResponse:
    """The sheets of a term by state, those that wait first to be seen."""
    terms = list(Term.objects.filter(state__in=_GRADED).order_by("-starts_on")[:MOST_TERMS])
    term = _chosen(request, terms)
    rows = selectors.grade_sheets(request.actor, term_id=term.id) if term else []
    context = {
        "terms": terms, "term": term, "classes": _classes(rows),
        "counts": _counts(rows), "ready": [row for row in rows if row["state"] == "SUBMITTED"],
        "may_finalise": request.actor.may(permissions.FINALISE) and not request.actor.stands_in,
        "may_confirm": request.actor.may(permissions.CONFIRM_STANDING),
        "chosen": set(request.GET.getlist("sheet")),
    }  # fmt: skip
    return render(request, "college/grading/queue.html", context)


def _chosen(request: PageRequest, terms: list[Term]) -> Term | None:
    wanted = request.GET.get("term", "")
    return next((term for term in terms if str(term.id) == wanted), terms[0] if terms else None)


def _counts(rows: list[dict[str, Any]]) -> list[tuple[Any, int]]:
    """How many sheets are in which state, in the order of their way."""
    counted = Counter(row["state"] for row in rows)
    return [(SHEET_STATES[state], counted[state]) for state in SHEET_STATES if counted[state]]


def _classes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line per class with its two sheets side by side: the heat-map."""
    classes: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        line = classes.setdefault(
            row["section_id"],
            {"name": f"{row['subject']} {row['section']}", "professor": row["professor"], "cells": []},
        )
        line["cells"].append(
            {
                **row, "badge": SHEET_STATES[row["state"]], "label": COMPONENTS[row["component"]],
                "url": reverse("grading:sheet", args=[row["section_id"], row["component"]]),
            }
        )  # fmt: skip
    return list(classes.values())


@require_POST
@page(permission=permissions.FINALISE)
def finalise(request: PageRequest) -> HttpResponse:
    """Finalise the chosen sheets together."""
    chosen = _ids(request.POST.getlist("sheet"))
    if not chosen:
        raise Invalid.field("sheet", _("Choose at least one submitted sheet."))
    found = finalising.finalise(request.actor, sheet_ids=chosen)
    sheets, students = len(found.sheet_ids), len(found.student_ids)
    message = _("Finalised: %(sheets)s, %(students)s.") % {
        "sheets": ngettext("%(n)s sheet", "%(n)s sheets", sheets) % {"n": sheets},
        "students": ngettext("%(n)s student", "%(n)s students", students) % {"n": students},
    }
    return done(request, _address(request.POST.get("term", "")), message=message)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts[:200]]
    except ValueError as error:
        raise Invalid.field("sheet", _("Choose sheets of the list.")) from error


def _address(term: str) -> str:
    return f"{reverse('grading:queue')}?term={term}" if term else reverse("grading:queue")


@page(permission=permissions.FINALISE)
def return_sheet(request: PageRequest, sheet_id: UUID) -> HttpResponse:
    """Give a submitted sheet back, with a reason."""
    shown = selectors.get_sheet(request.actor, sheet_id)
    form = ReturnForm.of(request)
    if form.is_submitted_and_valid():
        try:
            finalising.return_sheet(request.actor, sheet_id=sheet_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, _address(str(shown["term_id"])), message=_("Returned to the professor."))
    return render(request, "college/grading/return_sheet.html", {"form": form, "sheet": shown}, status=form.status)


@page(permission=permissions.OPEN_LATE)
def open_late(request: PageRequest, sheet_id: UUID) -> HttpResponse:
    """Open a sheet for its owner after the window."""
    shown = selectors.get_sheet(request.actor, sheet_id)
    form = LateForm.of(request)
    if form.is_submitted_and_valid():
        try:
            finalising.open_late(request.actor, sheet_id=sheet_id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, _address(str(shown["term_id"])), message=_("The sheet is open until then."))
    return render(request, "college/grading/open_late.html", {"form": form, "sheet": shown}, status=form.status)


@page(permission=permissions.CONFIRM_STANDING)
def standings(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Standing and honours of a term, judged and waiting for confirmation."""
    term = standing.get_term(term_id)
    if request.method == "POST":
        if request.POST.get("step") == "confirm":
            count = standing.confirm_standings(request.actor, term_id=term.id)
            message = _("Confirmed for %(n)s students.") % {"n": count}
        else:
            count = standing.evaluate_term(request.actor, term_id=term.id)
            message = _("Evaluated: %(n)s students.") % {"n": count}
        return done(request, "grading:standings", term.id, message=message)
    rows = TermResult.objects.filter(term=term.id, student__taken_back_at__isnull=True).select_related(
        "student__person"
    )
    judged = rows.exclude(standing="").order_by("confirmed_at", "student__student_number")
    counted = Counter(rows.values_list("standing", flat=True))
    context = {
        "term": term, "counts": [(STANDINGS[key], counted[key]) for key in STANDINGS if counted[key]],
        "waiting": rows.filter(confirmed_at__isnull=True).exclude(standing="").count(),
        "notable": [
            {"row": row, "badge": STANDINGS[row.standing]}
            for row in judged.exclude(standing="GOOD", honours="")[:200]
        ],
    }  # fmt: skip
    return render(request, "college/grading/standings.html", context)
