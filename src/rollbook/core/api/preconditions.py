"""Two people, one record: the second to save is told, by `If-Match` and the record's version.

response["ETag"] = etag(invoice.version)
services.change(…, expected_version=expected_version(request))
"""

import re
from typing import Any

from django.http import HttpRequest

from rollbook.core.errors import Refusal, VersionConflict

#: For `openapi_extra` of operations that ask for the version.
IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "schema": {"type": "string"},
            "description": "The ETag that came with the record, or * for any version.",
        }
    ]
}

_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"\Z')


class VersionNeeded(Refusal):
    """Say which version you are changing: send If-Match with the ETag that came with the record."""

    code = "VERSION_NEEDED"
    status = 428


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that the caller saw; None for `If-Match: *`, which takes any."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise VersionNeeded
    if header == "*":
        return None
    found = _ETAG.match(header)
    if found is None:
        raise VersionConflict
    return int(found.group(1))


def require_version(request: HttpRequest, version: int) -> None:
    """Refuse unless the caller saw this version."""
    expected = expected_version(request)
    if expected is not None and expected != version:
        raise VersionConflict
