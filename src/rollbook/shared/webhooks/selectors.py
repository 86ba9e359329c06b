"""Reads of the inbox."""

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.webhooks import permissions
from rollbook.shared.webhooks.errors import EventNotFound
from rollbook.shared.webhooks.models import WebhookEvent


def events(actor: Actor) -> QuerySet[WebhookEvent]:
    """Every event, without its body."""
    actor.require(permissions.VIEW_INBOX)
    rows: QuerySet[WebhookEvent] = WebhookEvent.objects.defer("body")
    return rows


def get_event(actor: Actor, event_id: UUID) -> WebhookEvent:
    """One event with its body."""
    actor.require(permissions.VIEW_INBOX)
    found: WebhookEvent | None = WebhookEvent.objects.filter(id=event_id).first()
    if found is None:
        raise EventNotFound
    return found


def counts() -> dict[str, int]:
    """How many events stand in each state that needs something."""
    rows: Any = (
        WebhookEvent.objects.filter(state__in=WebhookEvent.OPEN).order_by().values_list("state").annotate(n=Count("id"))
    )
    return dict.fromkeys(WebhookEvent.OPEN, 0) | dict(rows)
