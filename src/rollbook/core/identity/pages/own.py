"""One's own account: where one is signed in, what happened lately, API tokens."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.identity import permissions, selectors
from rollbook.core.identity.services import guards, sessions, tokens
from rollbook.core.permissions import register
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.rendering import done


@page(permission=SIGNED_IN)
def own_sessions(request: PageRequest) -> HttpResponse:
    """Where one is signed in, and the latest events at the door."""
    actor = request.actor
    guards.as_oneself(actor)
    context = {
        "sessions": selectors.own_sessions(actor),
        "present_id": actor.session_id,
        "events": selectors.own_login_events(actor),
        "may_issue_tokens": actor.may(permissions.ISSUE_TOKENS),
    }
    return render(request, "identity/sessions.html", context)


@page(permission=SIGNED_IN)
def end_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Sign out of one browser from afar."""
    if request.method != "POST":
        return done(request, "identity:sessions")
    sessions.revoke_session(actor=request.actor, session_id=session_id)
    return done(request, "identity:sessions", message=str(_("That browser is signed out.")))


@page(permission=SIGNED_IN)
def end_other_sessions(request: PageRequest) -> HttpResponse:
    """Sign out everywhere else."""
    if request.method != "POST":
        return done(request, "identity:sessions")
    sessions.revoke_other_sessions(actor=request.actor)
    return done(request, "identity:sessions", message=str(_("You are signed out everywhere else.")))


class TokenForm(Form):
    """What a new token is for and what it may do: a part of one's own permissions."""

    name = forms.CharField(label=_("What is it for?"), max_length=100)
    lasts_days = forms.TypedChoiceField(
        label=_("How long does it last?"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("one year"))],
        initial=90,
    )
    scopes = forms.MultipleChoiceField(label=_("What may it do?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        held = getattr(self.request, "actor").permissions if self.request else frozenset()  # noqa: B009
        known = register.permissions()
        choices = [(name, known[name].sentence) for name in sorted(held) if name in known]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]


@page(permission=SIGNED_IN)
def own_tokens(request: PageRequest) -> HttpResponse:
    """One's own tokens."""
    guards.as_oneself(request.actor)
    context = {
        "tokens": list(selectors.own_tokens(request.actor)),
        "now": clock.now(),
        "may_issue": request.actor.may(permissions.ISSUE_TOKENS),
        "may_manage": request.actor.may(permissions.MANAGE_TOKENS),
    }
    return render(request, "identity/tokens.html", context)


@page(permission=permissions.MANAGE_TOKENS)
def all_tokens(request: PageRequest) -> HttpResponse:
    """The tokens of all members."""
    context = {"tokens": list(selectors.all_tokens(request.actor)[:200]), "now": clock.now(), "is_all": True}
    return render(request, "identity/tokens.html", context)


@page(permission=permissions.ISSUE_TOKENS)
def new_token(request: PageRequest) -> HttpResponse:
    """Make a token. Its secret is shown on the answer, and never again."""
    guards.in_person(request.actor, clock.now())
    form = TokenForm.of(request)
    if form.is_submitted_and_valid():
        try:
            token, secret = tokens.issue_token(
                actor=request.actor,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                lasts=timedelta(days=form.cleaned_data["lasts_days"]),
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "identity/new_token.html", {"form": form}, status=refusal.status)
        return render(request, "identity/token_made.html", {"token": token, "secret": secret})
    return render(request, "identity/new_token.html", {"form": form}, status=form.status)


@page(permission=SIGNED_IN)
def revoke_token(request: PageRequest, token_id: UUID) -> HttpResponse:
    """Stop a token at once."""
    if request.method != "POST":
        return done(request, "identity:tokens")
    tokens.revoke_token(actor=request.actor, token_id=token_id)
    return done(request, "identity:tokens", message=str(_("The token is revoked.")))
