"""Each item about what browsers are told is made to fail by breaking what it asks."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.core import clock
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.readiness import Item, Outcome, State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tests.attacks import outcome_of
from rollbook.core.web import visitor
from rollbook.shared.jobs.models import WorkerBeat
from rollbook.shared.monitoring import health
from rollbook.site.launch import browser, crawls, roles

pytestmark = pytest.mark.django_db

#: Addresses that tests name.
NAMED = ("/", "/login/", "/balances/forgotten/")
LAYERS = "rollbook.site.tests.broken_middleware."
ITEMS = [
    browser.headers_are_set,
    browser.origins_are_listed,
    browser.rate_limits_hold,
    browser.output_is_escaped,
    browser.strangers_stay_outside,
    browser.private_pages_are_private,
]


@pytest.fixture(autouse=True)
def real_settings(settings: Any) -> Iterator[None]:
    """As on an installation: people may not ask as often as tests do."""
    from rollbook.core.api import limits

    settings.RATE_LIMIT_FACTOR = 1
    for forget in (visitor.rebuild_application, limits.forget_leases, crawls.forget):
        forget()
    yield
    for forget in (visitor.rebuild_application, limits.forget_leases, crawls.forget):
        forget()


@pytest.fixture
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the house: what is broken everywhere is found there, without a walk through all of it."""
    whole = crawls.routes
    monkeypatch.setattr(
        crawls, "routes", lambda: [*whole()[::12], *(route for route in whole() if route.path in NAMED)]
    )


def with_layer(settings: Any, name: str) -> None:
    settings.MIDDLEWARE = [LAYERS + name, *settings.MIDDLEWARE]


def assert_fails(item: Item, *words: str) -> Outcome:
    outcome = outcome_of(item)
    assert (outcome.state, outcome.limit) == (State.FAIL, "= 0"), outcome
    assert outcome.value
    for word in words:
        assert word in str(outcome.evidence["found"]), outcome
    return outcome


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_untouched_pages_pass(item: Item) -> None:
    outcome = outcome_of(item)

    assert outcome.state is State.PASS, outcome.summary


@pytest.mark.usefixtures("few_pages")
def test_a_missing_header_is_found(settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "BrowserPermissions" not in name]

    assert_fails(browser.headers_are_set, "/login/ (200): Permissions-Policy")


@pytest.mark.usefixtures("few_pages")
def test_a_weak_content_policy_is_found(settings: Any) -> None:
    with_layer(settings, "allows_inline_scripts")

    assert_fails(browser.headers_are_set, "/login/ (200): Content-Security-Policy")


@pytest.mark.usefixtures("few_pages")
def test_an_installation_on_https_without_hsts_is_found(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 0

    assert_fails(browser.headers_are_set, "Strict-Transport-Security")


def test_an_origin_that_everybody_may_have_is_found(settings: Any) -> None:
    with_layer(settings, "lets_everybody_in")

    assert_fails(browser.origins_are_listed, "OPTIONS /login/ allows *")


def test_a_foreign_origin_that_is_trusted_is_found(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://elsewhere.example"]

    assert_fails(browser.origins_are_listed, "https://elsewhere.example is trusted")


def test_limits_that_are_lifted_are_found(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 10_000
    settings.AXES_FAILURE_LIMIT = 500

    assert_fails(
        browser.rate_limits_hold,
        "the sixth try at the sign-in page was answered 422",
        "strangers may ask 1000000 times an hour",
        "an address may ask more than 100 times an hour",
    )


@pytest.mark.usefixtures("few_pages")
def test_a_template_that_switches_escaping_off_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("<p>{{ note|safe }}</p>")
    monkeypatch.setattr(browser, "PACKAGE", tmp_path)

    assert_fails(browser.output_is_escaped, "notes.html switches escaping off")


@pytest.mark.usefixtures("few_pages")
def test_a_page_that_shows_a_stored_script_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = crawls.text_of
    monkeypatch.setattr(crawls, "text_of", lambda response: html.unescape(real(response)))

    assert_fails(browser.output_is_escaped, "shows a script as it was stored")


@pytest.mark.usefixtures("few_pages")
def test_forms_without_tokens_are_found(settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]

    assert_fails(browser.output_is_escaped, "without a token")


@pytest.mark.usefixtures("few_pages")
def test_an_address_open_to_strangers_is_found(settings: Any) -> None:
    from django.urls import clear_url_caches

    settings.ROOT_URLCONF = "rollbook.site.tests.open_urls"
    clear_url_caches()
    try:
        assert_fails(browser.strangers_stay_outside, "/balances/forgotten/ (GET, POST)")
    finally:
        clear_url_caches()


@pytest.mark.usefixtures("few_pages")
def test_private_pages_that_a_proxy_may_keep_are_found(settings: Any) -> None:
    with_layer(settings, "keeps_everything")

    assert_fails(browser.private_pages_are_private, "may be kept by a proxy")


def test_static_files_without_hash_and_lifetime_are_found(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    outcome = outcome_of(browser.static_files_are_light)

    assert outcome.state is State.FAIL
    assert "has no hash in its name" in str(outcome.evidence["found"])


def test_a_heavy_shell_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Heavy(visitor.Visitor):
        def get(self, path: str, *args: Any, **kwargs: Any) -> Any:
            from django.http import HttpResponse

            if path == "/login/":
                return HttpResponse('<script src="/static/shell.0123456789ab.js"></script>')
            response = HttpResponse(b"x" * 300_000)
            response["Cache-Control"] = "max-age=315360000, public, immutable"
            response["Content-Encoding"] = "gzip"
            return response

    monkeypatch.setattr(browser, "Visitor", Heavy)
    outcome = outcome_of(browser.static_files_are_light)

    assert (outcome.state, outcome.limit, outcome.unit) == (State.FAIL, "≤ 200", "KB")


@pytest.fixture
def a_worker() -> None:
    now = clock.now()
    WorkerBeat.objects.create(name="w", host="h", pid=1, version="1", started_at=now, beat_at=now)


def answering(monkeypatch: pytest.MonkeyPatch, **parts: bool) -> None:
    told = tuple(health.Part(name, is_well, "As told.") for name, is_well in parts.items())
    monkeypatch.setattr(health.readiness, "get", lambda: health.Readiness(all(parts.values()), told))


def test_health_that_agrees_with_what_is_seen_passes(monkeypatch: pytest.MonkeyPatch, a_worker: None) -> None:
    answering(monkeypatch, database=True, migrations=True, worker=True, disk=True)

    outcome = outcome_of(browser.health_tells_the_truth)

    assert outcome.state is State.PASS or outcome.limit == "< 50", outcome


def test_health_that_lies_about_a_worker_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, database=True, migrations=True, worker=True, disk=True)

    assert_fails(browser.health_tells_the_truth, "worker: it says True, it is False")


def test_what_is_not_well_is_named(monkeypatch: pytest.MonkeyPatch, a_worker: None) -> None:
    answering(monkeypatch, database=True, migrations=True, worker=True, disk=False)

    assert_fails(browser.health_tells_the_truth, "disk is not well")


def test_roles_that_open_what_they_should_pass() -> None:
    outcome = outcome_of(roles.roles_open_what_they_should)

    assert outcome.state is State.PASS, outcome.summary
    assert outcome.evidence["cells"] > 10


def test_a_door_that_never_asks_for_a_permission_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Actor, "require", lambda actor, permission: None)

    assert_fails(roles.roles_open_what_they_should, "may not read /api/v1/")


def test_a_role_that_lost_its_right_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = roles.a_member

    def of_emptied_roles(organisation: Organisation, role: str) -> Membership:
        member = real(organisation, role)
        with tenant_scope(organisation.pk):
            RoleBundle.objects.update(permissions=[])
        return member

    monkeypatch.setattr(roles, "a_member", of_emptied_roles)

    assert_fails(roles.roles_open_what_they_should, "administrator may read /api/v1/", "and was answered 403")
