"""Recognising a user by e-mail address, or by number within an organisation."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from rollbook.core.identity import selectors
from rollbook.core.identity.models import User


class MembershipBackend(BaseBackend):
    """The authentication backend of Rollbook. Unknown name and wrong password take the same time."""

    def authenticate(
        self,
        request: HttpRequest | None,
        name: str | None = None,
        password: str | None = None,
        organisation_id: UUID | None = None,
        **_credentials: Any,
    ) -> User | None:
        if not name or not password:
            return None
        user = selectors.user_for_sign_in(name, organisation_id)
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
