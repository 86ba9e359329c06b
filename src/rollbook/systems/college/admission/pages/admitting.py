"""Admitting: what the student pays is agreed, then everything is made at once."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.policies import services as policies
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done
from rollbook.shared.admissions import permissions
from rollbook.shared.admissions import selectors as admissions
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.pages.office import chosen_of, each_by_itself, frame
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.systems.college.admission import selectors, services
from rollbook.systems.college.admission.forms import AdmitForm, AgreedForm, AssessedForm, NothingToAgree
from rollbook.systems.college.admission.services import PlanTerms, bills_by_schedule, planned_monthly, usual_plan
from rollbook.systems.college.fees.policies import INSTALMENTS
from rollbook.systems.college.records.models import Student


@page(permission=permissions.DECIDE_APPLICATIONS)
def admit(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Admit one applicant; with the box ticked they are a student a moment later."""
    found = admissions.get_application(request.actor, application_id)
    planned = planned_monthly(found)
    is_shifter, by_schedule = found.kind == Student.Kind.SHIFTER, bills_by_schedule()
    form: Form
    if is_shifter:
        form = NothingToAgree.of(request)
    elif by_schedule:
        form = AssessedForm.of(request, initial={"makes_student": True})
    else:
        monthly = planned if planned.minor > 0 else None
        form = AdmitForm.of(request, initial={**_usual(), "monthly": monthly, "makes_student": True})
    if form.is_submitted_and_valid():
        try:
            plan = None if is_shifter else _plan(form.cleaned_data)
            admitted = services.admit(request.actor, application_id=found.id, plan=plan)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:application", found.id, message=_said(admitted))
    context = {
        **frame(request.actor, found), "form": form, "planned": planned, "is_shifter": is_shifter,
        "by_schedule": by_schedule,
    }  # fmt: skip
    return render(request, "college/admission/admit.html", context, status=form.status)


def _usual() -> dict[str, Any]:
    return {"instalments": policies.get(INSTALMENTS), "first_due_on": admissions.today_here()}


def _plan(cleaned: dict[str, Any]) -> PlanTerms | None:
    if not cleaned["makes_student"]:
        return None
    return PlanTerms(
        monthly=cleaned.get("monthly"), instalments=cleaned.get("instalments"),
        first_due_on=cleaned.get("first_due_on"),
    )  # fmt: skip


def _said(admitted: Application) -> str:
    if admitted.kind == Student.Kind.SHIFTER:
        return _("Admitted. The request for the other programme waits for the dean.")
    if admitted.state == Application.State.CONVERTED:
        return _("Admitted. Number, account, enrolment and plan stand.")
    return _("Admitted. Make the student as soon as the term is open for enrolment.")


@require_POST
@page(permission=permissions.DECIDE_APPLICATIONS)
def admit_many(request: PageRequest) -> HttpResponse:
    """Admit the applicants that were ticked, each with what they planned or the schedule says; say who could not be."""
    chosen, by_schedule = chosen_of(request, request.actor), bills_by_schedule()
    shape: type[Form] = NothingToAgree if by_schedule else AgreedForm
    form = shape.of(request) if request.POST.get("confirmed") else shape(initial=_usual(), request=request)
    context: dict[str, Any] = {
        "chosen": [(each, planned_monthly(each)) for each in chosen], "form": form, "not_done": [],
        "by_schedule": by_schedule,
    }  # fmt: skip
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act(found: Application) -> object:
            plan = replace(usual_plan(found), **cleaned)
            return services.admit(request.actor, application_id=found.id, plan=plan)

        not_done = each_by_itself(chosen, act)
        if not not_done:
            return done(request, "admissions:list", message=_("%(n)s admitted.") % {"n": len(chosen)})
        context |= {"not_done": not_done, "acted": len(chosen) - len(not_done), "form": None}
    return render(request, "college/admission/admit_many.html", context, status=form.status)


@page(permission=permissions.VIEW_APPLICATIONS)
def funnel(request: PageRequest) -> HttpResponse:
    """How far applicants get: applied, admitted, paid, enrolled; with the numbers behind."""
    intakes = _intakes()
    chosen = next((each for each in intakes if str(each[0]) == request.GET.get("intake", "")), None)
    found = selectors.funnel(request.actor, chosen[0] if chosen else None)
    steps = [
        (_("Applied"), found.applied), (_("Admitted"), found.admitted), (_("Paid month 1"), found.paid),
        (_("Enrolled in classes"), found.enrolled),
    ]  # fmt: skip
    chart = Chart(
        kind="bar", title=_("How far applicants get"), labels=[label for label, _count in steps],
        series=[Series(_("Applicants"), [count for _label, count in steps])], label_heading=_("Stage"),
    )  # fmt: skip
    context = {
        "funnel": found, "chart": chart, "intakes": intakes, "intake_id": chosen[0] if chosen else None,
        "list_url": reverse("admissions:list"),
    }  # fmt: skip
    return render(request, "college/admission/funnel.html", context)


def _intakes() -> list[tuple[UUID, str]]:
    sent = Application.objects.exclude(state=Application.State.DRAFT).order_by().values_list("intake_id", flat=True)
    labels = scheme_in_scope().labels([each for each in sent.distinct() if each])
    return sorted(labels.items(), key=lambda row: row[1], reverse=True)
