"""Acting for somebody else, with a banner and an end: impersonation and support access."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.errors import NotFound, Refusal
from rollbook.core.identity import errors, permissions, rules, selectors
from rollbook.core.identity.door import actor_scope, client_of, proved_at
from rollbook.core.identity.models import User
from rollbook.core.identity.pages.gate import gate_page
from rollbook.core.identity.services import guards, sign_in, standing_in
from rollbook.core.identity.session_store import IMPERSONATION_SESSION_KEY
from rollbook.core.tenancy.selectors import organisation_by_slug
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import refusal_page, to_sign_in
from rollbook.core.web.rendering import done

_SHORTEST, _LONGEST = rules.REASON_LENGTH


class ReasonForm(Form):
    """Why somebody stands in for somebody else."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=_SHORTEST,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept, and others read it."),
    )


@page(permission=permissions.IMPERSONATE)
def begin(request: PageRequest, member_id: UUID) -> HttpResponse:
    """Act as a member for 30 minutes."""
    guards.in_person(request.actor, clock.now())
    member = selectors.member(request.actor, member_id)
    form = ReasonForm.of(request)
    context = {"form": form, "member": member}
    if form.is_submitted_and_valid():
        try:
            impersonation = standing_in.begin_impersonation(
                actor=request.actor, membership_id=member_id, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "identity/impersonate.html", context, status=refusal.status)
        sign_in.act_as_member(request.session, impersonation)
        return done(request, "/")
    return render(request, "identity/impersonate.html", context, status=form.status)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Be oneself again, also when the time is over."""
    try:
        with actor_scope(request, as_oneself=True) as actor:
            impersonation = request.session.get(IMPERSONATION_SESSION_KEY)
            if impersonation:
                standing_in.end_impersonation(actor=actor, impersonation_id=UUID(impersonation))
            if actor.support_access_id:
                standing_in.end_support_access(actor=actor, access_id=actor.support_access_id)
            sign_in.be_oneself_again(request.session)
    except Refusal as refusal:
        return refusal_page(request, refusal)
    return done(request, "/", message=str(_("You are yourself again.")))


@page(permission=permissions.VIEW_STAND_INS)
def record(request: PageRequest) -> HttpResponse:
    """Who acted for whom, and when platform staff looked in."""
    context = {
        "impersonations": list(selectors.impersonations(request.actor)[:50]),
        "accesses": list(selectors.support_accesses(request.actor)[:50]),
        "now": clock.now(),
        "may_end": request.actor.may(permissions.END_SUPPORT),
    }
    return render(request, "identity/stand_ins.html", context)


class SupportForm(ReasonForm):
    """Which organisation platform staff look into, why and how long."""

    institution = forms.SlugField(label=_("Short name of the institution"), max_length=63)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=60, initial=30)
    field_order = ["institution", "reason", "minutes"]


def platform_staff_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For others the page does not exist."""

    @login_required
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_platform_staff:
            return refusal_page(request, NotFound())
        return view(request, *args, **kwargs)

    return checked


@platform_staff_only
def support(request: HttpRequest) -> HttpResponse:
    """Look into an organisation for a while, on its record."""
    if not rules.is_fresh_proof(proved_at(request.session), clock.now()):
        return to_sign_in(request, errors.ProofNeeded())
    form = SupportForm.of(request)
    if form.is_submitted_and_valid():
        client = client_of(request)
        try:
            access = standing_in.begin_support_access(
                user=request.user,  # type: ignore[arg-type] # checked by platform_staff_only
                organisation_id=organisation_by_slug(form.cleaned_data["institution"]).id,
                reason=form.cleaned_data["reason"],
                minutes=form.cleaned_data["minutes"],
                ip=client.ip,
                user_agent=client.user_agent,
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return gate_page(request, "identity/support.html", {"form": form}, status=refusal.status)
        sign_in.look_in_for_support(request.session, access)
        return done(request, "/")
    return gate_page(request, "identity/support.html", {"form": form}, status=form.status)


@page(permission=SIGNED_IN)
def end_access(request: PageRequest, access_id: UUID) -> HttpResponse:
    """The organisation ends a support access at once."""
    if request.method == "POST":
        standing_in.end_support_access(actor=request.actor, access_id=access_id)
        return done(request, "identity:stand_ins", message=str(_("The support access is ended.")))
    return done(request, "identity:stand_ins")
