"""Where providers deliver, and the inbox over JSON."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from rollbook.core import clock
from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import PUBLIC, ApiRequest, Router
from rollbook.core.errors import TooMuchSent
from rollbook.core.identity.counting import Limit
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.shared.webhooks import permissions, rules, selectors, services
from rollbook.shared.webhooks.errors import BadSignature, NoSuchEndpoint
from rollbook.shared.webhooks.jobs import handle_soon

router = Router(tags=["Webhooks"])

#: A provider that catches up after an outage sends many at once, from few addresses.
RATE = Limit("webhooks", times=6_000, span=timedelta(minutes=1))


class ReceivedOut(Schema):
    """That an event is stored. What follows from it is done afterwards."""

    received: bool


class EventOut(Schema):
    """An event in the inbox."""

    id: UUID
    created_at: datetime
    provider: str
    kind: str
    subject: str
    state: str
    deliveries: int
    tries: int
    next_at: datetime | None
    note: str


class DiscardIn(Schema):
    """Why nothing follows from an event."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/events", permission=permissions.VIEW_INBOX, response=Page[EventOut])
def events(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """What providers sent, the newest first; without the bodies, which hold names and addresses."""
    rows = selectors.events(request.actor).values(*EventOut.model_fields)
    return page_of(rows, page, order=("-created_at", "-id"))


@router.post("/events/{uuid:event_id}/replay", permission=permissions.MANAGE_INBOX, response=EventOut)
def replay(request: ApiRequest, event_id: UUID) -> Any:
    """Handle an event again that waits or failed."""
    return services.replay(request.actor, event_id=event_id)


@router.post("/events/{uuid:event_id}/discard", permission=permissions.MANAGE_INBOX, response=EventOut)
def discard(request: ApiRequest, event_id: UUID, body: DiscardIn) -> Any:
    """Decide that nothing follows from an event."""
    return services.discard(request.actor, event_id=event_id, reason=body.reason)


@router.post("/{provider}/{endpoint_key}", permission=PUBLIC, rate=RATE, response=ReceivedOut)
def receive(request: HttpRequest, provider: str, endpoint_key: str) -> dict[str, bool]:
    """Take in an event. It is stored before anything is done with it; one that is not believed answers 401."""
    if int(request.headers.get("Content-Length") or 0) > services.LARGEST_BODY:
        raise TooMuchSent
    organisation_id = rules.organisation_of_key(endpoint_key)
    if organisation_id is None:
        raise NoSuchEndpoint
    organisation_facts(organisation_id)
    with tenant_scope(organisation_id):
        event, is_new = services.receive(
            provider, endpoint_key, headers=request.headers, body=request.body, now=clock.now()
        )
        if event.signature_ok and is_new:
            handle_soon(organisation_id)
    if not event.signature_ok:
        raise BadSignature
    return {"received": True}
