"""Settings as JSON."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

#: A setting's value: a whole number (amounts in minor units), yes or no, a word or an exact decimal as text.
Value = bool | int | str


class PolicyOut(Schema):
    """A setting with the value that holds now."""

    key: str
    label: str
    sentence: str
    takes: str
    value: Value
    default: Value
    number: int = Field(description="How often it was changed; its ETag.")


class VersionOut(Schema):
    """One value of a setting, from a moment on."""

    id: UUID
    number: int
    value: Value
    before: Value
    effective_from: datetime
    applies_to: str
    reason: str
    author_id: UUID | None
    job: str
    created_at: datetime


class ChangeIn(Schema):
    """A new value."""

    value: Any = Field(description="What the setting `takes`.")
    effective_on: date | None = Field(None, description="The local day from which it holds; empty: from now.")
    reason: str = Field(max_length=500)
    confirmed_affected: int | None = Field(
        None, ge=0, le=2**31 - 1, description="For a day in the past: the number that the preview showed."
    )


class LookIn(Schema):
    """A value to look ahead at."""

    value: Any
    effective_on: date | None = None


class LookOut(Schema):
    """What a change would mean."""

    before: Value
    value: Value
    effective_from: datetime
    is_retroactive: bool
    sentence: str
    affected: int
