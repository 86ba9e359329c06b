"""Layers that spoil answers, for tests that see the checklist notice."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def keeps_everything(get_response: Answer) -> Answer:
    """Lets proxies keep private pages."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Cache-Control"] = "public, max-age=600"
        return response

    return answer


def lets_everybody_in(get_response: Answer) -> Answer:
    """Allows every origin."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def allows_inline_scripts(get_response: Answer) -> Answer:
    """Weakens the content policy."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = "script-src 'self' 'unsafe-inline'"
        return response

    return answer
