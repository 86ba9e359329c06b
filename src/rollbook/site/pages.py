"""The front door: whoever is signed in is led to the place where their work begins."""

from django.http import HttpResponse, HttpResponseRedirect

from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.shell import Shell


@page(permission=SIGNED_IN)
def home(request: PageRequest) -> HttpResponse:
    """Open the first place of the actor's navigation; who has none is told whom to ask."""
    first = next((place for place in Shell(request).places if place.in_rail), None)
    if first is not None:
        return HttpResponseRedirect(first.url)
    return render(request, "site/nothing_yet.html")
