"""How far a student has come in the curriculum: rings by group of subjects, and a list by year."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.shares import Ring
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.catalogue.words import term_name
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.reads import progress
from rollbook.systems.college.grading.reads.progress import Progress
from rollbook.systems.college.grading.rules.progress import Step
from rollbook.systems.college.grading.words import STEPS
from rollbook.systems.college.records.pages.students import frame


@page(permission=permissions.VIEW_OWN_GRADES)
def own_progress(request: PageRequest) -> HttpResponse:
    """My way through the curriculum."""
    return render(request, "college/grading/own_progress.html", _shown(progress.own_progress(request.actor)))


@page(permission=permissions.VIEW_GRADES)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """A student's way through the curriculum beside the record; who looks leaves a trace."""
    found = progress.progress_of(request.actor, student_id)
    context = {**frame(request, found.student, "progress"), **_shown(found)}
    return render(request, "college/grading/progress_of.html", context)


def _shown(found: Progress) -> dict[str, Any]:
    names = dict(Subject.Category.choices)
    whole = [sum((getattr(share, part) for share in found.shares), start=0) for part in ("done", "running", "left")]
    labels = [state.label for state in STEPS.values()]
    rings = [Ring(_("The whole curriculum"), list(zip(labels, whole, strict=True)))] if len(found.shares) > 1 else []
    rings += [
        Ring(names[share.category], list(zip(labels, (share.done, share.running, share.left), strict=True)))
        for share in found.shares
    ]
    in_order = sorted(found.steps, key=lambda step: step.requirement.first.in_order)
    terms = [
        {"name": term_name(year, semester), "steps": [_step(step, found) for step in steps]}
        for (year, semester), steps in groupby(in_order, key=_term)
    ]
    return {"student": found.student, "rings": rings, "terms": terms}


def _term(step: Step) -> tuple[int, str]:
    first = step.requirement.first
    return first.year_level, first.semester


def _step(step: Step, found: Progress) -> dict[str, Any]:
    return {
        "subjects": [(place.code, found.titles[place.subject_id]) for place in step.requirement.places],
        "units": step.requirement.units,
        "state": STEPS[step.state],
    }
