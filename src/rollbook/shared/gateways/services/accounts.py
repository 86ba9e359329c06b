"""Accounts at providers: opened and given secrets by two people, closed by one."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.gateways import permissions
from rollbook.shared.gateways.errors import AccountClosed, AccountNotFound
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.port import Access
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.sealing import seal, unseal
from rollbook.shared.webhooks.rules import new_endpoint_key

OPEN = "gateways.open_account"
CHANGE_SECRET = "gateways.change_secret"  # noqa: S105 - the key of a decision
#: For this long after a change, events that were signed with the secret before are still believed.
OVERLAP = timedelta(hours=24)
LONGEST_SECRET = 300
SHORTEST_SECRET = 12

State = GatewayAccount.State
Kind = GatewaySecret.Kind


def propose_account(
    actor: Actor, *, provider: str, is_live: bool, label: str, secret_key: str, webhook_secret: str = "", reason: str
) -> tuple[GatewayAccount, ApprovalRequest]:
    """Ask a second person to open an account at a provider. One in use of the same provider is closed by it."""
    actor.require(permissions.MANAGE_ACCOUNTS)
    if provider not in PROVIDERS:
        raise Invalid.field("provider", _("We do not speak to that provider."))
    if not label.strip():
        raise Invalid.field("label", _("Give the account a name, so that people can tell it from another one."))
    _check_secret(provider, Kind.SECRET_KEY, secret_key, is_live=is_live)
    account = GatewayAccount.objects.create(
        provider=provider, label=label.strip()[:80], is_live=is_live,
        endpoint_key=new_endpoint_key(actor.organisation_id, secrets.token_urlsafe(18)),
    )  # fmt: skip
    given = [_note_secret(actor, account, Kind.SECRET_KEY, secret_key)]
    if webhook_secret.strip():
        _check_secret(provider, Kind.WEBHOOK_SECRET, webhook_secret, is_live=is_live)
        given.append(_note_secret(actor, account, Kind.WEBHOOK_SECRET, webhook_secret))
    payload = {"provider": provider, "is_live": is_live, "label": account.label, "endings": [s.ending for s in given]}
    return account, propose(actor, kind=OPEN, target=account, reason=reason, payload=payload)


def propose_secret(actor: Actor, *, account_id: UUID, kind: str, value: str, reason: str) -> ApprovalRequest:
    """Ask a second person to put a new secret in force."""
    actor.require(permissions.MANAGE_ACCOUNTS)
    account = account_for_update(account_id)
    if account.state == State.CLOSED:
        raise AccountClosed(state=account.get_state_display().lower())
    _check_secret(account.provider, kind, value, is_live=account.is_live)
    secret = _note_secret(actor, account, kind, value)
    payload = {"what": kind, "ending": secret.ending, "account": account.label}
    return propose(actor, kind=CHANGE_SECRET, target=secret, reason=reason, payload=payload)


def carry_out_open(actor: Actor, request: ApprovalRequest) -> GatewayAccount:
    """Open what was proposed; called by the approvals room, in its transaction."""
    account = account_for_update(request.target_id)
    if account.state != State.WAITING:
        raise AccountClosed(state=account.get_state_display().lower())
    now = clock.now()
    for standing in GatewayAccount.objects.select_for_update().filter(provider=account.provider, state=State.ACTIVE):
        _close(actor, standing, request.reason)
    account.state, account.opened_at = State.ACTIVE, now
    account.save(update_fields=["state", "opened_at"])
    for secret in GatewaySecret.objects.filter(account_id=account.id, state=GatewaySecret.State.WAITING):
        _put_in_force(secret)
    record(actor, "gateways.account_opened", account, reason=request.reason, provider=account.provider)
    return account


def carry_out_secret(actor: Actor, request: ApprovalRequest) -> GatewaySecret:
    """Put a proposed secret in force."""
    secret = GatewaySecret.objects.select_related("account").get(id=request.target_id)
    account = account_for_update(secret.account_id)
    if account.state == State.CLOSED:
        raise AccountClosed(state=account.get_state_display().lower())
    _put_in_force(secret)
    record(actor, "gateways.secret_changed", account, reason=request.reason, what=secret.kind, ending=secret.ending)
    return secret


def close_account(actor: Actor, *, account_id: UUID, reason: str) -> GatewayAccount:
    """Take no more payments through an account. Its old payments are still heard of."""
    actor.require(permissions.MANAGE_ACCOUNTS)
    account = account_for_update(account_id)
    if account.state == State.CLOSED:
        raise AccountClosed(state=account.get_state_display().lower())
    if not reason.strip():
        raise Invalid.field("reason", _("Say why, so that others understand it later."))
    _close(actor, account, reason.strip())
    return account


def account_for_update(account_id: UUID) -> GatewayAccount:
    """One account, locked."""
    account: GatewayAccount | None = GatewayAccount.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise AccountNotFound
    return account


def access_to(account: GatewayAccount) -> Access:
    """What opens the provider's door; read inside a transaction, used outside it."""
    sealed = (
        GatewaySecret.objects.filter(account_id=account.id, kind=Kind.SECRET_KEY, state=GatewaySecret.State.ACTIVE)
        .values_list("sealed", flat=True)
        .first()
    )
    if sealed is None:
        raise AccountClosed(state=account.get_state_display().lower())
    return Access(unseal(sealed), account.is_live)


def webhook_secrets_of(account: GatewayAccount) -> list[str]:
    """The secrets with which a delivery may be signed: the one in force, and shortly the one before."""
    rows = GatewaySecret.objects.filter(account_id=account.id, kind=Kind.WEBHOOK_SECRET)
    since = clock.now() - OVERLAP
    return [
        unseal(one.sealed)
        for one in rows.order_by("-created_at")
        if one.state == GatewaySecret.State.ACTIVE
        or (one.state == GatewaySecret.State.RETIRED and one.retired_at and one.retired_at > since)
    ]


def forget_replaced_secrets(organisation_id: UUID) -> int:
    """Erase what was replaced long ago; a secret that opens nothing is still nobody's business."""
    with tenant_scope(organisation_id):
        long_ago = GatewaySecret.objects.filter(
            state=GatewaySecret.State.RETIRED, retired_at__lt=clock.now() - OVERLAP
        ).exclude(sealed="")
        return int(long_ago.update(sealed=""))


def _close(actor: Actor, account: GatewayAccount, reason: str) -> None:
    account.state, account.closed_at = State.CLOSED, clock.now()
    account.save(update_fields=["state", "closed_at"])
    record(actor, "gateways.account_closed", account, reason=reason, provider=account.provider)


def _check_secret(provider: str, kind: str, value: str, *, is_live: bool) -> None:
    tidy = value.strip()
    if kind not in Kind.values:
        raise Invalid.field("kind", _("There is no such secret."))
    if not SHORTEST_SECRET <= len(tidy) <= LONGEST_SECRET or not tidy.isascii() or any(c.isspace() for c in tidy):
        raise Invalid.field("value", _("Copy the secret as the provider shows it, without spaces."))
    if kind == Kind.SECRET_KEY and (fault := PROVIDERS[provider].key_fault(tidy, is_live=is_live)):
        raise Invalid.field("secret_key", fault)


def _note_secret(actor: Actor, account: GatewayAccount, kind: str, value: str) -> GatewaySecret:
    tidy = value.strip()
    secret: GatewaySecret = GatewaySecret.objects.create(
        account=account, kind=kind, sealed=seal(tidy), ending=tidy[-4:], proposed_by=actor.user_id
    )
    return secret


def _put_in_force(secret: GatewaySecret) -> None:
    now = clock.now()
    standing = GatewaySecret.objects.filter(account_id=secret.account_id, kind=secret.kind)
    standing.filter(state=GatewaySecret.State.ACTIVE).update(state=GatewaySecret.State.RETIRED, retired_at=now)
    secret.state, secret.in_force_at = GatewaySecret.State.ACTIVE, now
    secret.save(update_fields=["state", "in_force_at"])
