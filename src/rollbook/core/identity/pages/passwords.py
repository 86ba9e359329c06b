"""Asking for a new password, setting one by a link, and changing one's own."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from rollbook.core import clock
from rollbook.core.errors import Invalid, Refusal
from rollbook.core.identity import counting, errors, keys, lockout, selectors
from rollbook.core.identity.counting import Limit
from rollbook.core.identity.door import client_of
from rollbook.core.identity.pages.gate import gate_page, institution_of
from rollbook.core.identity.services import guards, links, passwords, sign_in
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import refusal_page
from rollbook.core.web.rendering import done

#: The secret of a link, while its owner types: in a cookie of this page alone, so that no address shows it.
LINK_COOKIE = "rollbook_link"
_TYPING_TAKES = timedelta(hours=1)

LINKS_FOR_ONE_NAME = Limit("password-links", times=5, span=timedelta(hours=1))
LINKS_FROM_ONE_ADDRESS = Limit("password-links-from", times=50, span=timedelta(hours=1))
LINKS_TRIED = Limit("links-tried", times=50, span=timedelta(hours=1))


class AskForm(Form):
    """Who wants a new password."""

    name = forms.CharField(
        label=_("E-mail address or number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. Three or four words that only you would put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two are not the same. Type both again."))
        return again


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link that sets a new password. The answer never says whether somebody has that name."""
    institution = institution_of(request)
    form = AskForm.of(request)
    if not form.is_submitted_and_valid():
        return gate_page(request, "identity/ask_password.html", {"form": form}, status=form.status)
    client = client_of(request)
    organisation_id = institution.id if institution else None
    name = form.cleaned_data["name"]
    try:
        counting.strike(LINKS_FROM_ONE_ADDRESS, client.ip)
        counting.strike(LINKS_FOR_ONE_NAME, keys.keyed_digest(lockout.typed_name(name, organisation_id)))
    except Refusal as refusal:
        return refusal_page(request, refusal)
    links.request_new_password(name=name, organisation_id=organisation_id, ip=client.ip, user_agent=client.user_agent)
    return gate_page(request, "identity/asked_password.html")


@never_cache
def follow(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Take the secret out of the address. Looking at a link uses nothing: mail programmes look too."""
    try:
        institution = organisation_by_slug(slug)
    except Refusal as refusal:
        return refusal_page(request, refusal)
    here = reverse("identity:set_password", args=[institution.slug])
    response = HttpResponseRedirect(here)
    response.set_signed_cookie(
        LINK_COOKIE, secret, max_age=_TYPING_TAKES, path=here, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


@sensitive_post_parameters("password", "again")
@never_cache
def set_password(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the password by a link, once."""
    try:
        institution = organisation_by_slug(slug)
        return _set_password(request, institution)
    except Refusal as refusal:
        return refusal_page(request, refusal)


def _set_password(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    secret = request.get_signed_cookie(LINK_COOKIE, default="", max_age=_TYPING_TAKES) or ""
    client = client_of(request)
    counting.strike(LINKS_TRIED, client.ip)
    link = selectors.open_link(institution.id, secret) if secret else None
    if link is None:
        raise errors.LinkSpent
    form = NewPasswordForm.of(request)
    if form.is_submitted_and_valid():
        try:
            links.set_password_by_link(
                organisation_id=institution.id,
                secret=secret,
                password=form.cleaned_data["password"],
                ip=client.ip,
                user_agent=client.user_agent,
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _to_sign_in(request, institution)
    context = {"form": form, "link": link, "member": link.membership}
    return gate_page(request, "identity/set_password.html", context, institution=institution, status=form.status)


def _to_sign_in(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    messages.success(request, str(_("Your password is set. Sign in with it now.")))
    response = HttpResponseRedirect(reverse("identity:sign_in_here", args=[institution.slug]))
    response.delete_cookie(LINK_COOKIE, path=reverse("identity:set_password", args=[institution.slug]))
    return response


@sensitive_post_parameters("password", "again")
@page(permission=SIGNED_IN)
def change(request: PageRequest) -> HttpResponse:
    """Change one's own password, after proving who one is."""
    guards.in_person(request.actor, clock.now())
    form = NewPasswordForm.of(request)
    if form.is_submitted_and_valid():
        try:
            membership = passwords.change_password(actor=request.actor, password=form.cleaned_data["password"])
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            sign_in.keep_after_password_change(request.session, membership.user)
            return done(request, "identity:sessions", message=str(_("Your password is changed.")))
    return render(request, "identity/change_password.html", {"form": form}, status=form.status)
