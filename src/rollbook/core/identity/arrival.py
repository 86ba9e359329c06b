"""Where somebody goes who has just signed in."""

from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from rollbook.core.identity import selectors
from rollbook.core.identity.door import client_of
from rollbook.core.identity.models import User
from rollbook.core.identity.selectors import Place
from rollbook.core.identity.services import sign_in

#: A cookie with the slug of the organisation entered here last, so that a number is enough next time.
REMEMBERED_COOKIE = "rollbook_organisation"
_ONE_YEAR = 365 * 24 * 60 * 60
#: Set by the sign-in page of an organisation; gone with the sign-in.
WANTED_SESSION_KEY = "wanted_organisation_id"


def arrive(request: HttpRequest, user: User, wanted_url: str | None) -> HttpResponse:
    """Enter the only organisation, or the one that was asked for; otherwise let the user choose."""
    target = safe_target(request, wanted_url)
    places = selectors.organisations_of(user.id)
    place = _chosen(places, request.session.pop(WANTED_SESSION_KEY, None))
    if place is None:
        page = "identity:support" if user.is_platform_staff and not places else "identity:choose"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': target})}")
    return enter(request, place, target)


def enter(request: HttpRequest, place: Place, target: str) -> HttpResponse:
    """Put on the hat of an organisation, remember it in this browser, and go on."""
    sign_in.enter_organisation(request.session, organisation_id=place.organisation_id, client=client_of(request))
    response = HttpResponseRedirect(target)
    response.set_cookie(
        REMEMBERED_COOKIE,
        place.slug,
        max_age=_ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def safe_target(request: HttpRequest, wanted_url: str | None) -> str:
    """Where to go on: only ever an address of this installation."""
    if wanted_url and get_adapter(request).is_safe_url(wanted_url):
        return wanted_url
    return "/"


def _chosen(places: list[Place], wanted: str | None) -> Place | None:
    if len(places) == 1:
        return places[0]
    return next((place for place in places if wanted and place.organisation_id == UUID(wanted)), None)
