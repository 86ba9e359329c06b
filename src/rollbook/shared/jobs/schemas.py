"""Background work as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class QueueOut(Schema):
    """How the caller's queue stands."""

    waiting: int
    doing: int
    dead_letters: int
    workers: int


class LetterOut(Schema):
    """A job that failed in all its attempts."""

    number: int
    job: str = Field(examples=["college.fees.mark_overdue"])
    attempts: int
    arguments: dict[str, Any] = Field(description="Ids only.")
    last_error: str
    failed_at: datetime | None


class RunOut(Schema):
    """One attempt at one job."""

    id: UUID
    job: str
    queue_job_id: int
    attempt: int
    outcome: str
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    units_done: int
    units_failed: int
    failed_ids: list[str]
    error: str
    reason: str


class DiscardIn(Schema):
    """Why a job need not be done any more."""

    reason: str = Field(min_length=1, max_length=500)
