"""Signing in and out, and choosing the organisation one works in."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rollbook.core.errors import NotFound
from rollbook.core.identity import arrival, selectors
from rollbook.core.identity import forms as identity_forms
from rollbook.core.identity.models import User
from rollbook.core.identity.pages.gate import GateMixin, gate_page, institution_of
from rollbook.core.identity.session_store import ORGANISATION_SESSION_KEY
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import refusal_page
from rollbook.core.web.rendering import is_htmx, render_public


class SignInView(GateMixin, LoginView):  # type: ignore[misc] # allauth has no types
    """Name and password. The address of an institution, or the last one used, lets a number be enough."""

    form_class = identity_forms.SignInForm

    @cached_property
    def _institution(self) -> OrganisationFacts | None:
        slug = self.kwargs.get("slug")
        return organisation_by_slug(slug) if slug else institution_of(self.request)

    def institution(self) -> OrganisationFacts | None:
        return self._institution

    def get_form_kwargs(self) -> dict[str, Any]:
        institution = self._institution
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"organisation_id": institution.id if institution else None}

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response


class SignOutView(GateMixin, LogoutView):  # type: ignore[misc] # allauth has no types
    """Asks on a link, acts on a button."""


class ProveView(GateMixin, ReauthenticateView):  # type: ignore[misc] # allauth has no types
    """The password again, before a sensitive act."""

    def get_form_class(self) -> type[forms.Form]:
        return identity_forms.PasswordAgainForm


class InstitutionForm(Form):
    """The short name that stands in an institution's address."""

    institution = forms.SlugField(
        label=_("Short name of your institution"),
        max_length=63,
        help_text=_("It stands on your card or in the letter with your link, such as san-isidro."),
    )


def find_institution(request: HttpRequest) -> HttpResponse:
    """For those with a number who do not know the address: the institution by its short name."""
    form = InstitutionForm.of(request)
    if form.is_submitted_and_valid():
        try:
            found = organisation_by_slug(form.cleaned_data["institution"].lower())
        except NotFound:
            form.add_error("institution", _("We know no institution of that name. Check the spelling."))
        else:
            return HttpResponseRedirect(reverse("identity:sign_in_here", args=[found.slug]))
    return gate_page(request, "identity/find_institution.html", {"form": form}, status=form.status)


@login_required
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose the organisation to work in. In the shell's menu it is a short list."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("login_required lets users through only")
    places = selectors.organisations_of(user.id)
    if request.method == "POST":
        wanted = request.POST.get("organisation", "")
        place = next((place for place in places if str(place.organisation_id) == wanted), None)
        if place is None:
            return refusal_page(request, NotFound())
        return arrival.enter(request, place, arrival.safe_target(request, request.POST.get("next")))
    context = {
        "places": places,
        "present": _present(request),
        "next": arrival.safe_target(request, request.GET.get("next")),
        "is_platform_staff": user.is_platform_staff,
    }
    if is_htmx(request):
        return render_public(request, "identity/hats.html", context)
    return gate_page(request, "identity/choose.html", context)


def inactive(_request: HttpRequest) -> HttpResponse:
    """Where allauth would send a blocked account: to the sign-in page, which says nothing about accounts."""
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': '/'})}")


def _present(request: HttpRequest) -> UUID | None:
    chosen = request.session.get(ORGANISATION_SESSION_KEY)
    return UUID(chosen) if chosen else None
