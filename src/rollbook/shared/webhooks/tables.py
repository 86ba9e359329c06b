"""The inbox as a table."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from rollbook.core.web.states import State
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter, Table, TextFilter
from rollbook.shared.webhooks.models import WebhookEvent

STATES = {
    WebhookEvent.State.RECEIVED.value: State(_("Received"), "wait"),
    WebhookEvent.State.PROCESSED.value: State(_("Handled"), "good"),
    WebhookEvent.State.PARKED.value: State(_("Waiting"), "warn"),
    WebhookEvent.State.IGNORED.value: State(_("Nothing follows"), "neutral"),
    WebhookEvent.State.FAILED.value: State(_("Failed"), "bad"),
    WebhookEvent.State.REFUSED.value: State(_("Not believed"), "bad", "shield-alert"),
    WebhookEvent.State.DISCARDED.value: State(_("Discarded"), "neutral"),
}


class InboxTable(Table):
    """What providers sent, the newest first."""

    name = "webhook-events"
    title = _("What providers sent")
    order = "-created_at"
    row_link = "webhooks:event"
    columns: ClassVar[list[Column]] = [
        Column("kind", _("Kind"), primary=True, sortable=True, text=lambda row: row["kind"] or _("Cannot be read")),
        Column("provider", _("Provider")),
        Column("created_at", _("Arrived"), "datetime", sortable=True),
        Column("state", _("State"), "state", states=STATES),
        Column("note", _("What became of it")),
        Column("deliveries", _("Times delivered"), "number", visible=False),
        Column("tries", _("Times tried"), "number", visible=False),
        Column("next_at", _("Tried again"), "datetime", nullable=True, visible=False),
        Column("subject", _("About"), visible=False),
    ]
    filters: ClassVar[list[Any]] = [
        TextFilter("find", _("Kind or number of the payment"), lookups=("kind__icontains", "subject__exact")),
        ChoiceFilter(
            "state", _("State"), choices=[(value, state.label) for value, state in STATES.items()], multiple=True
        ),
        DateRangeFilter("arrived", _("Arrived"), lookup="created_at", moments=True),
    ]
    empty_title = _("Nothing has arrived yet")
    empty_text = _("As soon as a provider sends an event, it is kept here as it came.")
    empty_icon = "inbox"
