"""The board, its items and runs: pages and endpoints, for staff, for others, for nobody."""

import pytest
from django.test import Client

from rollbook.core import clock
from rollbook.core.identity.examples import a_member, a_second_factor, sign_in
from rollbook.core.readiness import Context, failed, passed
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs.testing import waiting
from rollbook.shared.launch import chain, runner
from rollbook.shared.launch.models import CheckRun
from rollbook.shared.launch.runner import Task
from rollbook.shared.launch.tests.examples import registered

pytestmark = pytest.mark.django_db


def as_administrator(client: Client, organisation: Organisation, *, staff: bool = False) -> Client:
    member = a_member(organisation, "administrator")
    a_second_factor(member.user)
    member.user.is_platform_staff = staff
    member.user.save(update_fields=["is_platform_staff"])
    sign_in(client, member)
    return client


@pytest.fixture
def red_item():
    with registered(id="PLT-T-01", title="No chair is broken") as item:
        outcome = failed("Broken chairs: 3.", value=3, limit="= 0", unit="chairs", fact=["red", "blue", "green"])
        chain.append(runner.result_of(Task(item, Context("development", clock.now())), outcome, 12, None))
        yield item


def test_staff_see_the_board_with_the_sentence_the_grid_and_every_item(
    client: Client, organisation: Organisation, red_item
) -> None:
    response = as_administrator(client, organisation, staff=True).get("/operations/launch/")

    assert response.status_code == 200
    page = response.content.decode()
    assert "Blocked: " in page
    assert "No chair is broken" in page
    assert "Broken chairs: 3." in page


def test_an_item_shows_evidence_limit_and_remedy(client: Client, organisation: Organisation, red_item) -> None:
    page = as_administrator(client, organisation, staff=True).get("/operations/launch/items/PLT-T-01/").content.decode()

    for words in ("Broken chairs: 3.", "3 chairs, limit = 0", "<li>green</li>", "Run `rollbook migrate`."):
        assert words in page


@pytest.mark.isolation
def test_platform_items_are_invisible_to_an_organisation(client: Client, organisation: Organisation, red_item) -> None:
    as_administrator(client, organisation)

    assert "PLT-T-01" not in client.get("/operations/launch/").content.decode()
    assert client.get("/operations/launch/items/PLT-T-01/").status_code == 404
    assert client.get("/api/v1/launch/items").json()["items"] == []
    assert client.get("/api/v1/launch/items/PLT-T-01/results").status_code == 404
    assert client.get("/api/v1/launch/runs").json()["items"] == []
    assert client.post("/api/v1/launch/runs", {}, content_type="application/json").status_code == 403


def test_an_organisation_sees_what_is_about_itself_and_not_about_another(
    client: Client, organisation: Organisation, other_organisation: Organisation
) -> None:
    with registered(id="COL-T-01", profile="college", per_organisation=True) as item:
        for one in (organisation, other_organisation):
            task = Task(item, Context("development", clock.now(), organisation_id=one.pk))
            chain.append(runner.result_of(task, passed(f"Seen for {one.slug}."), 1, None))
        as_administrator(client, organisation)

        items = client.get("/api/v1/launch/items").json()["items"]
        results = client.get("/api/v1/launch/items/COL-T-01/results").json()["items"]

    assert [one["scope"] for one in items if one["id"] == "COL-T-01"] == [str(organisation.pk)]
    assert [one["summary"] for one in results] == [f"Seen for {organisation.slug}."]


@pytest.mark.isolation
@pytest.mark.parametrize(("role", "page", "api"), [("cashier", 403, 403), ("", 302, 401)])
def test_who_has_no_permission_sees_nothing(
    client: Client, organisation: Organisation, red_item, role: str, page: int, api: int
) -> None:
    if role:
        sign_in(client, a_member(organisation))

    assert client.get("/operations/launch/").status_code == page
    assert client.get("/api/v1/launch/items").status_code == api
    assert client.get("/api/v1/launch/items/PLT-T-01").status_code == api


def test_a_run_is_asked_for_once_at_a_time_and_waits_for_the_worker(
    client: Client, organisation: Organisation, red_item
) -> None:
    as_administrator(client, organisation, staff=True)

    first = client.post("/api/v1/launch/runs", {"items": ["PLT-T-01"]}, content_type="application/json")
    second = client.post("/api/v1/launch/runs", {}, content_type="application/json")

    assert first.status_code == 202
    assert (second.status_code, second.json()["code"]) == (409, "RUN_IN_PROGRESS")
    (job,) = waiting("launch.run")
    assert job.arguments == {"run_id": first.json()["id"]}
    assert client.get(f"/api/v1/launch/runs/{first.json()['id']}").json()["state"] == "queued"
    assert client.post("/operations/launch/run/").status_code == 409


def test_an_unknown_item_and_stage_are_refused(client: Client, organisation: Organisation) -> None:
    as_administrator(client, organisation, staff=True)

    unknown = client.post("/api/v1/launch/runs", {"items": ["PLT-X-99"]}, content_type="application/json")
    stage = client.post("/api/v1/launch/runs", {"stage": "LATER"}, content_type="application/json")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNKNOWN_ITEM")
    assert stage.status_code == 422
    assert CheckRun.objects.count() == 0


def test_results_come_with_their_hashes_newest_first(client: Client, organisation: Organisation, red_item) -> None:
    as_administrator(client, organisation, staff=True)

    (result,) = client.get("/api/v1/launch/items/PLT-T-01/results").json()["items"]

    assert (result["state"], result["value"], result["limit"]) == ("fail", "3", "= 0")
    assert len(result["hash"]) == 64
    assert result["evidence"]["fact"] == ["red", "blue", "green"]


def test_the_probe_answers_strangers_with_nothing(client: Client) -> None:
    response = client.get("/api/v1/launch/probe")

    assert (response.status_code, response.content) == (204, b"")
