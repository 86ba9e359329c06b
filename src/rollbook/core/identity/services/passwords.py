"""Passwords: the rules for new ones, and changing one's own."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.errors import Invalid
from rollbook.core.identity import rules, selectors
from rollbook.core.identity.models import LoginEvent, Membership
from rollbook.core.identity.services import guards, notices
from rollbook.core.permissions.actor import Actor


def set_password(membership: Membership, password: str) -> None:
    """Give the member's user a new password that keeps the rules."""
    user = membership.user
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Invalid(errors=[{"field": "password", "message": message} for message in error.messages]) from error
    if rules.resembles_name(password, membership.login_name):
        raise Invalid.field(
            "password", _("The password contains your number. Choose something that is not printed on a card.")
        )
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def change_password(*, actor: Actor, password: str) -> Membership:
    """Change one's own password after proving who one is. All other sessions end."""
    guards.in_person(actor, clock.now())
    members = Membership.objects.select_for_update(of=("self",)).select_related("user")
    membership: Membership = members.get(id=actor.require_membership())
    set_password(membership, password)
    selectors.other_sessions_of(membership.user_id, actor.session_id).delete()
    audit.record(actor, "identity.password_changed", membership)
    notices.tell_owner(actor, LoginEvent.Kind.PASSWORD_CHANGED, membership)
    return membership
