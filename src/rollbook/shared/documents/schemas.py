"""Issued papers as JSON carries them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema


class DocumentOut(Schema):
    """An issued paper."""

    id: UUID
    kind: str
    title: str
    number: str
    code: str
    person_id: UUID | None
    subject_type: str
    subject_id: UUID | None
    sha256: str
    issued_at: datetime
    issued_on: date
    issued_by: UUID | None
    state: str
    state_reason: str
    state_at: datetime | None
    replaces_id: UUID | None
    reissued_by_id: UUID | None
    prints: int


class DocumentDetailOut(DocumentOut):
    """An issued paper with what it says and where it is verified."""

    snapshot: dict[str, Any]
    papers: list[str]
    verify_url: str


class ReasonIn(Schema):
    """Why something is done."""

    reason: str


class PrintIn(Schema):
    """On which paper; empty for the usual one."""

    paper: str = ""


class FactOut(Schema):
    """A label and what it says."""

    label: str
    value: str


class VerifiedOut(Schema):
    """What the public may know of a paper. For whatever is no code of a paper: valid false, state NOT_VALID."""

    valid: bool
    state: str
    title: str
    code: str
    issuer: str
    explanation: str
    facts: list[FactOut]
    #: A small JPEG as a data address, where the paper has a face.
    photo: str | None
