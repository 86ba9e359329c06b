"""A file as an answer: never a page of ours, whatever is in it."""

import re
from urllib.parse import quote

from django.http import HttpResponse

from rollbook.shared.files.buckets import PDF, PICTURES

#: Shown in the browser when that was asked for; everything else is saved.
_SHOWN = PICTURES | {PDF}


def file_response(content: bytes, *, content_type: str, name: str, is_shown: bool = False) -> HttpResponse:
    """The content of a file for the browser to save, or to show if it is a picture or a PDF."""
    response = HttpResponse(content, content_type=content_type)
    shown = is_shown and content_type in _SHOWN
    plain = re.sub(r"[^ -~]|[\"\\%]", "_", name)
    disposition = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A file is shown by itself or not at all: no script, no frame elsewhere, no access to our pages. The viewers of
    # browsers do not start inside a sandbox, so a PDF gets none; what could run in one was refused on its way in.
    guard = "object-src 'self'; style-src 'unsafe-inline'" if content_type == PDF else "sandbox"
    response["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors 'self'; {guard}"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
