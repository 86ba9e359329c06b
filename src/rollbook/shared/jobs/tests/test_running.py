from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from rollbook.core import events
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import current_organisation_id, tenant_scope
from rollbook.shared.jobs import queue, register, running
from rollbook.shared.jobs.events import JobGaveUp
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.testing import waiting, work_off
from rollbook.shared.jobs.tests.examples import attempt, declared


class TheRegistrarIsAsleep(Refusal):
    """The registrar sleeps; try after eight."""

    code = "ASLEEP"


def open_campus(*, organisation_id: UUID) -> None:
    """Something that can be seen to have happened once or twice."""
    assert current_organisation_id() == organisation_id
    Campus.objects.create(code=f"C{Campus.objects.count()}", name="Campus")


def campuses(organisation: Organisation) -> int:
    with tenant_scope(organisation.pk):
        return Campus.objects.count()


def test_a_job_goes_with_its_cause_when_the_cause_is_taken_back(organisation: Organisation) -> None:
    with declared(open_campus, name="test.open_campus") as job:
        with pytest.raises(RuntimeError), tenant_scope(organisation.pk):
            job.defer(organisation_id=organisation.pk)
            assert len(waiting("test.open_campus")) == 1
            raise RuntimeError

        assert waiting("test.open_campus") == []


def test_a_job_runs_in_the_scope_of_its_organisation_and_its_success_is_recorded(organisation: Organisation) -> None:
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)

        assert work_off() == ["test.open_campus"]

    run = JobRun.objects.get(queue_job_id=number)
    assert (run.outcome, run.attempt, run.for_organisation) == ("succeeded", 1, organisation.pk)
    assert campuses(organisation) == 1
    assert waiting("test.open_campus") == []


def test_a_job_that_was_done_before_its_worker_was_lost_is_not_done_again(organisation: Organisation) -> None:
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)
        attempt(job, number)

        attempt(job, number, before=1)

    assert campuses(organisation) == 1
    assert JobRun.objects.filter(queue_job_id=number).count() == 1


def test_of_two_workers_doing_the_same_job_at_once_one_is_taken_back(organisation: Organisation) -> None:
    def done_by_another_meanwhile(*, organisation_id: UUID) -> None:
        open_campus(organisation_id=organisation_id)
        JobRun.objects.create(
            job="test.race", queue_job_id=number, outcome="succeeded", started_at=started, ended_at=started
        )

    from rollbook.core import clock

    started = clock.now()
    with declared(done_by_another_meanwhile, name="test.race") as job:
        number = job.defer(organisation_id=organisation.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            running.perform(running.attempt_of(job, number, 0, {"organisation_id": str(organisation.pk)}, "test"))

    assert campuses(organisation) == 0


def test_a_failure_changes_nothing_and_its_record_repeats_no_message(organisation: Organisation) -> None:
    def fail(*, organisation_id: UUID) -> None:
        open_campus(organisation_id=organisation_id)
        raise ValueError("Maria Santos has no plan")

    with declared(fail, name="test.fail") as job:
        number = job.defer(organisation_id=organisation.pk)
        with pytest.raises(running.JobFailedError) as failure:
            attempt(job, number)

    run = JobRun.objects.get(queue_job_id=number)
    assert run.outcome == "failed"
    assert run.error.startswith("ValueError in fail, shared/jobs/tests/test_running.py:")
    assert "Maria" not in run.error + str(failure.value)
    assert campuses(organisation) == 0


def test_a_refusal_is_recorded_by_its_code(organisation: Organisation) -> None:
    def refuse(*, organisation_id: UUID) -> None:
        raise TheRegistrarIsAsleep

    with declared(refuse, name="test.refuse") as job:
        number = job.defer(organisation_id=organisation.pk)
        with pytest.raises(running.JobFailedError):
            attempt(job, number)

    assert JobRun.objects.get(queue_job_id=number).error == "Refused: ASLEEP"


def test_after_the_last_attempt_somebody_is_told(organisation: Organisation) -> None:
    def fail(*, organisation_id: UUID) -> None:
        raise ValueError

    told: list[Any] = []
    events.subscribe(JobGaveUp, told.append)
    try:
        with declared(fail, name="test.fail", retries=3) as job:
            number = job.defer(organisation_id=organisation.pk)
            for before in range(4):
                with pytest.raises(running.JobFailedError):
                    attempt(job, number, before=before)
    finally:
        events._subscribers[JobGaveUp].remove(told.append)

    assert [run.outcome for run in JobRun.objects.filter(queue_job_id=number).order_by("attempt")] == [
        "failed", "failed", "failed", "gave_up",
    ]  # fmt: skip
    assert [(each.job, each.attempts, each.organisation_id) for each in told] == [("test.fail", 4, organisation.pk)]


def test_a_job_of_a_closed_organisation_is_left_undone(organisation: Organisation) -> None:
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)
        Organisation.objects.filter(pk=organisation.pk).update(is_active=False)
        attempt(job, number)

    assert campuses(organisation) == 0


def test_a_job_sees_nothing_of_another_organisation(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    seen: list[int] = []

    def count(*, organisation_id: UUID) -> None:
        seen.append(Campus.objects.count())

    with tenant_scope(other_organisation.pk):
        Campus.objects.create(code="B", name="Theirs")
    with declared(count, name="test.count") as job:
        job.defer(organisation_id=organisation.pk)
        work_off()

    assert seen == [0]


def test_jobs_of_an_organisation_must_say_for_which() -> None:
    def forgetful(*, payment_id: UUID) -> None:
        """Works for nobody in particular."""

    with pytest.raises(register.arguments.BadArgumentsError, match="takes `organisation_id: UUID`"):
        register.job(name="test.forgetful")(forgetful)


def test_a_schedule_cannot_supply_arguments_it_does_not_know() -> None:
    def render(*, organisation_id: UUID, payment_id: UUID) -> None:
        """Needs a payment."""

    with pytest.raises(register.arguments.BadArgumentsError, match="cannot supply payment_id"):
        register.job(name="test.render", schedule="0 2 * * *")(render)


def test_the_same_name_is_declared_once() -> None:
    with declared(open_campus, name="test.once"), pytest.raises(ValueError, match="declared twice"):
        register.job(name="test.once")(open_campus)


@pytest.mark.django_db
def test_a_lock_may_name_the_organisation(organisation: Organisation) -> None:
    with declared(open_campus, name="test.locked", lock="fees.{organisation_id}") as job:
        number = job.defer(organisation_id=organisation.pk)

    assert queue.select("j.id = %(id)s", {"id": number})[0].lock == f"fees.{organisation.pk}"


def test_an_unknown_job_in_a_test_says_so(organisation: Organisation) -> None:
    with declared(open_campus, name="test.gone") as job:
        job.defer(organisation_id=organisation.pk)
    with pytest.raises(LookupError, match="No job is declared as test.gone"):
        work_off()


def test_a_stranger_id_is_not_a_number_in_the_queue(organisation: Organisation) -> None:
    assert queue.lock_dead_letter(-uuid4().int % 1000 - 1_000_000) is None
