"""Pages of the kit itself: search, appearance, the institution's accent."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rollbook.core.web import brand
from rollbook.core.web.pages import SIGNED_IN, PageRequest, page
from rollbook.core.web.rendering import render
from rollbook.core.web.search import find_places, find_records, only_match
from rollbook.core.web.shell import APPEARANCE_COOKIE, Shell

YEAR_SECONDS = 365 * 24 * 3600
LONGEST_SEARCH = 100


def _typed(request: HttpRequest) -> str:
    return " ".join(request.POST.get("text", "")[:LONGEST_SEARCH].split())


@require_http_methods(["GET", "POST"])
@page(permission=SIGNED_IN)
def search(request: PageRequest) -> HttpResponse:
    """Everything that matches what was typed; the only match opens at once, so that a scanner needs no click.

    What is typed comes by POST alone. A GET shows the empty page: an address never holds a name.
    """
    text = _typed(request)
    found = find_records(request.actor, text, limit=25)
    single = only_match(found)
    if single:
        return HttpResponseRedirect(single.url, status=303)
    places = find_places(Shell(request).places, text) if text else []
    if not found and len(places) == 1:
        return HttpResponseRedirect(places[0].url, status=303)
    return render(request, "rollbook/search/results.html", {"text": text, "found": found, "places": places})


@require_POST
@page(permission=SIGNED_IN)
def suggest(request: PageRequest) -> HttpResponse:
    """The list under a search box, while one is typing. The palette lists the pages too."""
    text = _typed(request)
    place = "palette" if request.POST.get("place") == "palette" else "header"
    with_places = place == "palette" or bool(text)
    context = {
        "place": place,
        "text": text,
        "found": find_records(request.actor, text),
        "places": find_places(Shell(request).places, text) if with_places else [],
    }
    return render(request, "rollbook/search/suggestions.html", context)


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says. The script does it at once; this does it without script."""
    chosen = request.POST.get("appearance", "system")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back, status=303)
    if chosen in ("light", "dark", "system"):
        response.set_cookie(
            APPEARANCE_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=False
        )
    return response


@require_GET
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """The style sheet of an accent. It depends on nothing but its address, so browsers keep it for ever."""
    return HttpResponse(brand.style_sheet(_colour(colour)), content_type="text/css; charset=utf-8")


@require_GET
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def favicon(request: HttpRequest, colour: str) -> HttpResponse:
    """The mark in the browser's tab, in an accent."""
    return HttpResponse(brand.favicon(_colour(colour)), content_type="image/svg+xml")


def _colour(text: str) -> str:
    if not brand.is_colour(f"#{text}"):
        raise Http404
    return f"#{text}"
