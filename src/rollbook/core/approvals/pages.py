"""The queue of decisions: what waits for me, what I asked for, what was decided."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollbook.core.approvals import permissions, register, selectors, services
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter, State, Table

STATES = {
    ApprovalRequest.State.PROPOSED: State(_("Waiting"), "wait"),
    ApprovalRequest.State.APPROVED: State(_("Approved"), "good"),
    ApprovalRequest.State.RETURNED: State(_("Returned"), "warn"),
    ApprovalRequest.State.WITHDRAWN: State(_("Withdrawn"), "neutral"),
    ApprovalRequest.State.EXPIRED: State(_("Expired"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A request as the person who decides meets it."""

    request: ApprovalRequest
    label: str
    who: str
    description: register.Description
    is_own: bool
    state: State

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What changes: name, before, after."""
        return [(change.label, change.before, change.after) for change in self.description.changes]


def card_of(actor: Actor, request: Any) -> Card:
    """The card of a request; its kind says what it is about. A kind that is gone can still be looked up."""
    kind = register.kinds().get(request.kind)
    return Card(
        request=request,
        label=gettext(kind.label) if kind else request.kind,
        who=request.proposer_name or request.proposed_job or str(_("Somebody who is no longer a member")),
        description=kind.describe(request) if kind else register.Description(title=request.kind),
        is_own=request.is_of(actor.user_id),
        state=STATES[ApprovalRequest.State(request.state)],
    )


@page(permission=SIGNED_IN)
def queue(request: PageRequest) -> HttpResponse:
    """What waits for my decision, and what of mine waits for somebody else's."""
    actor = request.actor
    context = {
        "waiting": [card_of(actor, each) for each in selectors.with_proposer(selectors.waiting_for(actor))[:50]],
        "mine": [card_of(actor, each) for each in selectors.with_proposer(selectors.own_waiting(actor))[:20]],
        "may_view_all": actor.may(permissions.VIEW_ALL_REQUESTS),
    }
    return render(request, "approvals/queue.html", context)


@page(permission=SIGNED_IN)
def request_page(request: PageRequest, request_id: UUID) -> HttpResponse:
    """One request, whatever became of it."""
    found = selectors.get_request(request.actor, request_id)
    kind = register.kinds().get(found.kind)
    card = card_of(request.actor, found)
    is_waiting = found.may_become(ApprovalRequest.State.APPROVED)
    context = {
        "card": card,
        "may_decide": kind is not None
        and is_waiting
        and not card.is_own
        and request.actor.may(kind.approve_permission),
        "may_withdraw": is_waiting and request.actor.user_id == found.proposed_by_id,
        "events": selectors.story(found),
    }
    return render(request, "approvals/request.html", context)


@page(permission=SIGNED_IN)
def decide(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Approve or return."""
    if request.method != "POST":
        return done(request, "approvals:request", request_id)
    approve = request.POST.get("decision") == "approve"
    services.decide(request.actor, request_id, approve=approve, note=request.POST.get("note", "")[:500])
    message = _("Approved and done.") if approve else _("Returned with your note.")
    return done(request, "approvals:queue", message=message)


@page(permission=SIGNED_IN)
def withdraw(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Take back one's own request."""
    if request.method != "POST":
        return done(request, "approvals:request", request_id)
    services.withdraw(request.actor, request_id, note=request.POST.get("reason", "")[:500])
    return done(request, "approvals:queue", message=_("Your request is taken back."))


def _kinds() -> list[tuple[str, str]]:
    return [(kind.key, gettext(kind.label)) for kind in register.kinds().values()]


def _kind_words(row: Any) -> str:
    kind = register.kinds().get(row["kind"])
    return gettext(kind.label) if kind else str(row["kind"])


class RequestTable(Table):
    """Every request of the organisation."""

    name = "approvals"
    title = _("Requests for a decision")
    columns = (
        Column("created_at", _("Asked on"), kind="datetime", sortable=True, primary=True, link="approvals:request"),
        Column("kind", _("What"), text=_kind_words, needs=("kind",)),
        Column("proposer_name", _("Asked by"), text=lambda row: row["proposer_name"] or row["proposed_job"],
               needs=("proposer_name", "proposed_job")),
        Column("reason", _("Why")),
        Column("state", _("State"), kind="state", states=STATES),
        Column("decider_name", _("Decided by")),
        Column("decided_at", _("Decided on"), kind="datetime", nullable=True),
        Column("note", _("Note"), visible=False),
    )  # fmt: skip
    filters: ClassVar[Any] = (
        ChoiceFilter("state", _("State"), choices=ApprovalRequest.State.choices),
        ChoiceFilter("kind", _("What"), choices=_kinds),
        DateRangeFilter("asked", _("Asked"), lookup="created_at", moments=True),
    )
    order = "-created_at"
    empty_title = _("Nobody has asked for a decision yet")
    empty_icon = "clipboard-check"


@page(permission=permissions.VIEW_ALL_REQUESTS)
def every_request(request: PageRequest) -> HttpResponse:
    """Every request, for those who oversee."""
    rows = selectors.with_proposer(selectors.visible_requests(request.actor))
    table = RequestTable(request, rows.values(*RequestTable.fields()))
    return table.respond("approvals/every_request.html")
