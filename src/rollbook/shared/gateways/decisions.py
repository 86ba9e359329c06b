"""The decisions about provider accounts that take two people, and what their cards say."""

from django.utils.translation import gettext as _

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, register_kind
from rollbook.shared.gateways import permissions
from rollbook.shared.gateways.models import GatewayAccount, GatewaySecret
from rollbook.shared.gateways.providers import PROVIDERS
from rollbook.shared.gateways.services import accounts


def register_all() -> None:
    """Name each kind of decision, who decides it and what it does."""
    register_kind(
        accounts.OPEN, "Open a provider account", permissions.APPROVE_ACCOUNTS,
        execute=accounts.carry_out_open, describe=describe_open,
    )  # fmt: skip
    register_kind(
        accounts.CHANGE_SECRET, "Change a provider's secret", permissions.APPROVE_ACCOUNTS,
        execute=accounts.carry_out_secret, describe=describe_secret,
    )  # fmt: skip


def describe_open(request: ApprovalRequest) -> Description:
    """The card of a new account."""
    account = GatewayAccount.objects.get(id=request.target_id)
    standing = GatewayAccount.objects.filter(provider=account.provider, state=GatewayAccount.State.ACTIVE).first()
    label = PROVIDERS[account.provider].label
    mode = _("real money") if account.is_live else _("test mode")
    return Description(
        title=_("Take payments through %(provider)s") % {"provider": label},
        changes=[Change(_("Account"), standing.label if standing else "—", f"{account.label} ({mode})")],
        effect=_("Online payments go to this account from then on. An account in use before is closed."),
    )


def describe_secret(request: ApprovalRequest) -> Description:
    """The card of a new secret; only its last four characters are ever shown."""
    secret = GatewaySecret.objects.select_related("account").get(id=request.target_id)
    before = GatewaySecret.objects.filter(
        account_id=secret.account_id, kind=secret.kind, state=GatewaySecret.State.ACTIVE
    ).first()
    return Description(
        title=_("%(what)s of %(account)s") % {"what": secret.get_kind_display(), "account": secret.account.label},
        changes=[Change(_("Ends with"), f"…{before.ending}" if before else "—", f"…{secret.ending}")],
        effect=_("The new secret is used at once. Events signed with the old one are believed for another day."),
    )
