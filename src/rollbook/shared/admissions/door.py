"""How an applicant comes in: no account, a link with a secret, kept in a cookie of these pages alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rollbook.core.api.limits import check_visitor
from rollbook.core.api.problems import refusal_from
from rollbook.core.errors import NotFound, Refusal, TooManyRequests
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.door import client_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug
from rollbook.core.web.rendering import as_at_home, render_public
from rollbook.shared.admissions import permissions, selectors, tokens
from rollbook.shared.admissions.errors import LinkNotGood
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.scheme import scheme_in_scope

COOKIE = "rollbook_application"
#: A working day at the same computer; the link in the mail brings back later.
_STAYS = timedelta(hours=12)

#: Looking around, per address. A school's computer room shares one.
LOOKING = Limit("apply-look", times=1_000, span=timedelta(hours=1))
#: Beginning an application.
BEGINNING = Limit("apply-begin", times=60, span=timedelta(hours=1))
#: Writing one, with what is kept while typing and with documents.
WRITING = Limit("apply-write", times=1_500, span=timedelta(hours=1))
#: Asking for a mail.
MAILS_FROM = Limit("apply-mails-from", times=60, span=timedelta(hours=1))
MAILS_TO = Limit("apply-mails-to", times=6, span=timedelta(hours=1))

PublicView = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """An applicant at their application, inside the tenant scope."""

    actor: Actor
    application: Application
    secret: str


def public_page(*, rate: Limit = LOOKING, writes: Limit = WRITING) -> Callable[[PublicView], PublicView]:
    """A page of an institution for anybody: found by its slug, counted, a refusal designed. It opens its own scope."""

    def decorator(view: PublicView) -> PublicView:
        @wraps(view)
        def shown(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            institution: OrganisationFacts | None = None
            try:
                institution = organisation_by_slug(slug)
                check_visitor(request, rate if request.method in ("GET", "HEAD") else writes)
                with as_at_home(institution):
                    return view(request, institution, *args, **kwargs)
            except Exception as error:
                refusal = refusal_from(error)
                if refusal is None:
                    raise
                return refused(request, refusal, institution)

        return shown

    return decorator


def refused(request: HttpRequest, refusal: Refusal, institution: OrganisationFacts | None) -> HttpResponse:
    """A refusal as a public page that says what to do."""
    context = {
        "refusal": refusal,
        "slug": institution.slug if institution else "",
        "is_lost": isinstance(refusal, LinkNotGood),
        "is_absent": isinstance(refusal, NotFound) and not isinstance(refusal, LinkNotGood),
    }
    response = render_public(
        request, "admissions/public/refused.html", context, organisation=institution, status=refusal.status
    )
    if isinstance(refusal, TooManyRequests):
        response["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    return response


def applicant(request: HttpRequest, institution: OrganisationFacts) -> Actor:
    """Whoever fills in an application: may do that, and nothing else."""
    client = client_of(request)
    return Actor(
        organisation_id=institution.id, permissions=frozenset({permissions.APPLY}), name="Applicant", ip=client.ip,
        user_agent=client.user_agent, request_id=getattr(request, "request_id", ""),
    )  # fmt: skip


@contextmanager
def inside(institution: OrganisationFacts) -> Iterator[None]:
    """The scope of an institution that takes applications."""
    with tenant_scope(institution.id):
        scheme_in_scope()
        yield


@contextmanager
def at_application(request: HttpRequest, institution: OrganisationFacts, secret: str = "") -> Iterator[Visit]:
    """The application of the link that was followed in this browser, or of the secret that a program sends."""
    secret = secret or kept_secret(request)
    if tokens.organisation_of(secret) != institution.id:
        raise LinkNotGood
    with inside(institution):
        yield Visit(applicant(request, institution), selectors.application_of(secret), secret)


def kept_secret(request: HttpRequest) -> str:
    """The secret in the cookie; empty when there is none that is ours."""
    return request.get_signed_cookie(COOKIE, default="", max_age=_STAYS) or ""


def keep_secret(response: HttpResponse, request: HttpRequest, institution: OrganisationFacts, secret: str) -> None:
    """Keep the secret for this browser session, for the pages of this institution's applications alone."""
    response.set_signed_cookie(
        COOKIE, secret, path=reverse("apply:home", args=[institution.slug]), httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip


def forget_secret(response: HttpResponse, institution: OrganisationFacts) -> None:
    """Leave no key on a computer that others use."""
    response.delete_cookie(COOKIE, path=reverse("apply:home", args=[institution.slug]))
