"""Settings on the screen and over JSON."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.policies import Amount, Choice, Preview, Rate, Text, register_preview
from rollbook.core.policies.examples import a_setting
from rollbook.core.policies.models import PolicyVersion
from rollbook.core.policies.services import get
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db

KEY = "test.max_units"
ADDRESS = f"/settings/{KEY}/"


@pytest.fixture(autouse=True)
def setting() -> Iterator[str]:
    """The most units of a term; 30 while nobody says otherwise."""
    with a_setting(KEY) as key:
        yield key


def a_browser(member: Membership) -> Client:
    client = Client()
    sign_in(client, member)
    return client


@pytest.fixture
def administrator(organisation: Organisation) -> Client:
    """A browser in which an administrator is signed in."""
    return a_browser(a_member(organisation, "administrator", name="Santos, Maria"))


def value_of(organisation: Organisation, key: str = KEY) -> Any:
    with tenant_scope(organisation.id):
        return get(key)


def send(browser: Client, **typed: Any) -> Any:
    return browser.post(ADDRESS, {"value": "24", "reason": "Fewer rooms", "expected_number": "0"} | typed)


def test_settings_are_listed_with_what_they_do_and_what_holds(administrator: Client) -> None:
    page = administrator.get("/settings/").content.decode()

    assert "The most units a student may take in a term." in page
    assert "as delivered" in page


def test_a_change_keeps_its_author_and_reason_in_the_history(administrator: Client, organisation: Organisation) -> None:
    response = send(administrator)

    assert (response.status_code, response.headers["Location"]) == (303, ADDRESS)
    assert value_of(organisation) == 24
    page = administrator.get(ADDRESS).content.decode()
    for words in ("Santos, Maria", "Fewer rooms", "30", "24"):
        assert words in page


def test_looking_first_changes_nothing_and_says_what_would_happen(
    administrator: Client, organisation: Organisation
) -> None:
    register_preview(KEY, lambda actor, value, moment: Preview(f"Nobody takes more than {value}.", affected=17))

    page = send(administrator, look="1", effective_on="2020-06-01").content.decode()

    assert "Nobody takes more than 24." in page
    assert "It changes 17 records that stand already." in page
    assert value_of(organisation) == 30
    assert send(administrator, effective_on="2020-06-01").status_code == 409
    assert send(administrator, effective_on="2020-06-01", confirmed_affected="16").status_code == 409
    assert send(administrator, effective_on="2020-06-01", confirmed_affected="17").status_code == 303
    assert value_of(organisation) == 24


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"value": "37"}, 422), ({"value": "many"}, 422), ({"reason": ""}, 422), ({"expected_number": "5"}, 412)],
)
def test_what_does_not_fit_is_refused_and_keeps_what_was_typed(
    administrator: Client, organisation: Organisation, typed: dict[str, str], status: int
) -> None:
    response = send(administrator, **typed)

    assert response.status_code == status
    assert value_of(organisation) == 30
    assert (typed.get("reason", "Fewer rooms") or "rb-form") in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "default", "takes", "typed", "kept"),
    [
        (Amount(), 10_000, "an amount of at least ₱0.00", "1,250.50", 125_050),
        (Rate(), "2.5", "a number from 0 to 100, such as 2.5", "7.25", "7.25"),
        (bool, True, "yes or no", "0", False),
        (
            Choice({"ALL": "Every attempt", "BEST": "The best"}),
            "ALL",
            "one of: Every attempt, The best",
            "BEST",
            "BEST",
        ),
        (Text(20), "Official Receipt", "a text of at most 20 characters", "Service Invoice", "Service Invoice"),
    ],
)
def test_every_type_has_a_field_that_reads_and_shows_it(
    administrator: Client, organisation: Organisation, kind: Any, default: Any, takes: str, typed: str, kept: Any
) -> None:
    with a_setting("test.typed", default, type=kind):
        assert takes in administrator.get("/settings/test.typed/").content.decode()
        sent = {"value": typed, "reason": "As decided", "expected_number": "0"}
        assert administrator.post("/settings/test.typed/", sent).status_code == 303
        assert value_of(organisation, "test.typed") == kept
        assert administrator.get("/settings/").status_code == 200


def test_an_auditor_looks_and_changes_nothing(organisation: Organisation) -> None:
    browser = a_browser(a_member(organisation, "auditor"))

    assert "Change the setting" not in browser.get(ADDRESS).content.decode()
    send(browser)
    assert value_of(organisation) == 30
    body = {"value": 24, "reason": "Fewer"}
    answer = browser.post(
        f"/api/v1/settings/{KEY}/versions", body, content_type="application/json", headers={"If-Match": '"0"'}
    )
    assert answer.status_code == 403


def test_a_lower_role_and_nobody_see_no_settings(organisation: Organisation) -> None:
    browser = a_browser(a_member(organisation))

    assert [browser.get(address).status_code for address in ("/settings/", ADDRESS)] == [403, 403]
    assert browser.get("/api/v1/settings/").status_code == 403
    assert (
        browser.post(f"/api/v1/settings/{KEY}/preview", {"value": 1}, content_type="application/json").status_code
        == 403
    )
    assert Client().get("/settings/").status_code == 302
    assert Client().get("/api/v1/settings/").status_code == 401


@pytest.mark.isolation
def test_another_organisation_keeps_its_own_value(
    administrator: Client, organisation: Organisation, other_organisation: Organisation
) -> None:
    send(administrator)
    stranger = a_browser(a_member(other_organisation, "administrator"))

    assert stranger.get(f"/api/v1/settings/{KEY}").json()["value"] == 30
    assert stranger.get(f"/api/v1/settings/{KEY}/versions").json()["items"] == []
    assert "Fewer rooms" not in stranger.get(ADDRESS).content.decode()


def test_a_setting_of_another_system_is_not_found(administrator: Client, organisation: Organisation) -> None:
    with a_setting("test.marks", systems=["school"]):
        assert administrator.get("/settings/test.marks/").status_code == 404
        assert administrator.get("/api/v1/settings/test.marks").status_code == 404
        assert administrator.get("/settings/test.unknown/").status_code == 404


def test_settings_over_json_are_changed_by_those_who_saw_them(
    administrator: Client, organisation: Organisation
) -> None:
    shown = administrator.get(f"/api/v1/settings/{KEY}")
    assert (shown.json()["value"], shown.json()["takes"]) == (30, "a whole number from 1 to 36")

    def change(value: Any, **headers: str) -> Any:
        return administrator.post(
            f"/api/v1/settings/{KEY}/versions",
            {"value": value, "reason": "Fewer rooms"},
            content_type="application/json",
            headers=headers,
        )

    preview = administrator.post(f"/api/v1/settings/{KEY}/preview", {"value": 24}, content_type="application/json")
    assert (preview.json()["before"], preview.json()["value"], preview.json()["is_retroactive"]) == (30, 24, False)
    assert change(24).status_code == 428
    assert change(37, **{"If-Match": shown.headers["ETag"]}).status_code == 422
    changed = change(24, **{"If-Match": shown.headers["ETag"]})
    assert (changed.status_code, changed.json()["before"], changed.headers["ETag"]) == (201, 30, '"1"')
    assert change(27, **{"If-Match": shown.headers["ETag"]}).status_code == 412
    with tenant_scope(organisation.id):
        assert PolicyVersion.objects.count() == 1
