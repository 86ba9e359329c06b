"""Each item about settings, host, secrets and versions is made to fail by breaking what it reads."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.readiness import Item, Outcome, State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tests.attacks import as_owner, outcome_of
from rollbook.core.web import visitor
from rollbook.shared.jobs.models import WorkerBeat
from rollbook.shared.jobs.process import settings_fingerprint
from rollbook.site import settings_example
from rollbook.site.launch import environment, secrets, versions

pytestmark = pytest.mark.django_db


def assert_fails(item: Item, *words: str, limit: str = "= 0", **context: Any) -> Outcome:
    outcome = outcome_of(item, **context)
    assert (outcome.state, outcome.limit) == (State.FAIL, limit), outcome
    assert outcome.value is not None
    for word in words:
        assert word in outcome.summary + str(dict(outcome.evidence)), outcome
    return outcome


def assert_passes(item: Item, **context: Any) -> Outcome:
    outcome = outcome_of(item, **context)
    assert outcome.state is State.PASS, outcome
    return outcome


# --- The host ---


GIGABYTE = 1024**3


def a_host(
    monkeypatch: pytest.MonkeyPatch, *, cores: int = 4, gigabytes: int = 8, free: int = 6, swap_used: int = 0
) -> None:
    monkeypatch.setattr(environment.os, "sched_getaffinity", lambda pid: set(range(cores)))
    monkeypatch.setattr(
        environment,
        "memory_facts",
        lambda: {
            "MemTotal": gigabytes * GIGABYTE, "MemAvailable": free * GIGABYTE,
            "SwapTotal": 10 * GIGABYTE, "SwapFree": (10 - swap_used) * GIGABYTE,
        },
    )  # fmt: skip


def test_a_host_of_the_right_size_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    a_host(monkeypatch)

    assert_passes(environment.host_is_big_enough, environment="production")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"cores": 2}, "2 cores, not 4"),
        ({"gigabytes": 2}, "2 GB of memory, not 4"),
        ({"swap_used": 2}, "20.0 % of swap is used"),
    ],
)
def test_a_host_that_is_too_small_is_found(monkeypatch: pytest.MonkeyPatch, facts: Any, said: str) -> None:
    a_host(monkeypatch, **facts)

    assert_fails(environment.host_is_big_enough, said, environment="production")


def test_two_cores_are_enough_off_production(monkeypatch: pytest.MonkeyPatch) -> None:
    a_host(monkeypatch, cores=2)

    assert_passes(environment.host_is_big_enough, environment="staging")


@pytest.mark.parametrize(
    ("busy", "host", "limit"),
    [("85.0", {}, "< 70"), ("5.0", {"gigabytes": 8, "free": 1}, "< 80")],
)
def test_a_busy_or_full_host_is_found(monkeypatch: pytest.MonkeyPatch, busy: str, host: Any, limit: str) -> None:
    a_host(monkeypatch, **host)
    monkeypatch.setattr(environment, "_cpu_percent", lambda: Decimal(busy))

    assert_fails(environment.resources_have_headroom, limit=limit)


def test_a_database_far_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    a_host(monkeypatch)
    monkeypatch.setattr(environment, "_cpu_percent", lambda: Decimal(5))
    monkeypatch.setattr(environment, "_round_trip_ms", lambda: Decimal(50))

    assert_fails(environment.resources_have_headroom, "far away", limit="< 50")


# --- Settings ---


def test_real_settings_pass() -> None:
    assert_passes(environment.settings_are_real)


def test_a_placeholder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_MAIL_FROM", "Changeme <changeme@example.com>")

    assert_fails(environment.settings_are_real, "ROLLBOOK_MAIL_FROM is a placeholder")


def test_a_setting_that_is_wrong_is_found_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_PORT", "eighty")

    assert_fails(environment.settings_are_real, "ROLLBOOK_PORT")


def test_production_needs_its_address_and_its_mail() -> None:
    assert_fails(
        environment.settings_are_real, "ROLLBOOK_BASE_URL is missing", "ROLLBOOK_MAIL_HOST is missing",
        environment="production",
    )  # fmt: skip


@pytest.mark.parametrize(("other", "state"), [(False, State.PASS), (True, State.FAIL)])
def test_a_worker_with_other_settings_is_found(other: bool, state: State) -> None:
    now = clock.now()
    print_ = "another" if other else settings_fingerprint()
    WorkerBeat.objects.create(
        name="host:1", host="h", pid=1, version="1", started_at=now, beat_at=now, settings_fingerprint=print_
    )

    outcome = outcome_of(environment.settings_are_real)

    assert outcome.state is state
    assert ("the worker host:1 runs with other settings" in str(outcome.evidence["found"])) is other


def test_the_sample_file_that_ships_is_true() -> None:
    assert_passes(environment.sample_file_is_true)
    assert settings_example.example_file().read_text(encoding="utf-8") == settings_example.example_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("ROLLBOOK_PORT=\n", ""), "ROLLBOOK_PORT is missing"),
        (lambda text: text + "\nROLLBOOK_COLOUR=\n", "ROLLBOOK_COLOUR is no setting"),
        (
            lambda text: text.replace("ROLLBOOK_SECRET_KEY=", "ROLLBOOK_SECRET_KEY=abc123"),
            "has a value that looks real",
        ),
    ],
)
def test_a_sample_file_that_is_behind_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: Any, said: str
) -> None:
    file = tmp_path / "env.example"
    file.write_text(change(settings_example.example_text()))
    monkeypatch.setattr(environment, "example_file", lambda: file)

    assert_fails(environment.sample_file_is_true, said)


def test_without_a_sample_file_nothing_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "example_file", lambda: tmp_path / "none")

    assert_fails(environment.sample_file_is_true, limit="= 1")


# --- Debug ---


def test_debug_off_passes() -> None:
    assert_passes(environment.debug_is_off)


@pytest.mark.example("launch", 4)
def test_debug_on_fails_and_the_evidence_shows_the_trace(settings: Any) -> None:
    settings.DEBUG = True

    outcome = assert_fails(environment.debug_is_off, "Debug is on and a forced error page contained a trace.")

    assert outcome.evidence["setting"] is True
    assert "Traceback" in outcome.evidence["error_page_leaks"]
    assert environment.debug_is_off.remedy.startswith("Set `ROLLBOOK_DEBUG=false` and restart")
    assert not environment.debug_is_off.is_waivable


# --- Hosts, organisations ---


@pytest.fixture
def fresh_application() -> Any:
    visitor.rebuild_application()
    yield
    visitor.rebuild_application()


def test_explicit_hosts_pass(settings: Any, fresh_application: None) -> None:
    settings.ALLOWED_HOSTS = ["rollbook.example.edu", "127.0.0.1"]

    assert_passes(environment.hosts_are_explicit)


def test_a_wildcard_host_is_found(settings: Any, fresh_application: None) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    assert_fails(environment.hosts_are_explicit, "* is a wildcard", "a forged host name was answered 200")


def test_an_organisation_that_fits_its_country_passes(organisation: Organisation) -> None:
    outcome = assert_passes(environment.organisations_fit_their_country)

    assert "₱1,234.50" in outcome.evidence["samples"][organisation.slug]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"currency": "NGN"}, "NGN is not money of PH"),
        ({"timezone": "Mars/Base"}, "the time zone Mars/Base is unknown"),
        ({"timezone": "Asia/Manila", "country": "NG", "currency": "NGN"}, "Asia/Manila is not in NG"),
    ],
)
def test_an_organisation_with_the_wrong_time_or_money_is_found(facts: Any, said: str) -> None:
    given = {"currency": "PHP", "timezone": "Asia/Manila", **facts}
    Organisation.objects.create(slug="odd", name="Odd", system="college", **given)

    assert_fails(environment.organisations_fit_their_country, said)


def test_a_nigerian_company_with_naira_passes() -> None:
    Organisation.objects.create(
        slug="lagos",
        name="Lagos",
        system="backoffice",
        currency="NGN",
        timezone="Africa/Lagos",
        country="NG",
        locale="en-NG",
    )

    assert "₦1,234.50" in assert_passes(environment.organisations_fit_their_country).evidence["samples"]["lagos"]


# --- Migrations, pools, connections ---


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_pending_migration_is_found() -> None:
    as_owner("DELETE FROM django_migrations WHERE app = 'launch'")

    assert_fails(environment.migrations_ran_once, "launch.0001_initial is pending")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_migration_that_ran_twice_or_is_unknown_is_found() -> None:
    as_owner(
        "INSERT INTO django_migrations (app, name, applied) SELECT app, name, applied FROM django_migrations"
        " WHERE app = 'jobs' AND name = '0001_initial'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0999_from_the_future', now())",
    )

    assert_fails(
        environment.migrations_ran_once, "jobs.0001_initial ran 2 times", "jobs.0999_from_the_future is unknown here"
    )


def test_applied_migrations_pass() -> None:
    assert_passes(environment.migrations_ran_once)


@pytest.mark.example("launch", 12)
def test_the_sum_of_all_pools() -> None:
    assert environment.pool_sum(web=4, workers=0, pool=10, extra=2 * 10 + 4) == 74
    assert environment.pool_sum(web=5, workers=0, pool=10, extra=2 * 10 + 4) == 84


class Given:
    def __init__(self, **facts: Any) -> None:
        self.__dict__.update({"database_pool_size": 10, "web_workers": 4, "web_threads": 8, **facts})


@pytest.mark.parametrize(
    ("facts", "state", "limit"),
    [
        ({}, State.PASS, "≤ 80"),
        ({"web_workers": 6}, State.FAIL, "≤ 80"),
        ({"database_pool_size": 1}, State.FAIL, "2 to 20"),
        ({"database_pool_size": 4}, State.WARN, "≥ 8"),
    ],
)
def test_pools_are_held_against_the_server(
    monkeypatch: pytest.MonkeyPatch, facts: Any, state: State, limit: str
) -> None:
    real = environment.value
    monkeypatch.setattr(environment, "value", lambda sql: 100 if "max_connections" in sql else real(sql))
    monkeypatch.setattr(environment, "configuration", lambda: Given(**facts))

    outcome = outcome_of(environment.pools_fit)

    assert (outcome.state, outcome.limit) == (state, limit), outcome


def test_local_connections_need_no_encryption() -> None:
    assert_passes(environment.connections_are_encrypted)


def test_a_plain_session_from_another_host_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        environment, "select", lambda sql: [("10.0.0.7/32", False), (None, False), ("10.0.0.8/32", True)]
    )

    outcome = assert_fails(environment.connections_are_encrypted, "a session from 10.0.0.7/32")

    assert (outcome.evidence["local"], outcome.evidence["encrypted"]) == (1, 1)


def test_an_external_cache_is_found(settings: Any) -> None:
    assert_passes(environment.cache_is_disposable)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}

    assert_fails(environment.cache_is_disposable, "default")


def test_each_warning_of_django_is_one_finding(settings: Any) -> None:
    settings.SECURE_CONTENT_TYPE_NOSNIFF = False

    assert_fails(environment.django_checks_pass, "security.W006")


# --- Versions ---


def a_lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    file = tmp_path / "runtime.txt"
    file.write_text(text)
    monkeypatch.setattr(versions, "lock_file", lambda: file)


def test_supported_and_pinned_versions_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import django

    a_lock(monkeypatch, tmp_path, f"django=={django.__version__} \\\n    --hash=sha256:00\n")

    outcome = assert_passes(versions.versions_are_supported, now=datetime(2026, 11, 21, tzinfo=UTC))

    assert outcome.evidence["packages"] == 1


def test_another_version_than_the_locked_one_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_lock(monkeypatch, tmp_path, "django==1.0\n")

    assert_fails(versions.versions_are_supported, "django is 5.2.", "not 1.0")


def test_a_pin_for_another_python_is_not_asked_of_this_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import django

    a_lock(
        monkeypatch,
        tmp_path,
        f"django=={django.__version__} ; python_full_version >= '3.11' \\\n    --hash=sha256:00\n"
        "django==1.0 ; python_full_version < '3.11' \\\n    --hash=sha256:00\n",
    )

    outcome = assert_passes(versions.versions_are_supported, now=datetime(2026, 11, 21, tzinfo=UTC))

    assert outcome.evidence["packages"] == 1


def test_a_version_past_its_end_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_lock(monkeypatch, tmp_path, "")

    assert_fails(
        versions.versions_are_supported, "django 5.2 has had no updates since 2028-04-30", "there is no lock file",
        now=datetime(2028, 5, 1, tzinfo=UTC),
    )  # fmt: skip


# --- Secrets ---


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    class Home:
        def __init__(self) -> None:
            self.home, self.secret_key, self.s3_secret_key = tmp_path, None, None
            self.mail_password = self.metrics_token = None

    (tmp_path / "keys").mkdir()
    (tmp_path / "log").mkdir()
    key = tmp_path / "keys" / "secret-key"
    key.write_text("k")
    key.chmod(0o600)
    monkeypatch.setattr(secrets, "configuration", Home)
    return tmp_path


def test_secrets_in_private_files_pass(home: Path) -> None:
    assert_passes(secrets.secrets_are_not_in_code)


def test_a_key_file_that_others_read_is_found(home: Path) -> None:
    (home / "keys" / "secret-key").chmod(0o644)

    assert_fails(secrets.secrets_are_not_in_code, "keys/secret-key has mode 0644, not 0600")


def test_a_secret_in_the_code_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = home / "gateway.py"
    module.write_text('"""Pays."""\n\nGATEWAY_SECRET = "sk9f83hf93hf93hf0Z"\nSECRET_NAME = "a name with spaces 1"\n')
    monkeypatch.setattr(secrets, "PACKAGE", home)

    outcome = assert_fails(secrets.secrets_are_not_in_code, "gateway.py:3")

    assert outcome.value == 1


@pytest.mark.parametrize(
    ("key", "limit"),
    [
        ("django-insecure-" + "q8Zt" * 12, "= 0"),
        ("q8Zt0pLm5xW", "≥ 50"),
        ("ab" * 40, "≥ 128"),
    ],
)
def test_a_weak_signing_key_is_found_and_never_shown(settings: Any, home: Path, key: str, limit: str) -> None:
    settings.SECRET_KEY = key

    outcome = assert_fails(secrets.signing_key_is_strong, limit=limit)

    from rollbook.shared.launch.evidence import canonical, keep

    assert key not in canonical(keep(secrets.signing_key_is_strong, outcome.evidence).facts)


def test_a_key_that_is_made_at_each_start_is_found(home: Path) -> None:
    (home / "keys" / "secret-key").unlink()

    assert_fails(secrets.signing_key_is_strong, limit="= 1")


def test_a_strong_kept_key_passes(home: Path) -> None:
    assert_passes(secrets.signing_key_is_strong)


def test_weak_shared_and_missing_passwords_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    strong = "0123456789abcdefghijklmnopqrstuvwxyz"
    monkeypatch.setattr(
        secrets, "service_passwords", lambda: {"database": strong, "mail": strong, "files": "short", "metrics": ""}
    )

    outcome = assert_fails(
        secrets.service_passwords_are_strong, "metrics has none", "files has 5 characters", "mail shares its password"
    )

    assert strong not in str(outcome)


def test_strong_passwords_of_their_own_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "service_passwords", lambda: {"database": "a" * 32, "mail": "b" * 32})

    assert_passes(secrets.service_passwords_are_strong)


def test_a_secret_in_a_log_is_found(home: Path) -> None:
    password = connection.settings_dict["PASSWORD"]
    (home / "log" / "web.log").write_text(f"connecting with {password}\n")

    outcome = assert_fails(secrets.secrets_are_nowhere, "database default in web.log")

    assert password not in str(outcome)


def test_clean_code_and_logs_pass(home: Path) -> None:
    (home / "log" / "web.log").write_text("all is well\n")

    assert assert_passes(secrets.secrets_are_nowhere).evidence["logs"] == 1
