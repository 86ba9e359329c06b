"""Grades of one student: the student's own page, and the tab beside the record."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.errors import Invalid
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.reads import students
from rollbook.systems.college.grading.reads.students import Record
from rollbook.systems.college.grading.words import CASE_STATES, RESULTS, STANDINGS
from rollbook.systems.college.records.pages.students import frame

TERM = gettext_lazy("Term")


@page(permission=permissions.VIEW_OWN_GRADES)
def own_grades(request: PageRequest) -> HttpResponse:
    """My grades by term, how they went, what I still owe, and what could be."""
    record = students.own_record(request.actor)
    return render(request, "college/grading/own_grades.html", _shown(record, is_own=True))


@require_POST
@page(permission=permissions.VIEW_OWN_GRADES)
def what_if(request: PageRequest) -> HttpResponse:
    """The average with grades that nobody has given yet. Nothing is stored."""
    wished = []
    for name, text in request.POST.items():
        if name.startswith("wish_") and str(text).strip():
            try:
                wished.append((UUID(name.removeprefix("wish_")), str(text)[:20]))
            except ValueError as error:
                raise Invalid.field(name, _("This is no subject of yours.")) from error
    found = students.what_if(request.actor, wished[:30])
    context = {"found": found, "gpa_name": students.own_record(request.actor).gpa_name}
    return render(request, "college/grading/parts/what_if.html", context)


@page(permission=permissions.VIEW_GRADES)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """A student's grades beside the record; who looks leaves a trace."""
    record = students.record_of(request.actor, student_id)
    context = {
        **frame(request, record.student, "grades"), **_shown(record, is_own=False),
        "may_change": request.actor.may(permissions.PROPOSE_CHANGE),
    }  # fmt: skip
    return render(request, "college/grading/of_student.html", context)


def _shown(record: Record, *, is_own: bool) -> dict[str, Any]:
    today = organisation_in_scope().local_date(clock.now())
    terms: list[dict[str, Any]] = [
        {
            "term": term.term,
            "result": term.result,
            "gpa": _written(term.result, record.places),
            "standing": STANDINGS[term.result.standing] if term.result and term.result.confirmed_at else None,
            "honours": term.result.honours if term.result and term.result.confirmed_at else "",
            "subjects": [{**row, "badge": RESULTS[row["result"]]} for row in term.subjects],
        }
        for term in record.terms
    ]
    return {
        "record": record, "terms": terms, "gpa": _written(record.cumulative, record.places), "trend": _trend(record),
        "cases": [
            {
                "case": case, "badge": CASE_STATES[case.state],
                "days_left": (case.deadline - today).days if case.deadline else None,
            }
            for case in record.incompletes
        ],
        "running": [row for term in terms for row in term["subjects"] if row["result"] in {"", "INC", "NG"}],
        "is_own": is_own,
    }  # fmt: skip


def _written(result: Any, places: int) -> str:
    """The average as it is shown; a dash where nothing was graded, never a zero."""
    return "—" if result is None or result.gpa_shown is None else f"{result.gpa_shown:.{places}f}"


def _trend(record: Record) -> Chart | None:
    """The average of each term, the oldest first. One term makes no trend."""
    points = [
        (term.starts_on, term.result.gpa_shown)
        for term in reversed(record.terms)
        if term.result is not None and term.result.gpa_shown is not None
    ]
    if len(points) < 2:
        return None
    return Chart(
        kind="line", title=_("%(name)s by term") % {"name": record.gpa_name}, labels=[day for day, _value in points],
        series=[Series(record.gpa_name, [value for _day, value in points])], label_heading=TERM,
    )  # fmt: skip
