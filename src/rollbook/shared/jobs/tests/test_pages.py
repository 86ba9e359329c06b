"""The pages and endpoints of background work: each opens, acts, and refuses who may not."""

import pytest
from django.db import connection
from django.test import Client

from rollbook.core.identity.examples import a_member, a_second_factor, sign_in
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs import queue
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.tests.examples import declared
from rollbook.shared.jobs.tests.test_running import open_campus

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(organisation: Organisation):
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 3 WHERE id = %s", [number])
        queue.fail(number)
        yield number


def as_administrator(client: Client, organisation: Organisation) -> Client:
    member = a_member(organisation, "administrator")
    a_second_factor(member.user)
    sign_in(client, member)
    return client


def status(number: int) -> list[str]:
    return [row.status for row in queue.select("j.id = %(id)s", {"id": number})]


@pytest.mark.parametrize("address", ["", "runs/", "plan/", "failed/{number}/"])
def test_every_page_opens_for_an_administrator(
    client: Client, organisation: Organisation, letter: int, address: str
) -> None:
    response = as_administrator(client, organisation).get(f"/operations/jobs/{address.format(number=letter)}")

    assert response.status_code == 200


def test_the_overview_names_the_failed_job_by_what_it_does(
    client: Client, organisation: Organisation, letter: int
) -> None:
    response = as_administrator(client, organisation).get("/operations/jobs/")

    assert b"1 job failed in all its attempts" in response.content or b"Nobody is at work" in response.content
    assert b"Something that can be seen to have happened once or twice." in response.content


def test_retrying_on_the_page_sets_the_job_waiting(client: Client, organisation: Organisation, letter: int) -> None:
    response = as_administrator(client, organisation).post(f"/operations/jobs/failed/{letter}/retry/")

    assert response.status_code == 303
    assert status(letter) == ["todo"]


def test_discarding_without_a_reason_is_refused_on_the_page(
    client: Client, organisation: Organisation, letter: int
) -> None:
    response = as_administrator(client, organisation).post(
        f"/operations/jobs/failed/{letter}/discard/", {"reason": "x"}
    )

    assert response.status_code == 422
    assert status(letter) == ["failed"]


def test_the_api_lists_and_discards(client: Client, organisation: Organisation, letter: int) -> None:
    as_administrator(client, organisation)

    (found,) = client.get("/api/v1/jobs/dead-letters").json()
    discarded = client.post(
        f"/api/v1/jobs/dead-letters/{letter}/discard", {"reason": "Opened by hand."}, content_type="application/json"
    )

    assert (found["number"], found["job"]) == (letter, "test.open_campus")
    assert discarded.status_code == 204
    assert JobRun.objects.get(queue_job_id=letter).reason == "Opened by hand."
    assert client.get("/api/v1/jobs/queue").json()["dead_letters"] == 0
    assert client.get("/api/v1/jobs/runs").json()["items"][0]["outcome"] == "discarded"


@pytest.mark.isolation
@pytest.mark.parametrize("who", ["another organisation", "a member without a role", "nobody"])
def test_strangers_get_nothing(
    client: Client, organisation: Organisation, other_organisation: Organisation, letter: int, who: str
) -> None:
    if who == "another organisation":
        as_administrator(client, other_organisation)
    elif who == "a member without a role":
        sign_in(client, a_member(organisation))

    answers = [
        client.get(f"/operations/jobs/failed/{letter}/").status_code,
        client.post(f"/operations/jobs/failed/{letter}/retry/").status_code,
        client.post(f"/api/v1/jobs/dead-letters/{letter}/retry").status_code,
    ]

    wanted = {
        "another organisation": [404, 404, 404],
        "a member without a role": [403, 403, 403],
        "nobody": [302, 302, 401],
    }
    assert answers == wanted[who]
    assert status(letter) == ["failed"]
