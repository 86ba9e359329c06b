"""What the college's endpoints have in common."""

from ninja import Schema
from pydantic import ConfigDict


class Body(Schema):
    """What a caller sends. A field that nobody asked for is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
