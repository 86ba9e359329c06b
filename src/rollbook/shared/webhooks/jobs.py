"""Handling what arrived."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs.batches import BatchReport, work_through
from rollbook.shared.jobs.queue import AlreadyWaitingError
from rollbook.shared.jobs.register import job
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.register import receiver_of
from rollbook.shared.webhooks.services import Verdict, note_failure, process

HANDLE = "webhooks.handle_events"


@job(name=HANDLE, schedule="* * * * *", commits_per_unit=True)
def handle_events(*, organisation_id: UUID) -> BatchReport:
    """Handle the events that arrived, and again those whose time to be tried has come."""
    actor = Actor.system(organisation_id, job=HANDLE)
    moment = clock.now()
    report = work_through(
        organisation_id,
        rows=lambda: events_to_handle().filter(next_at__lte=max(moment, clock.now())),
        unit=lambda event: process(actor, event.id, _handle),
    )
    for failure in report.failed:
        with tenant_scope(organisation_id):
            note_failure(actor, failure.id, failure.kind)
    # A broken event is told of in the inbox and tried again; the job itself has done its work.
    report.failed.clear()
    return report


def events_to_handle() -> "QuerySet[WebhookEvent]":
    """What still has to be handled, oldest first."""
    rows: QuerySet[WebhookEvent] = WebhookEvent.objects.filter(
        state__in=WebhookEvent.OPEN, next_at__isnull=False
    ).order_by("next_at", "id")
    return rows


def _handle(actor: Actor, event: WebhookEvent) -> Verdict:
    receiver = receiver_of(event.provider)
    if receiver is None:
        return Verdict(WebhookEvent.State.IGNORED, "Nobody reads this provider's events any more.")
    return receiver.handle(actor, event)


def handle_soon(organisation_id: UUID) -> None:
    """Put the handling into the queue once, in the present transaction."""
    try:
        handle_events.put({"organisation_id": organisation_id}, waiting_once=f"{HANDLE}:{organisation_id}")
    except AlreadyWaitingError:
        # The one that waits handles this event too; the run of the next minute finds what fell between.
        return
