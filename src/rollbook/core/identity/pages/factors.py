"""Second factors: setting them up, giving a code while signing in, recovery codes. allauth does the work.

Adding and removing is written down, told to the owner, and ends the sessions that knew the password only.
"""

from typing import Any
from uuid import UUID

from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ListWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.http import HttpRequest, HttpResponse

from rollbook.core.identity import arrival, forms, keys
from rollbook.core.identity.door import client_of
from rollbook.core.identity.models import LoginEvent, Session
from rollbook.core.identity.pages.gate import GateMixin
from rollbook.core.identity.services import factors


def _note(request: HttpRequest, kind: LoginEvent.Kind) -> None:
    factors.record_change(
        kind, user_id=UUID(str(request.user.pk)), client=client_of(request), keep_session_id=_session_id(request)
    )


def _session_id(request: HttpRequest) -> UUID | None:
    digest = keys.digest_of(request.session.session_key or "")
    return Session.objects.filter(digest=digest).values_list("id", flat=True).first()


class FactorsView(GateMixin, IndexView):  # type: ignore[misc] # allauth has no types
    """What one has set up, and how to add more."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("next")
        return super().get_context_data(**kwargs) | {
            "next": arrival.safe_target(self.request, wanted),
            "was_sent_here": bool(wanted),
        }


class CodeView(GateMixin, AuthenticateView):  # type: ignore[misc] # allauth has no types
    """A code, or a passkey, after the password."""


class ProveByCodeView(GateMixin, ReauthenticateView):  # type: ignore[misc] # allauth has no types
    """A code again, before a sensitive act."""


class AddAppView(GateMixin, ActivateTOTPView):  # type: ignore[misc] # allauth has no types
    """Set up an authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _note(self.request, LoginEvent.Kind.FACTOR_ADDED)
        return response


class RemoveAppView(GateMixin, DeactivateTOTPView):  # type: ignore[misc] # allauth has no types
    """Remove the authenticator app, unless it is the last factor that a role needs."""

    def get_form_class(self) -> Any:
        return forms.RemoveAppForm

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _note(self.request, LoginEvent.Kind.FACTOR_REMOVED)
        return response


class CodesView(GateMixin, ViewRecoveryCodesView):  # type: ignore[misc] # allauth has no types
    """Recovery codes, shown once."""


class NewCodesView(GateMixin, GenerateRecoveryCodesView):  # type: ignore[misc] # allauth has no types
    """New recovery codes; the old ones stop working."""

    def get_form_class(self) -> Any:
        return forms.NewCodesForm


class AddPasskeyView(GateMixin, AddWebAuthnView):  # type: ignore[misc] # allauth has no types
    """Add a passkey or a security key."""

    def get_form_class(self) -> Any:
        return forms.PasskeyForm

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _note(self.request, LoginEvent.Kind.FACTOR_ADDED)
        return response


class PasskeysView(GateMixin, ListWebAuthnView):  # type: ignore[misc] # allauth has no types
    """One's passkeys and security keys."""


class RenamePasskeyView(GateMixin, EditWebAuthnView):  # type: ignore[misc] # allauth has no types
    """Call a passkey by another name."""

    def get_form_class(self) -> Any:
        return forms.PasskeyNameForm


class RemovePasskeyView(GateMixin, RemoveWebAuthnView):  # type: ignore[misc] # allauth has no types
    """Remove a passkey, unless it is the last factor that a role needs."""

    def form_valid(self, form: Any) -> HttpResponse:
        factors.check_removal(self.get_object())
        response: HttpResponse = super().form_valid(form)
        _note(self.request, LoginEvent.Kind.FACTOR_REMOVED)
        return response


class PasskeySignInView(GateMixin, LoginWebAuthnView):  # type: ignore[misc] # allauth has no types
    """Sign in with a passkey alone."""


class ProveByPasskeyView(GateMixin, ReauthenticateWebAuthnView):  # type: ignore[misc] # allauth has no types
    """A passkey again, before a sensitive act."""
