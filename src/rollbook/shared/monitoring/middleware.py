"""Who really asked, and one record of each request: an id, a log line, two measurements."""

import time
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from rollbook.core import ids
from rollbook.shared.monitoring import metrics

log = structlog.get_logger("rollbook.request")

Answer = Callable[[HttpRequest], HttpResponse]
Networks = list[IPv4Network | IPv6Network]

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
#: Asked every few seconds by machines; a log line each would bury the others.
_QUIET = frozenset({"health/live", "health/ready", "metrics"})


def networks(words: tuple[str, ...]) -> Networks:
    """Read addresses and networks."""
    return [ip_network(word, strict=False) for word in words]


def is_within(address: str, allowed: Networks) -> bool:
    """Whether an address belongs to one of the networks; what is no address belongs to none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in allowed)


class TrustedProxies:
    """Believe what a proxy of ours says about the visitor, and nobody else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.proxies = networks(tuple(settings.TRUSTED_PROXIES))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_within(request.META.get("REMOTE_ADDR", ""), self.proxies):
            request.META["REMOTE_ADDR"] = self._visitor(request)
        else:
            removed = [request.META.pop(header, None) for header in _FORWARDED]
            request.came_through_unknown_proxy = any(removed)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _visitor(self, request: HttpRequest) -> str:
        """The nearest address that is not one of our proxies: what stands left of it may be invented."""
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        strangers = [hop for hop in hops if not is_within(hop, self.proxies)]
        return str(strangers[-1] if strangers else request.META["REMOTE_ADDR"])


class RequestRecord:
    """Give each request an id, and write one line and two measurements about it.

    The line names the route, not the address, because an address holds ids and what people typed.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = str(ids.new_id())
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response["X-Request-ID"] = request_id
        match = request.resolver_match
        route = match.route if match else "none"
        method = request.method or "GET"
        metrics.record_request(method=method, route=route, status=response.status_code, seconds=seconds)
        if route not in _QUIET:
            self._write(request, method, route, response.status_code, seconds)
        return response

    def _write(self, request: HttpRequest, method: str, route: str, status: int, seconds: float) -> None:
        actor = getattr(request, "actor", None)
        facts = {"user_id": str(actor.user_id), "organisation_id": str(actor.organisation_id)} if actor else {}
        write = log.error if status >= 500 else log.info
        write("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), **facts)
