"""Requests for a decision as JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

RequestState = Literal["PROPOSED", "APPROVED", "RETURNED", "WITHDRAWN", "EXPIRED"]


class RequestFilter(Schema):
    """Which requests are wanted."""

    state: RequestState | None = None
    kind: str | None = Field(None, max_length=100)
    target_id: UUID | None = Field(None, description="About this record.")


class RequestOut(Schema):
    """A request for a second person's decision."""

    id: UUID
    kind: str
    target_type: str
    target_id: UUID
    reason: str
    payload: dict[str, Any]
    state: RequestState
    created_at: datetime
    expires_at: datetime
    proposed_by_id: UUID | None
    proposed_job: str
    decided_by_id: UUID | None
    decided_at: datetime | None
    note: str


class DecisionIn(Schema):
    """A decision."""

    approve: bool = Field(description="True performs the act at once; false returns it to whoever asked.")
    note: str = Field("", max_length=500, description="Needed to return a request.")


class WithdrawalIn(Schema):
    """Taking back one's own request."""

    note: str = Field("", max_length=500)
