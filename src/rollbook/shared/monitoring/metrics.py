"""Measurements for Prometheus; labels name routes and outcomes, never a tenant or a person.

Each web process counts for itself in files of a common folder (PROMETHEUS_MULTIPROC_DIR); whoever is
asked adds them up.
"""

import os
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rollbook.shared.monitoring import health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

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


class Installation(Collector):
    """What is the same whichever process is asked: the parts of the installation."""

    def collect(self) -> Iterator[Metric]:
        """Ask health, which keeps its answer for a moment."""
        build = GaugeMetricFamily("rollbook_build_info", "The version that runs.", labels=["version"])
        build.add_metric([version("rollbook")], 1)
        yield build
        well = GaugeMetricFamily("rollbook_part_up", "1 while a part of the installation is well.", labels=["part"])
        for part in health.readiness.get().parts:
            well.add_metric([part.name], float(part.is_well))
            for name, value in part.facts.items():
                yield GaugeMetricFamily(f"rollbook_{part.name}_{name}", part.name.capitalize(), value=float(value))
        yield well


def exposition() -> bytes:
    """All measurements of all web processes, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Installation())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
