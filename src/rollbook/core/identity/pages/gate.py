"""What the pages around signing in have in common: the gate's look, the institution's colours, refusals as pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from rollbook.core.errors import NotFound, Refusal
from rollbook.core.identity.arrival import REMEMBERED_COOKIE
from rollbook.core.identity.session_store import ORGANISATION_SESSION_KEY
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug, organisation_facts
from rollbook.core.web.pages import refusal_page
from rollbook.core.web.rendering import render_public
from rollbook.core.web.shell import Shell


def institution_of(request: HttpRequest) -> OrganisationFacts | None:
    """The organisation that this browser works in, or signed in to last."""
    chosen = request.session.get(ORGANISATION_SESSION_KEY)
    remembered = request.COOKIES.get(REMEMBERED_COOKIE, "")
    try:
        if chosen:
            return organisation_facts(chosen)
        return organisation_by_slug(remembered) if remembered else None
    except NotFound:
        return None


def gate_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    institution: OrganisationFacts | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page at the gate, kept by no browser."""
    shown = institution or institution_of(request)
    response = render_public(request, template, context, organisation=shown, status=status)
    response["Cache-Control"] = "no-store"
    return response


class GateMixin:
    """Makes a view of allauth a page at the gate."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Refusal as refusal:
            return refusal_page(request, refusal)
        response["Cache-Control"] = "no-store"
        return response

    def institution(self) -> OrganisationFacts | None:
        """Whose colours the page wears."""
        return institution_of(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        institution = self.institution()
        return context | {"shell": Shell(self.request, organisation=institution), "institution": institution}
