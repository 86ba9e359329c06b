"""Who may see and change the accounts at payment providers."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_ACCOUNTS = register("gateways.view", "See the accounts at payment providers", roles=[ADMINISTRATOR, AUDITOR])
MANAGE_ACCOUNTS = register(
    "gateways.manage", "Propose accounts and secrets of payment providers, and close accounts", roles=[ADMINISTRATOR]
)
APPROVE_ACCOUNTS = register(
    "gateways.approve", "Approve accounts and secrets of payment providers", roles=[ADMINISTRATOR]
)
