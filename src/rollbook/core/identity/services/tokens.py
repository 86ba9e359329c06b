"""API tokens: a programme acts for a member, with a part of the member's rights."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit import services as audit
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.identity import errors, keys, permissions, rules
from rollbook.core.identity.models import ApiToken, TokenUse
from rollbook.core.identity.services import guards
from rollbook.core.permissions.actor import Actor


@transaction.atomic
def issue_token(*, actor: Actor, name: str, scopes: Collection[str], lasts: timedelta) -> tuple[ApiToken, str]:
    """Make a token with some of one's own permissions; return it and its secret, which is shown this once."""
    actor.require(permissions.ISSUE_TOKENS)
    now = clock.now()
    guards.in_person(actor, now)
    _check(actor, name, scopes, lasts)
    secret = keys.new_token(actor.organisation_id)
    token: ApiToken = ApiToken.objects.create(
        membership_id=actor.require_membership(),
        name=name.strip(),
        digest=keys.digest_of(secret),
        ending=secret[-4:],
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + lasts,
    )
    TokenUse.objects.create(token=token)
    audit.record(
        actor,
        "identity.token_issued",
        token,
        after={"name": token.name, "scopes": token.scopes, "ending": token.ending},
    )
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """Stop a token at once: one's own, or anybody's with the permission for it."""
    guards.as_oneself(actor)
    tokens = ApiToken.objects.select_for_update()
    if not actor.may(permissions.MANAGE_TOKENS):
        tokens = tokens.filter(membership_id=actor.require_membership())
    found = tokens.filter(id=token_id).first()
    if found is None:
        raise NotFound
    token: ApiToken = found
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by_id = clock.now(), actor.user_id
        token.save(update_fields=["revoked_at", "revoked_by_id"])
        audit.record(actor, "identity.token_revoked", token)
    return token


def _check(actor: Actor, name: str, scopes: Collection[str], lasts: timedelta) -> None:
    actor.require_membership()
    if not name.strip():
        raise Invalid.field("name", _("Write what the token is for."))
    if not scopes:
        raise Invalid.field("scopes", _("Choose at least one thing that the token may do."))
    for scope in sorted(scopes):
        if scope not in actor.permissions:
            raise errors.ScopeNotYours(scope=scope)
    if not timedelta(0) < lasts <= rules.TOKEN_LASTS_AT_MOST:
        raise Invalid.field("lasts_days", _("A token lasts from one day to one year."))
