"""Letting go of the account of somebody who is anonymised (R63): how they signed in goes, what they did stays."""

from collections.abc import Collection
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.identity import selectors
from rollbook.core.identity.models import Membership, User
from rollbook.core.permissions.actor import Actor


def forget_accounts(actor: Actor, *, person_ids: Collection[UUID]) -> int:
    """Take away for good how these people signed in here; return how many accounts that were.

    Part of an act that holds the people and asked for its own permission. An account that is a member's of another
    organisation too keeps its address until that one lets go of it as well.
    """
    standing = Membership.objects.filter(person_id__in=list(person_ids), is_active=False, forgotten_at__isnull=True)
    members: list[Membership] = list(standing.select_for_update(of=("self",)).order_by("id"))
    for member in members:
        member.login_name, member.forgotten_at, member.version = None, clock.now(), member.version + 1
        member.save(update_fields=["login_name", "forgotten_at", "version"])
        # Organisations that let go of one account at the same moment do it one after the other: the last one sees it.
        user = User.objects.select_for_update().get(id=member.user_id)
        is_gone = not selectors.is_kept_anywhere(user.id)
        if is_gone:
            _close(user)
        audit.record(actor, "identity.account_forgotten", member, is_member_elsewhere=not is_gone)
    return len(members)


def _close(user: User) -> None:
    """The name stays, as on every act that was theirs; nothing is left to sign in with."""
    user.email, user.language, user.is_active = None, "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "language", "is_active", "password"])
    Authenticator.objects.filter(user_id=user.id).delete()
    EmailAddress.objects.filter(user_id=user.id).delete()
    selectors.sessions_of(user.id).delete()
