"""Answers that are encoded once, for what is asked most: the endpoint's own words become the body as they are."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from ninja.responses import NinjaJSONEncoder

from rollbook.core.db.closing import json_with_marks

_plain = NinjaJSONEncoder().default


def encoded(value: Any, *, status: int = 200) -> HttpResponse:
    """JSON of plain values without checking them against the declared answer; tests of the description do that."""
    text, late = json_with_marks(value, _plain)
    response = HttpResponse(text.encode(), status=status, content_type="application/json; charset=utf-8")
    for one in late:
        one.when_known(partial(_put_in, response, one.mark))
    return response


def _put_in(response: HttpResponse, mark: str, text: str) -> None:
    response.content = response.content.replace(mark.encode(), text.encode())
