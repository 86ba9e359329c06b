"""The front door: whoever is signed in sees what needs them, or is led to the place where their work begins."""

from django.http import HttpResponse, HttpResponseRedirect

from rollbook.core import clock
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.home import home_of
from rollbook.core.web.shell import Shell


@page(permission=SIGNED_IN)
def home(request: PageRequest) -> HttpResponse:
    """The home of the actor's role; without one, the first place of their navigation, or whom to ask for a role."""
    organisation, now = organisation_in_scope(), clock.now()
    found = home_of(request.actor, organisation.system, now)
    if found is not None:
        return render(request, "site/home.html", {"home": found, "today": organisation.local_date(now)})
    first = next((place for place in Shell(request).places if place.in_rail), None)
    if first is not None:
        return HttpResponseRedirect(first.url)
    return render(request, "site/nothing_yet.html")
