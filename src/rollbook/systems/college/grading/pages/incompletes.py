"""The desk of incompletes: the list, one case, and the next step of whoever's turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core import clock
from rollbook.core.errors import NotFound, Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.forms import ExtensionForm, GradeReasonForm, ResolvingGradeForm
from rollbook.systems.college.grading.models import IncompleteCase
from rollbook.systems.college.grading.services import incompletes
from rollbook.systems.college.grading.tables import CaseTable
from rollbook.systems.college.grading.words import CASE_STATES
from rollbook.systems.college.records.pages.students import names

State = IncompleteCase.State


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a resolution: who takes it, from which state, with what typed."""

    label: Any
    permission: str
    states: frozenset[str]
    act: Callable[..., Any]
    form: type[Form] | None = None
    is_owner_only: bool = False
    is_primary: bool = True


STEPS = {
    "request": Step(
        gettext_lazy("Ask to resolve it"), permissions.REQUEST_RESOLUTION, frozenset({State.OPEN}),
        incompletes.request_resolution, GradeReasonForm, is_owner_only=True,
    ),
    "approve": Step(
        gettext_lazy("Allow the resolution"), permissions.ALLOW_RESOLUTION, frozenset({State.REQUESTED}),
        incompletes.allow_resolution,
    ),
    "reject": Step(
        gettext_lazy("Send the request back"), permissions.ALLOW_RESOLUTION, frozenset({State.REQUESTED}),
        incompletes.refuse_resolution, GradeReasonForm, is_primary=False,
    ),
    "grade": Step(
        gettext_lazy("Enter the grade"), permissions.REQUEST_RESOLUTION, frozenset({State.APPROVED}),
        incompletes.grade_resolution, ResolvingGradeForm, is_owner_only=True,
    ),
    "head-approve": Step(
        gettext_lazy("Approve the grade"), permissions.HEAD_RESOLUTION, frozenset({State.SUBMITTED}),
        incompletes.approve_grade,
    ),
    "head-return": Step(
        gettext_lazy("Send the grade back"), permissions.HEAD_RESOLUTION, frozenset({State.SUBMITTED}),
        incompletes.send_grade_back, GradeReasonForm, is_primary=False,
    ),
    "finalize": Step(
        gettext_lazy("Finalise the grade"), permissions.ALLOW_RESOLUTION, frozenset({State.HEAD_APPROVED}),
        incompletes.finalise_resolution,
    ),
    "extend": Step(
        gettext_lazy("Give more time"), permissions.EXTEND_INCOMPLETE, IncompleteCase.EXPIRES, incompletes.extend,
        ExtensionForm, is_primary=False,
    ),
}  # fmt: skip


@page(permission=permissions.VIEW_INCOMPLETES)
def desk(request: PageRequest) -> HttpResponse:
    """The incompletes one may see, the nearest deadline first."""
    rows = selectors.incompletes(request.actor).annotate(
        **names("student__"), number=F("student__student_number"), subject=F("subject_enrolment__subject__code"),
        term=F("subject_enrolment__section__term__code"),
    )  # fmt: skip
    return CaseTable(request, rows.values(*CaseTable.fields())).respond("college/grading/incompletes.html")


@page(permission=permissions.VIEW_INCOMPLETES)
def incomplete(request: PageRequest, case_id: UUID) -> HttpResponse:
    """One incomplete: what is required, until when and why then, and the next step."""
    case = selectors.get_case(request.actor, case_id)
    today = organisation_in_scope().local_date(clock.now())
    context = {
        "case": case, "badge": CASE_STATES[case.state], "steps": _open_steps(request.actor, case),
        "days_left": (case.deadline - today).days if case.deadline else None,
        "is_live": case.state in IncompleteCase.EXPIRES,
    }  # fmt: skip
    return render(request, "college/grading/incomplete.html", context)


@page(permission=permissions.VIEW_INCOMPLETES)
def step(request: PageRequest, case_id: UUID, name: str) -> HttpResponse:
    """Take one step of a resolution."""
    case = selectors.get_case(request.actor, case_id)
    taken = STEPS.get(name)
    if taken is None:
        raise NotFound
    request.actor.require(taken.permission)
    form = (taken.form or Form).of(request)
    if form.is_submitted_and_valid():
        try:
            taken.act(request.actor, case_id=case.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "grading:incomplete", case.id, message=_("Done."))
    context = {"case": case, "form": form, "step": taken, "badge": CASE_STATES[case.state]}
    return render(request, "college/grading/incomplete_step.html", context, status=form.status)


def _open_steps(actor: Actor, case: IncompleteCase) -> list[tuple[str, Step]]:
    """The steps that this person could take now; the service asks again."""
    owns = selectors.owns_case(actor, case.id)
    return [
        (name, each)
        for name, each in STEPS.items()
        if case.state in each.states and actor.may(each.permission) and (owns or not each.is_owner_only)
    ]
