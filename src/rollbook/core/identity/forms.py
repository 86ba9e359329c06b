"""Forms of the sign-in pages that allauth drives: name and password, codes of the second factor."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rollbook.core.errors import TooManyRequests
from rollbook.core.identity import counting, lockout, rules, selectors
from rollbook.core.identity.adapters import AccountAdapter
from rollbook.core.identity.arrival import WANTED_SESSION_KEY
from rollbook.core.identity.door import client_of
from rollbook.core.identity.models import LoginEvent
from rollbook.core.identity.services.events_at_the_door import record_login_event
from rollbook.core.web.forms import Form

#: A code may not be used again while it, or its neighbours, are still right.
_CODE_LIVES = timedelta(seconds=120)


class SignInForm(LoginForm, Form):  # type: ignore[misc] # allauth has no types
    """E-mail address, or number in the institution whose page this is, and password."""

    def __init__(self, *args: Any, request: HttpRequest, organisation_id: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = request
        self.organisation_id = organisation_id
        self.fields["login"] = forms.CharField(
            label=_("E-mail address or number") if organisation_id else _("E-mail address"),
            max_length=254,
            widget=forms.TextInput(
                attrs={"autocomplete": "username webauthn", "autofocus": True, "autocapitalize": "none"}
            ),
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, Any]:
        return {
            "name": self.cleaned_data["login"],
            "organisation_id": self.organisation_id,
            "password": self.cleaned_data["password"],
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if not self.errors:
            self._recognise(self.user_credentials())
        return cleaned

    def _recognise(self, credentials: dict[str, Any]) -> None:
        client = client_of(self.visit)
        name = lockout.typed_name(credentials["name"], self.organisation_id)
        counting.refuse_if_spent(lockout.FAILURES_FROM_ONE_ADDRESS, client.ip)
        with lockout.one_try_at_a_time(name, client.ip):
            user = AccountAdapter(self.visit).authenticate(self.visit, **credentials)
            if user is not None:
                lockout.forget_failures(self.visit, credentials)
            elif not getattr(self.visit, "axes_locked_out", False):
                self._record_failure(client.ip, client.user_agent, name)
        if user is None:
            counting.count(lockout.FAILURES_FROM_ONE_ADDRESS, client.ip)
            raise ValidationError(self._words(), code="sign_in_refused")
        self._login = Login(user=user)
        self.user = user

    def _record_failure(self, ip: str, user_agent: str, name: str) -> None:
        # Asked whether or not there is such a user, so that both take the same time.
        known = selectors.user_for_sign_in(self.cleaned_data["login"], self.organisation_id)
        record_login_event(
            LoginEvent.Kind.PASSWORD_REFUSED,
            user_id=known.id if known else None,
            ip=ip,
            user_agent=user_agent,
            typed_name=name,
        )

    def _words(self) -> Any:
        if self.organisation_id is None and "@" not in rules.clean_name(self.cleaned_data["login"]):
            return _("With a number, sign in on your institution's own page. Here, use your e-mail address.")
        return _("That name and password do not belong together. Try again, or ask for a new password below.")

    def login(self, request: Any, redirect_url: str | None = None) -> Any:
        if self.organisation_id:
            request.session[WANTED_SESSION_KEY] = str(self.organisation_id)
        self._login.redirect_url = redirect_url
        return perform_password_login(request, {}, self._login)


class _CountedCode:
    """Five tries in a quarter of an hour over all processes, and each code once."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        subject = str(self.user.pk)
        _strike(subject)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            client = client_of(context.request)
            record_login_event(
                LoginEvent.Kind.FACTOR_REFUSED,
                user_id=self.user.pk,
                ip=client.ip,
                user_agent=client.user_agent,
            )
            raise
        digest = hashlib.sha256(normalize_user_code(code).encode()).hexdigest()[:32]
        if not counting.is_first("code-used", f"{subject}:{digest}", _CODE_LIVES):
            raise ValidationError(_("That code was used already. Wait for the next one."), code="code_used")
        counting.forgive(lockout.FACTOR_TRIES, subject)
        return code


def _strike(subject: str) -> None:
    try:
        counting.strike(lockout.FACTOR_TRIES, subject)
    except TooManyRequests as refusal:
        minutes = max(1, round(refusal.facts["retry_after"] / 60))
        message = _("Too many wrong codes. Wait %(minutes)d minutes, then try again.")
        raise ValidationError(message, params={"minutes": minutes}, code="wait") from refusal


class CodeForm(_CountedCode, AuthenticateForm, Form):  # type: ignore[misc] # allauth has no types
    """A code while signing in."""


class CodeAgainForm(_CountedCode, ReauthenticateForm, Form):  # type: ignore[misc] # allauth has no types
    """A code to confirm who one is."""


class FirstCodeForm(_CountedCode, ActivateTOTPForm, Form):  # type: ignore[misc] # allauth has no types
    """The first code of an authenticator app that is being set up."""


class PasswordAgainForm(PasswordReauthenticateForm, Form):  # type: ignore[misc] # allauth has no types
    """The password, to confirm who one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class RemoveAppForm(DeactivateTOTPForm, Form):  # type: ignore[misc] # allauth has no types
    """Remove the authenticator app."""


class NewCodesForm(GenerateRecoveryCodesForm, Form):  # type: ignore[misc] # allauth has no types
    """Make new recovery codes."""


class PasskeyForm(AddWebAuthnForm, Form):  # type: ignore[misc] # allauth has no types
    """Add a passkey or a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _("It then asks for your fingerprint, face or PIN.")


class PasskeyNameForm(EditWebAuthnForm, Form):  # type: ignore[misc] # allauth has no types
    """Call a passkey by another name."""
