"""What load balancers, collectors of metrics and people on call ask."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from rollbook.shared.monitoring import health, metrics
from rollbook.shared.monitoring.middleware import is_within, networks


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Whether this process answers at all; nothing else is asked."""
    return _uncached(JsonResponse({"status": "alive"}))


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether people can work: 200 when every part is well, else 503 with the part that is not."""
    readiness = health.readiness.get()
    return _uncached(JsonResponse(readiness.as_json(), status=200 if readiness.is_ready else 503))


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Measurements for a collector that may read them; for anybody else there is no such page."""
    if not may_read_metrics(request):
        raise Http404
    return _uncached(HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE))


def may_read_metrics(request: HttpRequest) -> bool:
    """From a listed address, or with the token."""
    token = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(shown.encode(), token.encode()):
        return True
    # A proxy that we do not know makes every visitor look as if they sat on this machine.
    if getattr(request, "came_through_unknown_proxy", False):
        return False
    return is_within(request.META.get("REMOTE_ADDR", ""), networks(tuple(settings.METRICS_ALLOW)))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
