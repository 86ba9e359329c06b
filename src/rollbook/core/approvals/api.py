"""Two-person decisions over JSON."""

from typing import Any
from uuid import UUID

from ninja import Query

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.approvals import selectors, services
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.schemas import DecisionIn, RequestFilter, RequestOut, WithdrawalIn

router = Router(tags=["Approvals"])

_REQUEST = tuple(RequestOut.model_fields)


@router.get("/", permission=SIGNED_IN, response=Page[RequestOut])
def list_requests(request: ApiRequest, page: Query[PageQuery], wanted: Query[RequestFilter]) -> dict[str, Any]:
    """Requests that the caller made, may decide or oversees; the latest first."""
    rows = selectors.visible_requests(request.actor).filter(**wanted.dict(exclude_none=True))
    return page_of(rows.values(*_REQUEST), page, order=("-created_at", "-id"))


@router.get("/waiting", permission=SIGNED_IN, response=Page[RequestOut])
def list_waiting(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """What waits for the caller's own decision, the oldest first."""
    return page_of(selectors.waiting_for(request.actor).values(*_REQUEST), page, order=("created_at", "id"))


@router.get("/{request_id}", permission=SIGNED_IN, response=RequestOut)
def get_request(request: ApiRequest, request_id: UUID) -> ApprovalRequest:
    """One request."""
    return selectors.get_request(request.actor, request_id)


@router.post("/{request_id}/decision", permission=SIGNED_IN, response=RequestOut)
def decide(request: ApiRequest, request_id: UUID, body: DecisionIn) -> ApprovalRequest:
    """Approve, which performs the act at once, or return with a note. Nobody decides their own request."""
    return services.decide(request.actor, request_id, approve=body.approve, note=body.note)


@router.post("/{request_id}/withdrawal", permission=SIGNED_IN, response=RequestOut)
def withdraw(request: ApiRequest, request_id: UUID, body: WithdrawalIn) -> ApprovalRequest:
    """Take back one's own request while it waits."""
    return services.withdraw(request.actor, request_id, note=body.note)
