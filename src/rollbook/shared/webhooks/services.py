"""Acts of the inbox: store first, handle once, park what comes too early."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.shared.webhooks.models import WebhookEvent

State = WebhookEvent.State


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a provider's adapter reads from a delivery."""

    event_id: str
    kind: str
    #: What later events of the same thing share.
    subject: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What handling an event came to: PROCESSED, PARKED until something else arrives, or IGNORED."""

    state: str
    note: str = ""


Handle = Callable[[Actor, WebhookEvent], Verdict]


def store(provider: str, body: bytes, *, envelope: Envelope | None, signature_ok: bool) -> tuple[WebhookEvent, bool]:
    """Store a delivery; a second one of the same event is counted, not stored again. Answers (event, is new)."""
    if not signature_ok or envelope is None:
        refused = WebhookEvent.objects.create(
            provider=provider, body=body, signature_ok=False, state=State.REFUSED, note="The signature does not fit."
        )
        return refused, True
    try:
        with transaction.atomic():
            event: WebhookEvent = WebhookEvent.objects.create(
                provider=provider, event_id=envelope.event_id, kind=envelope.kind, subject=envelope.subject, body=body,
                signature_ok=True,
            )  # fmt: skip
    except IntegrityError:
        standing = WebhookEvent.objects.select_for_update().get(
            provider=provider, event_id=envelope.event_id, signature_ok=True
        )
        standing.deliveries += 1
        standing.save(update_fields=["deliveries"])
        return standing, False
    return event, True


def process(actor: Actor, event_id: UUID, handle: Handle) -> WebhookEvent:
    """Handle an event once, then those of the same subject that were waiting for it."""
    event: WebhookEvent = WebhookEvent.objects.select_for_update().get(id=event_id)
    if event.state not in (State.RECEIVED, State.PARKED, State.FAILED) or not event.signature_ok:
        return event
    _settle(event, handle(actor, event))
    if event.state == State.PROCESSED:
        waiting = WebhookEvent.objects.select_for_update().filter(
            provider=event.provider, subject=event.subject, state=State.PARKED
        )
        for parked in waiting.order_by("created_at", "id"):
            _settle(parked, handle(actor, parked))
    return event


def _settle(event: WebhookEvent, verdict: Verdict) -> None:
    event.state, event.note, event.processed_at = verdict.state, verdict.note[:300], clock.now()
    event.save(update_fields=["state", "note", "processed_at"])
