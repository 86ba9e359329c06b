"""What waits for a decision of mine."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core.approvals.selectors import waiting_for
from rollbook.core.permissions.actor import Actor
from rollbook.core.web.home import TODAY, HomePart, Need, register_home_part


@register_home_part(order=10)
def decisions(actor: Actor, now: datetime) -> HomePart:
    """Requests that I may decide."""
    waiting = waiting_for(actor)
    count, first = waiting.count(), waiting.first()
    if first is None:
        return HomePart()
    title = ngettext("%(n)s request waits for your decision", "%(n)s requests wait for your decision", count)
    is_late = first.expires_at < now
    return HomePart(
        needs=[
            Need(
                title % {"n": count}, _("Decide"), reverse("approvals:queue"), icon="clipboard-check",
                tone="warn" if is_late else "", urgency=TODAY,
            )
        ]
    )  # fmt: skip
