"""Answers of pages: the shell around a template, or the part that htmx asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone

from rollbook.core.tenancy.selectors import OrganisationFacts
from rollbook.core.web import formatting
from rollbook.core.web.shell import Shell
from rollbook.core.web.states import Words

#: Said to the browser so that a refusal is added above what was typed, never put in its place.
REFUSAL_HEADER = "X-Rollbook-Refusal"

# Pages shrink to a quarter on the line. Django adds random length against guessing secrets from the size (BREACH).
_COMPRESSION = GZipMiddleware(lambda _request: HttpResponse())


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asked, and so wants a part of a page."""
    return bool(request.headers.get("HX-Request"))


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    fragment: str | None = None,
) -> HttpResponse:
    """Render a template inside the shell; for htmx only `fragment`, or the content of the template."""
    return _render(request, template, context, Shell(request), status=status, fragment=fragment)


def render_public(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    organisation: OrganisationFacts | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page for somebody who is not signed in, in the colours of an institution if one is given."""
    return _render(request, template, context, Shell(request, organisation=organisation), status=status)


def _render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None,
    shell: Shell,
    *,
    status: int,
    fragment: str | None = None,
) -> HttpResponse:
    chosen = fragment if fragment and is_htmx(request) else template
    data = {**(context or {}), "shell": shell}
    with as_at_home(shell.organisation):
        html = render_to_string(chosen, data, request)
        if is_htmx(request):
            html += render_to_string("rollbook/toasts_added.html", data, request)
    response = HttpResponse(html, status=status)
    response["Vary"] = "HX-Request, Cookie, Accept-Language"
    # What a page shows belongs to the one who asked: nothing keeps it for somebody else.
    response["Cache-Control"] = "no-store" if shell.actor else "private, no-cache"
    if template.startswith("rollbook/refusals/"):
        response[REFUSAL_HEADER] = "1"
    return cast("HttpResponse", _COMPRESSION.process_response(request, response))


@contextmanager
def as_at_home(organisation: OrganisationFacts | None) -> Iterator[None]:
    """Times in the institution's time zone, numbers as its country writes them."""
    zone = ZoneInfo(organisation.timezone) if organisation else None
    country = country_of(organisation.locale) if organisation else ""
    with timezone.override(zone), formatting.territory(country):
        yield


def country_of(locale: str) -> str:
    """The country in a locale name: PH in "en-PH", nothing in "en"."""
    last = locale.replace("_", "-").split("-")[-1]
    return last.upper() if len(last) == 2 and "-" in locale.replace("_", "-") else ""


def done(request: HttpRequest, to: str, *args: Any, message: Words = "", **kwargs: Any) -> HttpResponse:
    """Answer a completed act: go on to another page (a URL name or an address) and say there what was done."""
    if message:
        messages.success(request, str(message))
    address = resolve_url(to, *args, **kwargs)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
