"""The public way in: what can be applied for, beginning, coming back by a link."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from rollbook.core.errors import Invalid
from rollbook.core.identity import counting
from rollbook.core.identity.keys import keyed_digest
from rollbook.core.tenancy.selectors import OrganisationFacts
from rollbook.core.web.rendering import render_public
from rollbook.shared.admissions import challenge, door, services
from rollbook.shared.admissions.door import BEGINNING, MAILS_FROM, MAILS_TO, public_page
from rollbook.shared.admissions.forms import EmailForm
from rollbook.shared.admissions.rules import closed_sentence
from rollbook.shared.admissions.scheme import Scheme, scheme_in_scope
from rollbook.shared.admissions.selectors import checklists, today_here
from rollbook.shared.people.rules import email_address


def admission_days(scheme: Scheme) -> dict[str, Any]:
    """Whether one can apply today, and on which days otherwise."""
    today = today_here()
    intakes = list(scheme.intakes()) if scheme.is_switched_on() else []
    open_now = [intake for intake in intakes if intake.is_open_on(today)]
    return {"open_now": open_now, "closed": "" if open_now else closed_sentence(intakes, today)}


@require_safe
@public_page()
def home(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """What can be applied for here, and when."""
    with door.inside(institution):
        scheme = scheme_in_scope()
        choices = [(each, scheme.choice_address(institution.slug, each)) for each in scheme.choices()]
        context = {
            "slug": institution.slug,
            "groups": [
                (group, list(rows))
                for group, rows in groupby(sorted(choices, key=lambda row: row[0].group), lambda row: row[0].group)
            ],
            **admission_days(scheme),
        }
        return render_public(request, "admissions/public/home.html", context, organisation=institution)


@require_http_methods(["GET", "POST"])
@public_page(writes=BEGINNING)
def start(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """What one needs, and the button that begins."""
    if request.method == "POST":
        challenge.check(request.POST.get("stamp", ""), trap=request.POST.get(challenge.TRAP, ""))
        with door.inside(institution):
            started = services.start(door.applicant(request, institution))
            _prefer(request, institution, started)
        answer = HttpResponseRedirect(reverse("apply:step", args=[institution.slug, "person"]), status=303)
        door.keep_secret(answer, request, institution, started.secret)
        return answer
    with door.inside(institution):
        scheme = scheme_in_scope()
        lists = checklists(scheme)
        context = {
            "slug": institution.slug,
            "stamp": challenge.new_stamp(),
            "trap": challenge.TRAP,
            "choice": request.GET.get("choice", "")[:20],
            "lists": [(kind, lists[kind.key]) for kind in scheme.kinds],
            **admission_days(scheme),
        }
        return render_public(request, "admissions/public/start.html", context, organisation=institution)


def _prefer(request: HttpRequest, institution: OrganisationFacts, started: services.Started) -> None:
    """Take over what the applicant looked at before beginning; a code that is none is let go."""
    code = request.POST.get("choice", "").lower()
    chosen = next((each for each in scheme_in_scope().choices() if each.code.lower() == code), None)
    if chosen is not None:
        services.save(
            door.applicant(request, institution), application_id=started.application.id,
            values={"choice_id": chosen.id}, is_autosave=True,
        )  # fmt: skip


@require_safe
@public_page()
def follow(request: HttpRequest, institution: OrganisationFacts, secret: str) -> HttpResponse:
    """Take the secret out of the address. Looking at a link uses nothing: mail programmes look too."""
    with door.at_application(request, institution, secret):
        answer = HttpResponseRedirect(reverse("apply:status", args=[institution.slug]))
    door.keep_secret(answer, request, institution, secret)
    return answer


@require_http_methods(["GET", "POST"])
@public_page(writes=MAILS_FROM)
def ask_for_link(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Send the link again, to the address that was proved. The answer never says whether there is an application."""
    form = EmailForm.of(request)
    is_asked = False
    if form.is_submitted_and_valid():
        address = form.cleaned_data["email"]
        try:
            count_mail(address)
            with door.inside(institution):
                services.ask_for_link(door.applicant(request, institution), address=address)
            is_asked = True
        except Invalid as refusal:
            form.refuse(refusal)
    context = {"slug": institution.slug, "form": form, "is_asked": is_asked}
    return render_public(
        request, "admissions/public/ask_link.html", context, organisation=institution, status=form.status
    )


def count_mail(address: str) -> None:
    """Count a mail to an address, so that nobody fills a stranger's mailbox. Outside any transaction."""
    counting.strike(MAILS_TO, keyed_digest(f"apply:{email_address(address) or address}"))


__all__ = ["admission_days", "ask_for_link", "count_mail", "follow", "home", "start"]
