"""How allauth works in Rollbook: nobody signs up alone, what happens is written down, mail goes by jobs."""

import base64
import hashlib
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.identity import arrival, counting, lockout, rules
from rollbook.core.identity.door import client_of, proved_at
from rollbook.core.identity.models import User
from rollbook.core.identity.services import factors, sign_in


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """ACCOUNT_ADAPTER."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An administrator or an import makes users; a link lets them in."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_of(request).ip

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check name and password; axes counts, nobody else."""
        user = authenticate(request, **credentials)
        return user if isinstance(user, User) else None

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Check the password of who is signed in already."""
        subject = str(user.pk)
        counting.strike(lockout.PROOF_TRIES, subject)
        if not user.check_password(password):
            return False
        counting.forgive(lockout.PROOF_TRIES, subject)
        return True

    def is_reauthentication_required(self, **_options: Any) -> bool:
        """Changes to second factors ask again who one is, unless that was proved minutes ago."""
        return not rules.is_fresh_proof(proved_at(context.request.session), clock.now())

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        sign_in.record_sign_in(request.session, user, client_of(request))

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            sign_in.record_sign_out(user.pk, client_of(request))

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Everybody arrives in an organisation, or where they choose one."""
        return arrival.arrive(request, user, options.get("redirect_url"))

    def add_message(self, request: HttpRequest, level: int, *_args: Any, **options: Any) -> None:
        """Pages say what happened; only plain errors of a form without a page of its own are passed on."""
        if options.get("message"):
            super().add_message(request, level, message=options["message"])

    def send_mail(self, *_message: Any, **_rest: Any) -> None:
        raise PermissionDenied("Mail is sent by a job, never while a page is made.")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """MFA_ADAPTER. Secrets of authenticator apps are encrypted with a key that is not in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That code is not right. Codes change every 30 seconds; take the one shown now."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not factors.is_last_needed(authenticator)

    def get_totp_issuer(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def build_totp_svg(self, url: str) -> str:
        """The picture that the app reads; on white, because phones cannot read it from a dark page."""
        svg: str = segno.make(url, micro=False).svg_inline(scale=4, border=4, light="#fff", omitsize=True)
        return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's signature
        """What a new passkey is called before its owner says so."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey") if count == 0 else gettext("Passkey %(number)d") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": str(settings.MFA_TOTP_ISSUER)}


def _cipher() -> MultiFernet:
    """The present signing key encrypts; earlier ones still decrypt."""
    return MultiFernet([_fernet(key) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _fernet(key: str | bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second-factor:" + force_bytes(key)).digest()))
