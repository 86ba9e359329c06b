"""Acts of the inbox: store first, handle once, park what comes too early, let a person decide the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock, events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.webhooks import permissions, rules
from rollbook.shared.webhooks.errors import EventNotFound, EventSettled, NoSuchEndpoint
from rollbook.shared.webhooks.events import EventNeedsPerson
from rollbook.shared.webhooks.models import WebhookEvent

State = WebhookEvent.State
#: More than a provider ever sends; a body beyond it is refused unread.
LARGEST_BODY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a provider's adapter reads from a delivery."""

    event_id: str
    kind: str
    #: What later events of the same thing share.
    subject: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What handling an event came to: PROCESSED, IGNORED, or PARKED until something else arrives.

    `needs_person` says that waiting will not help: it is parked, cried out, and tried again only by hand.
    """

    state: str
    note: str = ""
    needs_person: bool = False


Handle = Callable[[Actor, WebhookEvent], Verdict]


def receive(
    provider: str, endpoint_key: str, *, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[WebhookEvent, bool]:
    """Take in a delivery, in the scope of the organisation that its address names. Answers (event, is new)."""
    from rollbook.shared.webhooks.register import receiver_of

    receiver = receiver_of(provider)
    checked = receiver.check(endpoint_key, headers, body, now) if receiver else None
    if checked is None:
        raise NoSuchEndpoint
    return store(provider, body, envelope=checked.envelope, fault=checked.fault, endpoint_key=endpoint_key)


def store(
    provider: str, body: bytes, *, envelope: Envelope | None, fault: str = "", endpoint_key: str = ""
) -> tuple[WebhookEvent, bool]:
    """Store a delivery; a second one of the same event is counted, not stored again. Answers (event, is new)."""
    if fault or envelope is None:
        refused = WebhookEvent.objects.create(
            provider=provider, endpoint_key=endpoint_key, body=body, signature_ok=False, state=State.REFUSED,
            next_at=None, note=fault or "The body cannot be read.",
        )  # fmt: skip
        return refused, True
    try:
        with transaction.atomic():
            event: WebhookEvent = WebhookEvent.objects.create(
                provider=provider, endpoint_key=endpoint_key, event_id=envelope.event_id, kind=envelope.kind,
                subject=envelope.subject, body=body, signature_ok=True,
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
    if event.state not in WebhookEvent.OPEN or not event.signature_ok:
        return event
    _settle(actor, event, handle(actor, event))
    if event.state == State.PROCESSED and event.subject:
        # Whoever holds one of them at this moment handles it after us.
        waiting = WebhookEvent.objects.select_for_update(skip_locked=True).filter(
            provider=event.provider, subject=event.subject, state=State.PARKED
        )
        for parked in waiting.order_by("created_at", "id"):
            _settle(actor, parked, handle(actor, parked))
    return event


def _settle(actor: Actor, event: WebhookEvent, verdict: Verdict) -> None:
    now = clock.now()
    was = event.note
    event.state, event.note, event.processed_at = verdict.state, verdict.note[:300], now
    event.tries += 1
    event.next_at = None
    cry = verdict.needs_person and verdict.note[:300] != was
    if verdict.state == State.PARKED and not verdict.needs_person:
        if now - event.created_at < rules.WAITS_FOR:
            event.next_at = rules.next_try(event.tries, now)
        else:
            event.state, cry = State.FAILED, True
            event.note = f"{verdict.note} It waited for a day."[:300]
    event.save(update_fields=["state", "note", "processed_at", "tries", "next_at"])
    if cry:
        events.publish(EventNeedsPerson(actor, event.id, event.provider, event.kind, event.note))


def note_failure(actor: Actor, event_id: UUID, kind: str) -> None:
    """Handling an event broke: it is tried again for a day; the first time somebody is told."""
    event = WebhookEvent.objects.select_for_update().filter(id=event_id, state__in=WebhookEvent.OPEN).first()
    if event is None:
        return
    now = clock.now()
    is_first = event.state != State.FAILED
    event.tries += 1
    event.state, event.note, event.processed_at = State.FAILED, f"It could not be recorded: {kind}"[:300], now
    event.next_at = rules.next_try(event.tries, now) if now - event.created_at < rules.WAITS_FOR else None
    event.save(update_fields=["tries", "state", "note", "processed_at", "next_at"])
    if is_first:
        events.publish(EventNeedsPerson(actor, event.id, event.provider, event.kind, event.note))


def replay(actor: Actor, *, event_id: UUID) -> WebhookEvent:
    """Handle an event again that waits or failed; one that was handled has its effect and keeps it."""
    from rollbook.shared.webhooks.register import receiver_of

    actor.require(permissions.MANAGE_INBOX)
    event = _open_event(event_id)
    receiver = receiver_of(event.provider)
    if receiver is None:
        raise NoSuchEndpoint
    found = process(Actor.system(actor.organisation_id, job="webhooks.replay"), event.id, receiver.handle)
    record(actor, "webhooks.replayed", found, state=found.state, provider=found.provider)
    return found


def discard(actor: Actor, *, event_id: UUID, reason: str) -> WebhookEvent:
    """Decide that nothing follows from an event. It stays in the inbox with the reason."""
    actor.require(permissions.MANAGE_INBOX)
    event = _open_event(event_id)
    if not reason.strip():
        raise Invalid.field("reason", _("Say why, so that others understand it later."))
    event.state, event.next_at, event.processed_at = State.DISCARDED, None, clock.now()
    event.save(update_fields=["state", "next_at", "processed_at"])
    record(actor, "webhooks.discarded", event, reason=reason.strip(), provider=event.provider)
    return event


def _open_event(event_id: UUID) -> WebhookEvent:
    event: WebhookEvent | None = WebhookEvent.objects.select_for_update().filter(id=event_id).first()
    if event is None:
        raise EventNotFound
    if event.state not in WebhookEvent.OPEN:
        raise EventSettled(state=event.get_state_display().lower())
    return event
