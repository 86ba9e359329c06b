"""A file as an answer: never a page of ours, whatever is in it."""

from urllib.parse import quote

from django.http import HttpResponse

from rollbook.shared.files.buckets import PDF, PICTURES

#: Shown in the browser when that was asked for; everything else is saved.
_SHOWN = PICTURES | {PDF}


def file_response(content: bytes, *, content_type: str, name: str, is_shown: bool = False) -> HttpResponse:
    """The content of a file for the browser to save, or to show if it is a picture or a PDF."""
    response = HttpResponse(content, content_type=content_type)
    shown = is_shown and content_type in _SHOWN
    plain = "".join(
        character if character.isascii() and character.isprintable() and character not in '"\\%' else "_"
        for character in name
    )
    disposition = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A file is shown by itself or not at all: no script, no style, no frame, no access to our pages.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'self'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
