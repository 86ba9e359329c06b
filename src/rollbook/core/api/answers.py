"""Answers that are encoded once, for what is asked most: the endpoint's own words become the body as they are."""

import json
from typing import Any

from django.http import HttpResponse
from ninja.responses import NinjaJSONEncoder

_encode = json.JSONEncoder(separators=(",", ":"), default=NinjaJSONEncoder().default).encode


def encoded(value: Any, *, status: int = 200) -> HttpResponse:
    """JSON of plain values without checking them against the declared answer; tests of the description do that."""
    return HttpResponse(_encode(value).encode(), status=status, content_type="application/json; charset=utf-8")
