"""After sending: how the application stands, papers that are still missing, taking it back, leaving this computer."""

from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollbook.core.errors import Refusal
from rollbook.core.tenancy.selectors import OrganisationFacts
from rollbook.core.web.rendering import render_public
from rollbook.core.web.sentences import refusal_sentence
from rollbook.shared.admissions import checking, door, selectors, services
from rollbook.shared.admissions.door import Visit, public_page
from rollbook.shared.admissions.models import Appointment
from rollbook.shared.admissions.pages.wizard import documents_context
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.words import FOR_APPLICANTS


@require_safe
@public_page()
def status(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """How the application stands. A draft goes on at the first step that lacks something."""
    with door.at_application(request, institution) as visit:
        if visit.application.is_draft:
            lacks = selectors.lacks_of(visit.application)
            step = lacks[0].step if lacks else checking.STEPS[-1]
            return HttpResponseRedirect(reverse("apply:step", args=[institution.slug, step]))
        return _show(request, visit, institution)


def _show(
    request: HttpRequest, visit: Visit, institution: OrganisationFacts, *, refusal: str = "", code: int = 200
) -> HttpResponse:
    application = visit.application
    state, follows = FOR_APPLICANTS[application.state]
    labels = scheme_in_scope().labels([each for each in (application.choice_id, application.intake_id) if each])
    context: dict[str, Any] = {
        "slug": institution.slug,
        "application": application,
        "state": state,
        "follows": follows,
        "is_new": request.GET.get("sent") == "1",
        "choice": labels.get(application.choice_id, "") if application.choice_id else "",
        "intake": labels.get(application.intake_id, "") if application.intake_id else "",
        "appointments": list(
            Appointment.objects.filter(application=application, state=Appointment.State.SET).order_by("starts_at")
        ),
        "qr": _qr(f"{settings.BASE_URL}{reverse('apply:follow', args=[institution.slug, visit.secret])}"),
        "refusal": refusal,
        "may_withdraw": application.is_open,
        **documents_context(application),
    }
    return render_public(request, "admissions/public/status.html", context, organisation=institution, status=code)


def _qr(address: str) -> SafeString:
    """The link as a code to be photographed, drawn in place so that no address shows the secret."""
    drawn = BytesIO()
    segno.make(address, error="l", micro=False).save(
        drawn, kind="svg", scale=4, border=2, xmldecl=False, svgns=True, nl=False, omitsize=False, light="#fff"
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 — drawn here, from an address of ours


@require_POST
@public_page()
def send_again(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """What was missing is here now."""
    with door.at_application(request, institution) as visit:
        try:
            services.send_again(visit.actor, application_id=visit.application.id)
        except Refusal as refusal:
            sentence = str(refusal_sentence(refusal))
            return _show(request, visit, institution, refusal=sentence, code=refusal.status)
    return HttpResponseRedirect(reverse("apply:status", args=[institution.slug]), status=303)


@require_http_methods(["GET", "POST"])
@public_page()
def withdraw(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Take the application back, after a second look."""
    with door.at_application(request, institution) as visit:
        if request.method == "POST":
            services.withdraw(visit.actor, application_id=visit.application.id)
            return HttpResponseRedirect(reverse("apply:status", args=[institution.slug]), status=303)
        context = {"slug": institution.slug, "application": visit.application}
        return render_public(request, "admissions/public/withdraw.html", context, organisation=institution)


@require_POST
@public_page()
def leave(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Leave this computer; the link in the mail brings back."""
    answer = HttpResponseRedirect(reverse("apply:home", args=[institution.slug]), status=303)
    door.forget_secret(answer, institution)
    return answer


@require_safe
@public_page()
def received(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """The neutral word for whoever has an application already."""
    return render_public(
        request, "admissions/public/received.html", {"slug": institution.slug}, organisation=institution
    )
