"""Reads of the provider accounts. A secret is never among them, only its last four characters."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.gateways import permissions
from rollbook.shared.gateways.errors import AccountNotFound
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret


def accounts(actor: Actor) -> QuerySet[GatewayAccount]:
    """Every account, those in use first."""
    actor.require(permissions.VIEW_ACCOUNTS)
    rows: QuerySet[GatewayAccount] = GatewayAccount.objects.order_by("state", "-created_at")
    return rows


def get_account(actor: Actor, account_id: UUID) -> GatewayAccount:
    """One account."""
    found = accounts(actor).filter(id=account_id).first()
    if found is None:
        raise AccountNotFound
    return found


def secrets_of(actor: Actor, account: GatewayAccount) -> QuerySet[GatewaySecret]:
    """Its secrets by kind, the newest first; without what they are."""
    actor.require(permissions.VIEW_ACCOUNTS)
    rows: QuerySet[GatewaySecret] = (
        GatewaySecret.objects.defer("sealed").filter(account_id=account.id).order_by("kind", "-created_at")
    )
    return rows


def endpoint_address(account: GatewayAccount) -> str:
    """The address that the provider is given for its events."""
    return f"{settings.BASE_URL}/api/v1/webhooks/{account.provider}/{account.endpoint_key}"
