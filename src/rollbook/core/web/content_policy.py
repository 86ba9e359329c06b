"""What an answer may load in a browser: pages by the policy of the settings, answers of the API nothing at all."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rollbook.core.api.build import PREFIX

NOTHING = "default-src 'none'; frame-ancestors 'none'"


class ContentPolicy(CSPMiddleware):
    """The policy of the settings for pages; data loads nothing, and its policy need not be made anew each time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return super().process_response(request, response)
        if HEADER not in response:
            response[HEADER] = NOTHING
        return response
