"""Who may look at what providers sent, and decide about it."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_INBOX = register("webhooks.view", "See what providers sent", roles=[ADMINISTRATOR, AUDITOR])
MANAGE_INBOX = register("webhooks.manage", "Try again or discard what a provider sent", roles=[ADMINISTRATOR])
