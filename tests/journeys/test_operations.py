"""Somebody who runs the installation, in a real browser: the launch checklist, background work, a dead letter."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from rollbook.core import clock
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.readiness import find_item
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.shared.jobs import queue, register, running, scheduling
from rollbook.shared.jobs.models import JobRun, WorkerBeat
from rollbook.shared.launch import chain, registry, runner
from rollbook.site.testing.fixtures import make_organisation
from tests.journeys.support import PHONE, Site, carry_out_the_run, looks_right

pytestmark = pytest.mark.journey

NAME = "college.fees.remind"


@pytest.fixture
def college(site: Site) -> Iterator[Organisation]:
    """A college with a worker, some runs, and one job that failed for good."""

    def remind(*, organisation_id: UUID) -> None:
        """Remind families of what falls due this week."""
        if not Campus.objects.exists():
            raise LookupError("no campus")

    job = register.job(name=NAME, schedule="0 8 25 * *")(remind)
    organisation = make_organisation("san-isidro-college")
    now = clock.now()
    WorkerBeat.objects.create(
        name="desk:1",
        host="desk",
        pid=1,
        version="1",
        concurrency=4,
        started_at=now,
        beat_at=now,
        scheduler_beat_at=now,
    )
    scheduling.synchronise()
    number = job.defer(organisation_id=organisation.pk)
    for attempt in range(4):
        with pytest.raises(running.JobFailedError):
            running.run(
                job, queue_job_id=number, attempts_so_far=attempt,
                stored={"organisation_id": str(organisation.pk)}, worker="desk:1",
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 3 WHERE id = %s", [number])
    queue.fail(number)
    yield organisation
    register.forget(NAME)


@pytest.fixture
def operator(college: Organisation) -> Membership:
    """The administrator who also runs the installation."""
    member = a_member(college, "administrator", name="Santos, Maria")
    member.user.is_platform_staff = True
    member.user.save(update_fields=["is_platform_staff"])
    # The first page of a fresh process reads every template and address; that is not what is measured here.
    warm = Client()
    sign_in(warm, member)
    assert warm.get("/operations/jobs/").status_code == 200
    return member


@pytest.fixture
def results(college: Organisation) -> None:
    """What a night's run found: most of it well, two things not."""
    registry.load()
    context = runner.Context("development", clock.now())
    for item_id in ("PLT-RLS-01", "PLT-DB-07", "PLT-ENV-09", "PLT-JOB-01", "PLT-SEC-14", "PLT-ENV-07"):
        item = find_item(item_id)
        assert item is not None
        task = runner.Task(item, context)
        chain.append(runner.result_of(task, runner.attempt(item, context), 12, None))


def test_who_runs_the_installation_reads_the_checklist_and_asks_for_a_run(
    site: Site, visit: Any, operator: Membership, results: None, complaints: Any
) -> None:
    page = visit(operator)
    page.goto(site.url("/operations/launch/"), wait_until="networkidle")
    assert page.get_by_text("Blocked: ").is_visible()
    looks_right(page, "launch-board")

    page.get_by_role("link", name="PLT-RLS-01", exact=True).first.click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", name="Row security is enabled and forced on every tenant table").is_visible()
    looks_right(page, "launch-item")

    found = page.get_by_role("region", name="What it found before").locator("tbody tr")
    before, here = found.count(), page.url
    page.get_by_role("button", name="Check this now").click()
    page.get_by_text("runs in the background").first.wait_for()
    carry_out_the_run()
    page.goto(here, wait_until="networkidle")
    assert found.count() == before + 1


def test_a_dead_letter_is_discarded_with_a_reason(
    site: Site, visit: Any, operator: Membership, complaints: Any
) -> None:
    page = visit(operator)
    page.goto(site.url("/operations/jobs/"), wait_until="networkidle")
    # What stands at the top may be more urgent still, such as a worker that has not been heard of.
    assert page.get_by_role("link", name="Remind families of what falls due this week.").first.is_visible()
    looks_right(page, "jobs")

    page.get_by_role("link", name="Remind families of what falls due this week.").first.click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("LookupError").first.is_visible()
    looks_right(page, "jobs-failed")

    page.get_by_role("button", name="Discard").first.click()
    page.get_by_label("Reason").fill("Families were told by hand.")
    page.get_by_role("alertdialog").get_by_role("button", name="Discard").click()
    page.get_by_text("The job is discarded.").first.wait_for()

    assert JobRun.objects.get(outcome="discarded").reason == "Families were told by hand."
    page.goto(site.url("/operations/jobs/runs/"), wait_until="networkidle")
    looks_right(page, "jobs-runs")
    page.goto(site.url("/operations/jobs/plan/"), wait_until="networkidle")
    looks_right(page, "jobs-plan")


@pytest.mark.parametrize("path", ["/operations/jobs/", "/operations/jobs/runs/", "/operations/launch/"])
def test_everything_works_without_script(site: Site, visit: Any, operator: Membership, path: str) -> None:
    page = visit(operator, script=False, width=PHONE)
    response = page.goto(site.url(path))

    assert response.status == 200
    assert page.get_by_role("heading", level=1).is_visible()
