"""Requests for a decision, limited to those the actor proposed or may decide."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from rollbook.core.approvals import permissions, register
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.audit.selectors import TimelineEvent, member_name, timeline
from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor


def visible_requests(actor: Actor) -> QuerySet[ApprovalRequest]:
    """The requests that an actor proposed, may decide, or may see as an overseer."""
    requests = ApprovalRequest.objects.all()
    if actor.may(permissions.VIEW_ALL_REQUESTS):
        return requests
    decidable = [key for key, kind in register.kinds().items() if actor.may(kind.approve_permission)]
    return requests.filter(Q(kind__in=decidable) | Q(proposed_by=actor.user_id))


def waiting_for(actor: Actor) -> QuerySet[ApprovalRequest]:
    """What waits for this actor's own decision, oldest first."""
    decidable = [key for key, kind in register.kinds().items() if actor.may(kind.approve_permission)]
    waiting = ApprovalRequest.objects.filter(state=ApprovalRequest.State.PROPOSED, kind__in=decidable)
    if actor.user_id is not None:
        waiting = waiting.exclude(proposed_by=actor.user_id)
    return waiting.order_by("created_at", "id")


def may_decide_something(actor: Actor) -> bool:
    """Tell whether any kind of decision is the actor's to make, or all of them to oversee."""
    kinds = register.kinds().values()
    return actor.may(permissions.VIEW_ALL_REQUESTS) or any(actor.may(kind.approve_permission) for kind in kinds)


def own_waiting(actor: Actor) -> QuerySet[ApprovalRequest]:
    """What the actor asked for and nobody has decided yet."""
    waiting = ApprovalRequest.objects.filter(state=ApprovalRequest.State.PROPOSED, proposed_by=actor.user_id)
    return waiting.order_by("created_at", "id")


def with_proposer(requests: QuerySet[ApprovalRequest]) -> Any:
    """Add the names of who asked and who decided."""
    return requests.annotate(proposer_name=member_name("proposed_by_id"), decider_name=member_name("decided_by_id"))


def story(request: ApprovalRequest) -> list[TimelineEvent]:
    """What happened to a request."""
    return timeline("approvals.approvalrequest", request.id)


def get_request(actor: Actor, request_id: UUID) -> ApprovalRequest:
    """One request; a request that the actor may not see is not found."""
    found: ApprovalRequest | None = with_proposer(visible_requests(actor)).filter(id=request_id).first()
    if found is None:
        raise NotFound
    return found


def get_request_for_update(actor: Actor, request_id: UUID) -> ApprovalRequest:
    """One request, locked: before any record that its execution touches."""
    found = visible_requests(actor).select_for_update(of=("self",)).filter(id=request_id).first()
    if found is None:
        raise NotFound
    return found
