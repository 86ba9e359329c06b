"""Who really asked, and what is written about it."""

import io
import json
import logging

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory

from rollbook.shared.monitoring import logs
from rollbook.shared.monitoring.middleware import RequestRecord, TrustedProxies


def visitor(settings, *, proxies, remote, forwarded=None, protocol=None):
    """What the application sees of a visitor."""
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": protocol}
    request = RequestFactory().get(
        "/", headers={name: value for name, value in headers.items() if value}, REMOTE_ADDR=remote
    )
    TrustedProxies(lambda _request: HttpResponse())(request)
    return request


def test_a_proxy_of_ours_is_believed(settings):
    request = visitor(settings, proxies=("10.0.0.0/8",), remote="10.0.0.5", forwarded="203.0.113.9", protocol="https")
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert request.is_secure() is True


def test_what_the_visitor_wrote_left_of_the_truth_is_not_believed(settings):
    request = visitor(
        settings, proxies=("10.0.0.0/8",), remote="10.0.0.5", forwarded="198.51.100.1, 203.0.113.9, 10.0.0.7"
    )
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"


def test_a_stranger_is_not_believed(settings):
    request = visitor(settings, proxies=(), remote="203.0.113.9", forwarded="127.0.0.1", protocol="https")
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert "HTTP_X_FORWARDED_FOR" not in request.META
    assert request.is_secure() is False


@pytest.fixture
def written():
    """The log lines of a test as they would reach a collector."""
    before = logging.getLogger().handlers[:]
    level = logging.getLogger().level
    logs.logging_settings(level="INFO", as_json=True)
    stream = io.StringIO()
    handler = logging.getLogger().handlers[0]
    handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)


def test_a_request_leaves_one_line_without_what_was_typed(written):
    def answer(request):
        request.resolver_match = type("Match", (), {"route": "students/<uuid:student_id>/"})()
        return HttpResponse(status=201)

    response = RequestRecord(answer)(RequestFactory().post("/students/018f/?name=Juan%20Dela%20Cruz"))
    lines = [line for line in written() if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "students/<uuid:student_id>/", 201)
    ]
    assert "Juan" not in json.dumps(lines)
    assert response["X-Request-ID"] == lines[0]["request_id"]


def test_fields_named_like_a_persons_data_never_reach_the_log(written):
    structlog.get_logger("rollbook.test").warning("noted", person_id="018f", email="juan@example.edu", password="x")
    (line,) = [line for line in written() if line["event"] == "noted"]
    assert line["person_id"] == "018f"
    assert {"email", "password"}.isdisjoint(line)
