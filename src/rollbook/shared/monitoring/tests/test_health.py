"""Live, ready and metrics, each of which can say no."""

from datetime import timedelta

import pytest

from rollbook.core import clock
from rollbook.shared.jobs.models import WorkerBeat
from rollbook.shared.monitoring import health


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """An answer of an earlier test is not kept."""
    monkeypatch.setattr(health, "readiness", health.Kept(health.look))


def a_worker(silent_seconds: int) -> WorkerBeat:
    now = clock.now()
    return WorkerBeat.objects.create(
        name="w", host="h", pid=1, version="1", started_at=now, beat_at=now - timedelta(seconds=silent_seconds)
    )


def parts_of(response) -> dict[str, bool]:
    return {name: part["is_well"] for name, part in response.json()["parts"].items()}


def test_live_asks_nothing_of_the_database(client):
    response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_ready_when_every_part_is_well(client):
    a_worker(silent_seconds=1)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert parts_of(response) == {"database": True, "migrations": True, "worker": True, "disk": True}


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_worker(client):
    a_worker(silent_seconds=31)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert parts_of(response) == {"database": True, "migrations": True, "worker": False, "disk": True}


@pytest.mark.django_db(transaction=True)
def test_not_ready_when_a_migration_waits(client, monkeypatch):
    a_worker(silent_seconds=1)
    monkeypatch.setattr(health, "_migrations", {("tenancy", "0999_tomorrow")})
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["migrations"]["sentence"] == "1 migrations wait to be applied."


def test_not_ready_without_a_database_and_still_alive(client, db, monkeypatch):
    from django.db import connections

    monkeypatch.setitem(connections["default"].settings_dict, "PORT", "1")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert parts_of(response) == {"database": False, "migrations": False, "worker": False, "disk": True}
    assert client.get("/health/live").status_code == 200


def test_no_secret_stands_in_the_answer(client, db):
    from django.db import connections

    body = client.get("/health/ready").content.decode()
    facts = connections["default"].settings_dict
    assert facts["PASSWORD"] not in body
    assert facts["USER"] not in body


def test_a_full_disk_is_not_ready(tmp_path):
    part = health.disk_part(tmp_path, minimum_mb=10**9)
    assert part.is_well is False
    assert part.sentence.endswith("1000000000 MB are needed.")


def test_an_answer_is_kept_for_a_moment_and_no_longer():
    asked = []

    def ask():
        asked.append(1)
        return health.Readiness(True, ())

    kept = health.Kept(ask, seconds=60)
    assert kept.get() is kept.get()
    assert len(asked) == 1
    impatient = health.Kept(ask, seconds=-1)
    assert impatient.get() is not impatient.get()


def test_metrics_are_for_listed_addresses(client, db):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b'rollbook_part_up{part="database"} 1.0' in response.content
    assert b"rollbook_http_requests_total" in response.content


def test_metrics_do_not_exist_for_strangers(client, db):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


def test_metrics_do_not_exist_for_visitors_of_a_proxy_that_we_do_not_know(client, db):
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_metrics_open_with_the_token_from_anywhere(client, db, settings):
    settings.METRICS_TOKEN = "a-long-token"
    right = {"Authorization": "Bearer a-long-token"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=right).status_code == 200
    wrong = {"Authorization": "Bearer another"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=wrong).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("address", ["/health/live", "/health/ready", "/metrics"])
def test_nothing_is_changed_there(client, db, address):
    assert client.post(address).status_code == 405
