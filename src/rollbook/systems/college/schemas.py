"""What the college's endpoints have in common."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

#: The default of a field that a change may leave out; sending null is refused, since the field's type is not nullable.
UNCHANGED: Any = None


class Body(Schema):
    """What a caller sends. A field that nobody asked for is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ReasonIn(Body):
    """Why."""

    reason: str = Field(max_length=500)
