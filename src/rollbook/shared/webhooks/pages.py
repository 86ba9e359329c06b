"""The inbox on the screen: what came, what became of it, and the decision about what did not fit."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.webhooks import selectors, services
from rollbook.shared.webhooks.models import WebhookEvent
from rollbook.shared.webhooks.permissions import MANAGE_INBOX, VIEW_INBOX
from rollbook.shared.webhooks.register import receiver_of
from rollbook.shared.webhooks.tables import STATES, InboxTable


@page(permission=VIEW_INBOX)
def inbox(request: PageRequest) -> HttpResponse:
    """Everything that providers sent."""
    rows = selectors.events(request.actor).order_by().values(*InboxTable.fields())
    counts = selectors.counts()
    context = {
        "waiting": counts[WebhookEvent.State.PARKED] + counts[WebhookEvent.State.FAILED],
        "arriving": counts[WebhookEvent.State.RECEIVED],
    }
    return InboxTable(request, rows).respond("webhooks/inbox.html", context)


@page(permission=VIEW_INBOX)
def event(request: PageRequest, event_id: UUID) -> HttpResponse:
    """One event: what it says without anything about a person, and what became of it."""
    found = selectors.get_event(request.actor, event_id)
    receiver = receiver_of(found.provider)
    context = {
        "event": found,
        "state": STATES[found.state],
        # Of what is not believed nothing is shown: anybody could have written it.
        "facts": receiver.facts(found) if receiver and found.signature_ok else {},
        "size": len(bytes(found.body)),
        "may_decide": request.actor.may(MANAGE_INBOX) and found.state in WebhookEvent.OPEN,
    }
    return render(request, "webhooks/event.html", context)


@require_POST
@page(permission=MANAGE_INBOX)
def replay(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Handle an event again."""
    found = services.replay(request.actor, event_id=event_id)
    return done(request, "webhooks:event", event_id, message=_("Tried again: %(note)s") % {"note": found.note})


@require_POST
@page(permission=MANAGE_INBOX)
def discard(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Decide that nothing follows from it."""
    services.discard(request.actor, event_id=event_id, reason=request.POST.get("reason", ""))
    return done(request, "webhooks:inbox", message=_("The event is discarded. It stays here with your reason."))
