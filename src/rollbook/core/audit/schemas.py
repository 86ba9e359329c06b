"""The trail as JSON."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field


class EntryFilter(Schema):
    """Which acts are wanted."""

    action: str | None = Field(None, max_length=100, description="Exactly this action, such as billing.payment_voided.")
    user_id: UUID | None = Field(None, description="Done by this user, or in their name.")
    target_type: str | None = Field(None, max_length=100, description="Kind of record, such as billing.payment.")
    target_id: UUID | None = Field(None, description="This record.")
    since: date | None = Field(None, description="From this local day on.")
    until: date | None = Field(None, description="Until this local day, included.")


class EntryOut(Schema):
    """One act, or one refused attempt."""

    id: UUID
    at: datetime
    actor_kind: Literal["user", "token", "system"]
    user_id: UUID | None
    impersonator_id: UUID | None
    job: str
    action: str
    target_type: str
    target_id: UUID | None
    reason: str
    changes: dict[str, Any]
    facts: dict[str, Any]
    request_id: str
    ip: str
    user_agent: str


class AccessOut(Schema):
    """One read of a restricted record."""

    id: UUID
    at: datetime
    actor_kind: Literal["user", "token", "system"]
    user_id: UUID | None
    impersonator_id: UUID | None
    job: str
    target_type: str
    target_id: UUID | None
    person_id: UUID | None
    purpose: str
    request_id: str
    ip: str
    user_agent: str


class SealOut(Schema):
    """A closed batch of entries."""

    stream: Literal["acts", "reads"]
    number: int
    created_at: datetime
    entry_count: int
    previous_hash: str
    hash: str


class FindingOut(Schema):
    """One thing that is not as it was sealed."""

    kind: Literal["changed", "removed", "inserted", "seal", "published"]
    stream: Literal["acts", "reads"]
    sentence: str
    entry_id: UUID | None
    seal_number: int | None


class ProofOut(Schema):
    """What a proof of the trail found."""

    is_sound: bool
    seals: int
    sealed_entries: int
    waiting: int
    waiting_since: datetime | None
    findings: list[FindingOut]
    notes: list[str]
