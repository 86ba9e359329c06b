"""Online payment in the demonstration: an account whose provider is a stand-in on this machine."""

import secrets

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.sealing import seal
from rollbook.shared.webhooks.rules import new_endpoint_key


def open_account(actor: Actor) -> GatewayAccount:
    """An account in test mode with secrets made here. Elsewhere two people open one."""
    now = clock.now()
    with tenant_scope(actor.organisation_id):
        account: GatewayAccount = GatewayAccount.objects.create(
            provider="paymongo", label="Demonstration", is_live=False, state=GatewayAccount.State.ACTIVE,
            opened_at=now, endpoint_key=new_endpoint_key(actor.organisation_id, secrets.token_urlsafe(18)),
        )  # fmt: skip
        for kind, prefix in ((GatewaySecret.Kind.SECRET_KEY, "sk_test_"), (GatewaySecret.Kind.WEBHOOK_SECRET, "whsk_")):
            value = prefix + secrets.token_urlsafe(18)
            GatewaySecret.objects.create(
                account=account, kind=kind, sealed=seal(value), ending=value[-4:], in_force_at=now,
                state=GatewaySecret.State.ACTIVE,
            )  # fmt: skip
        record(actor, "gateways.account_opened", account, provider=account.provider)
    return account
