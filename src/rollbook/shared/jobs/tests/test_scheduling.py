from datetime import date
from uuid import UUID

import pytest

from rollbook.core import clock
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs import scheduling
from rollbook.shared.jobs.models import Schedule
from rollbook.shared.jobs.testing import waiting
from rollbook.shared.jobs.tests.examples import declared, moment

pytestmark = pytest.mark.django_db


def nightly(*, organisation_id: UUID, local_date: date) -> None:
    """Runs at half past midnight where the organisation is."""


def schedule_of(organisation: Organisation | None, job: str = "test.nightly") -> Schedule:
    return Schedule.objects.get(job=job, for_organisation=organisation.pk if organisation else None)


def test_every_organisation_has_the_schedule_in_its_own_time(organisation: Organisation) -> None:
    lagos = Organisation.objects.create(
        slug="lagos", name="Lagos", system="college", currency="NGN", timezone="Africa/Lagos"
    )
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))

    assert schedule_of(organisation).next_due_at == moment("2031-07-01T16:30:00+00:00")
    assert schedule_of(lagos).next_due_at == moment("2031-07-01T23:30:00+00:00")


def test_a_due_run_is_queued_once_with_its_local_date(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))
        due = moment("2031-07-01T16:30:00+00:00")

        assert "test.nightly" not in scheduling.queue_due(moment("2031-07-01T16:29:59+00:00"))
        assert scheduling.queue_due(due).count("test.nightly") == 1
        assert "test.nightly" not in scheduling.queue_due(due)

    (row,) = waiting("test.nightly")
    assert row.arguments == {"organisation_id": str(organisation.pk), "local_date": "2031-07-02"}


def test_runs_missed_over_a_week_are_caught_up_once(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))

        scheduling.queue_due(moment("2031-07-08T12:00:00+00:00"))

    assert len(waiting("test.nightly")) == 1
    assert schedule_of(organisation).next_due_at == moment("2031-07-08T16:30:00+00:00")


def test_a_run_that_still_waits_is_not_queued_a_second_time(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))
        scheduling.queue_due(moment("2031-07-01T16:30:00+00:00"))

        scheduling.queue_due(moment("2031-07-02T16:30:00+00:00"))

    assert len(waiting("test.nightly")) == 1


def test_a_new_organisation_is_not_caught_up_on_what_was_before_it(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T16:30:01+00:00"))

    assert schedule_of(organisation).next_due_at == moment("2031-07-02T16:30:00+00:00")


def test_an_overdue_schedule_is_not_pushed_on_by_comparing(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))
        scheduling.synchronise(moment("2031-07-05T12:00:00+00:00"))

    assert schedule_of(organisation).next_due_at == moment("2031-07-01T16:30:00+00:00")


def test_a_schedule_follows_the_organisation_into_another_time_zone(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))
        Organisation.objects.filter(pk=organisation.pk).update(timezone="Africa/Lagos")
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))

    assert schedule_of(organisation).next_due_at == moment("2031-07-01T23:30:00+00:00")


def test_an_unknown_time_zone_stops_only_its_own_schedules(organisation: Organisation) -> None:
    Organisation.objects.create(slug="mars", name="Mars", system="college", currency="PHP", timezone="Mars/Base")
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise()

    assert schedule_of(organisation).timezone == "Asia/Manila"
    assert not Schedule.objects.filter(timezone="Mars/Base").exists()


def test_schedules_of_closed_organisations_and_dropped_jobs_go(organisation: Organisation) -> None:
    with declared(nightly, name="test.nightly", schedule="30 0 * * *"):
        scheduling.synchronise()
        Organisation.objects.filter(pk=organisation.pk).update(is_active=False)
        scheduling.synchronise()
        assert not Schedule.objects.filter(for_organisation=organisation.pk).exists()
        Organisation.objects.filter(pk=organisation.pk).update(is_active=True)
        scheduling.synchronise()
        assert Schedule.objects.filter(job="test.nightly", for_organisation=organisation.pk).exists()
    scheduling.synchronise()

    assert not Schedule.objects.filter(job="test.nightly").exists()


def test_a_job_of_the_installation_runs_in_utc_once() -> None:
    def sweep() -> None:
        """Works for nobody in particular."""

    with declared(sweep, name="test.sweep", schedule="0 4 * * *", per_organisation=False):
        scheduling.synchronise(moment("2031-07-01T12:00:00+00:00"))
        scheduling.queue_due(moment("2031-07-02T04:00:00+00:00"))

    assert schedule_of(None, "test.sweep").timezone == "UTC"
    assert [row.arguments for row in waiting("test.sweep")] == [{}]


def test_the_probe_of_the_queue_is_planned_each_minute() -> None:
    now = clock.now()
    scheduling.synchronise(now)

    assert schedule_of(None, "jobs.probe").cron == "* * * * *"
