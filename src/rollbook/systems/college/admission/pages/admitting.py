"""Admitting: what the student pays is agreed, then everything is made at once."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.policies import services as policies
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.rendering import done
from rollbook.shared.admissions import permissions
from rollbook.shared.admissions import selectors as admissions
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.pages.office import chosen_of, each_by_itself, frame
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.systems.college.admission import selectors, services
from rollbook.systems.college.admission.forms import AdmitForm
from rollbook.systems.college.admission.services import PlanTerms, planned_monthly
from rollbook.systems.college.fees.policies import INSTALMENTS


@page(permission=permissions.DECIDE_APPLICATIONS)
def admit(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Admit one applicant; with the box ticked they are a student a moment later."""
    found = admissions.get_application(request.actor, application_id)
    planned = planned_monthly(found)
    initial = {
        "monthly": planned if planned.minor > 0 else None, "instalments": policies.get(INSTALMENTS),
        "first_due_on": admissions.today_here(), "makes_student": True,
    }  # fmt: skip
    form = AdmitForm.of(request, initial=initial)
    if form.is_submitted_and_valid():
        try:
            admitted = services.admit(request.actor, application_id=found.id, plan=_plan(form.cleaned_data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:application", found.id, message=_said(admitted))
    context = {**frame(request.actor, found), "form": form, "planned": planned}
    return render(request, "college/admission/admit.html", context, status=form.status)


def _plan(cleaned: dict[str, Any]) -> PlanTerms | None:
    if not cleaned["makes_student"]:
        return None
    return PlanTerms(
        monthly=cleaned["monthly"], instalments=cleaned["instalments"], first_due_on=cleaned["first_due_on"]
    )


def _said(admitted: Application) -> str:
    if admitted.state == Application.State.CONVERTED:
        return _("Admitted. Number, account, enrolment and plan stand.")
    return _("Admitted. Make the student as soon as the term is open for enrolment.")


class ConfirmForm(AdmitForm):
    """Several at once: each pays what they planned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("monthly", "makes_student"):
            del self.fields[name]
        self.fields["instalments"].widget = forms.NumberInput(attrs={"min": 1, "max": 12})


@require_POST
@page(permission=permissions.DECIDE_APPLICATIONS)
def admit_many(request: PageRequest) -> HttpResponse:
    """Admit the applicants that were ticked, each with the month's amount they planned; say who could not be."""
    chosen = chosen_of(request, request.actor)
    initial = {"instalments": policies.get(INSTALMENTS), "first_due_on": admissions.today_here()}
    form = ConfirmForm.of(request) if request.POST.get("confirmed") else ConfirmForm(initial=initial, request=request)
    context: dict[str, Any] = {
        "chosen": [(each, planned_monthly(each)) for each in chosen], "form": form, "not_done": [],
    }  # fmt: skip
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act(found: Application) -> object:
            plan = PlanTerms(
                monthly=planned_monthly(found), instalments=cleaned["instalments"], first_due_on=cleaned["first_due_on"]
            )
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
