"""Measurements for Prometheus; labels name routes and outcomes, never a tenant or a person."""

from prometheus_client import Counter, Histogram

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("rollbook_http_requests_total", "Requests answered.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "rollbook_http_request_seconds",
    "Time from the request's arrival to its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def record_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    # Anybody may invent a method; each new label value would cost memory for ever.
    known = method if method in _METHODS else "other"
    REQUESTS.labels(known, route, str(status)).inc()
    REQUEST_SECONDS.labels(known, route).observe(seconds)
