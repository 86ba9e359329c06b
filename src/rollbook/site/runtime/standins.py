"""Runs the payment providers' stand-ins beside the web server, for the accounts in test mode that stand here."""

from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.gateways.models import GatewayAccount
from rollbook.shared.gateways.services.accounts import access_to, webhook_secrets_of
from rollbook.shared.gateways.standins.server import StandIn, serve_forever, standins_at
from rollbook.site.configuration import Configuration


def serve(config: Configuration) -> None:
    """Know the accounts, then answer until the process ends."""
    standins = standins_at(f"http://127.0.0.1:{config.standins_port}")
    by_name = {standin.name: standin for standin in standins}
    for organisation_id in Organisation.objects.filter(is_active=True).values_list("id", flat=True):
        with tenant_scope(organisation_id):
            rows = GatewayAccount.objects.filter(state=GatewayAccount.State.ACTIVE, is_live=False)
            for account in rows:
                _open(by_name[account.provider], account, config.address)
    serve_forever(config.standins_port, standins)


def _open(standin: StandIn, account: GatewayAccount, address: str) -> None:
    standin.world.secret_keys.add(access_to(account).secret_key)
    for secret in webhook_secrets_of(account)[:1]:
        standin.listen(f"{address}/api/v1/webhooks/{account.provider}/{account.endpoint_key}", secret)
