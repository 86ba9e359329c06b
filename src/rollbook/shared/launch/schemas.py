"""The checklist as JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

Stage = Literal["PRE", "DAY", "H", "D1", "W1", "M1", "Q", "ON"]


class ResultOut(Schema):
    """What an item found at one moment."""

    id: UUID
    number: int = Field(description="Its place in the chain of this installation.")
    state: str = Field(examples=["pass"])
    summary: str
    value: str | None = Field(description="A decimal number as text.")
    unit: str
    limit: str = Field(examples=["= 0"])
    remedy: str
    evidence: dict[str, Any]
    evidence_sha256: str
    evidence_withheld: bool
    hash: str
    prev_hash: str
    taken_at: datetime
    expires_at: datetime
    duration_ms: int
    runner: str
    artefact: str


class ItemOut(Schema):
    """One line of the checklist, with its last result."""

    id: str = Field(examples=["PLT-RLS-01"])
    scope: str = Field(description='"install", or the id of an organisation.')
    profile: str
    stages: list[str]
    title: str
    how: str
    severity: str
    kind: str
    run: str = Field(description="L: safe on a live system. S: staging or a scratch copy only.")
    needs: list[str]
    waivable: bool
    document: str
    definition_hash: str
    state: str
    red: bool
    why: str
    remedy: str
    result: ResultOut | None


class BoardOut(Schema):
    """Every item that the caller may see, and what they mean together."""

    sentence: str
    verdict: str
    score: str
    counts: dict[str, int]
    taken_at: datetime
    items: list[ItemOut]


class RunIn(Schema):
    """What shall be evaluated; nothing said means everything."""

    stage: Stage | None = None
    items: list[str] = Field(default=[], max_length=100, examples=[["PLT-RLS-01"]])


class RunOut(Schema):
    """One run of the checklist."""

    id: UUID
    stage: str
    items: list[str]
    state: str
    verdict: str
    sentence: str
    counts: dict[str, int]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
