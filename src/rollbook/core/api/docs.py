"""The description of the API and two ways to read it, for whoever is signed in. Nothing comes from elsewhere."""

import json
from functools import lru_cache

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as plain_page
from django.urls import URLPattern, path

from rollbook.core.api.build import RollbookApi
from rollbook.core.web.pages import SIGNED_IN, PageRequest, page


def docs_urls(api: RollbookApi) -> list[URLPattern]:
    """`openapi.json`, Swagger and ReDoc of an API."""

    @lru_cache(maxsize=1)
    def description() -> bytes:
        return json.dumps(api.get_openapi_schema(), separators=(",", ":"), default=str).encode()

    @page(permission=SIGNED_IN)
    def answer(_request: PageRequest) -> HttpResponse:
        return HttpResponse(description(), content_type="application/json")

    def openapi(request: HttpRequest) -> HttpResponse:
        # The first one takes seconds to make: not while a transaction waits for it.
        description()
        return answer(request)

    @page(permission=SIGNED_IN)
    def swagger(request: PageRequest) -> HttpResponse:
        return plain_page(request, "rollbook_api/swagger.html", {"api": api})

    # ReDoc makes its search worker from a blob and its style sheet while it runs. It shows nothing that
    # anybody typed, so this one page may.
    @csp_update({"worker-src": [SELF, "blob:"], "style-src": [SELF, UNSAFE_INLINE]})
    @page(permission=SIGNED_IN)
    def redoc(request: PageRequest) -> HttpResponse:
        return plain_page(request, "rollbook_api/redoc.html", {"api": api})

    return [
        path("openapi.json", openapi, name="api_openapi"),
        path("docs/", swagger, name="api_docs"),
        path("redoc/", redoc, name="api_redoc"),
    ]
