"""Pages for what went wrong before or around a view. They need no database, no session and no script."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rollbook.core.web.rendering import REFUSAL_HEADER, is_htmx
from rollbook.core.web.shell import Shell

log = logging.getLogger(__name__)


def _answer(request: HttpRequest, status: int, *, title: str, why: str, what_to_do: str, again: bool) -> HttpResponse:
    shell = Shell(request)
    # Nothing may be asked of the database here: it may be what failed.
    shell.actor = None
    context = {
        "shell": shell,
        "request": request,
        "title": title,
        "why": why,
        "what_to_do": what_to_do,
        "action_url": request.path if again and request.method == "GET" else "/",
        "action_label": _("Try again") if again and request.method == "GET" else _("Home"),
        "reference": getattr(request, "request_id", ""),
    }
    name = "part" if is_htmx(request) else "error"
    response = HttpResponse(render_to_string(f"rollbook/errors/{name}.html", context), status=status)
    response["Cache-Control"] = "no-store"
    if is_htmx(request):
        response[REFUSAL_HEADER] = "1"
    return response


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the place is there, but not for this role."""
    return _answer(
        request,
        403,
        title=_("This is not open to you"),
        why=_("Your role does not allow this page."),
        what_to_do=_("Ask an administrator if you need it for your work."),
        again=False,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing has this address."""
    return _answer(
        request,
        404,
        title=_("There is nothing at this address"),
        why=_("The page may have been moved, or the address was not copied whole."),
        what_to_do=_("Go to the start and search from there."),
        again=False,
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what arrived was damaged or too large."""
    return _answer(
        request,
        400,
        title=_("We could not read that"),
        why=_("What your browser sent was damaged or too large. Nothing was changed."),
        what_to_do=_("Go back and try again with a smaller file or a fresh page."),
        again=False,
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form: its security token is old, mostly after signing in again in another tab."""
    return _answer(
        request,
        403,
        title=_("This page was open too long"),
        why=_("The form belongs to an earlier sign-in, so it was not accepted. Nothing was changed."),
        what_to_do=_("Go back, reload the page and send it again."),
        again=False,
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _answer(
        request,
        500,
        title=_("Something broke on our side"),
        why=_("It is not your doing, it has been recorded, and nothing of this step was saved."),
        what_to_do=_("Try again. If it happens twice, tell your administrator."),
        again=True,
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: for a short while there is no database behind us."""
    response = _answer(
        request,
        503,
        title=_("Back in a moment"),
        why=_("Rollbook is being restarted or is very busy. Nothing was lost and nothing of this step was saved."),
        what_to_do=_("Wait a few seconds, then try again."),
        again=True,
    )
    response["Retry-After"] = "5"
    return response
