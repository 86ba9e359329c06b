"""The `page` decorator: how a view reaches its actor, and how a refusal reaches the person."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from rollbook.core.api.attempts import attempt
from rollbook.core.errors import NotFound, Refusal, SignInNeeded, TooManyRequests
from rollbook.core.identity.door import actor_scope
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_facts

#: A page for whoever is signed in.
SIGNED_IN = "signed-in"


class PageRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor
    request_id: str


View = Callable[..., HttpResponse]


def page(*, permission: str, in_steps: bool = False) -> Callable[[View], View]:
    """Run a view as its actor, in one transaction of its organisation.

    A refusal rolls everything back and becomes a page that says what to do, or a fragment for htmx. A view
    `in_steps` asks somebody outside: it opens its own short transactions, so that none is open while it waits.
    """
    run = _run_in_steps if in_steps else _run_as_actor

    def decorator(view: View) -> View:
        @wraps(view)
        def in_scope(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return attempt(request, lambda: run(permission, view, request, args, kwargs), answer=_refused)

        in_scope.permission = permission  # type: ignore[attr-defined]
        return in_scope

    return decorator


def _run_as_actor(permission: str, view: View, request: PageRequest, args: Any, kwargs: Any) -> HttpResponse:
    from rollbook.core.web.rendering import as_at_home

    # The view itself works at home too: what is typed is read as it is written there.
    with actor_scope(request) as actor, as_at_home(organisation_facts(actor.organisation_id)):
        request.actor = actor
        if permission != SIGNED_IN:
            actor.require(permission)
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            response = response.render()
        if response.status_code >= 400:
            connection.set_rollback(True)
        return response


def _run_in_steps(permission: str, view: View, request: PageRequest, args: Any, kwargs: Any) -> HttpResponse:
    from rollbook.core.web.rendering import as_at_home

    with actor_scope(request) as actor:
        request.actor = actor
        if permission != SIGNED_IN:
            actor.require(permission)
    with as_at_home(organisation_facts(request.actor.organisation_id)):
        return view(request, *args, **kwargs)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, SignInNeeded):
        return to_sign_in(request, refusal)
    return refusal_page(request, refusal)


def to_sign_in(request: HttpRequest, needed: SignInNeeded) -> HttpResponse:
    """Send a browser to where the missing step is done; it comes back afterwards."""
    target = f"{reverse(needed.url_name)}?{urlencode({'next': _where_they_were(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target, "X-Rollbook-Sign-In": "1"})
    return redirect(target)


def _where_they_were(request: HttpRequest) -> str:
    """The page to come back to: of a form that was sent, the one that showed it."""
    is_form = request.method != "GET"
    shown = request.headers.get("HX-Current-URL") or (request.headers.get("Referer", "") if is_form else "")
    if not shown:
        return "/" if is_form else request.get_full_path()
    parts = urlsplit(shown)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show a refusal as a designed page, or as a fragment when htmx asked."""
    from rollbook.core.web import render

    name = "fragment" if request.headers.get("HX-Request") else "page"
    if isinstance(refusal, NotFound):
        name = "not_found" if name == "page" else name
    context = {"refusal": refusal, "errors": getattr(refusal, "errors", [])}
    response = render(request, f"rollbook/refusals/{name}.html", context, status=refusal.status)
    if isinstance(refusal, TooManyRequests):
        response["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    return response
