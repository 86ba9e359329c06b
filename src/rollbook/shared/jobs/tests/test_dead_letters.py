import pytest
from django.db import connection

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden
from rollbook.core.identity.examples import a_member, an_actor, an_administrator
from rollbook.core.identity.models import User
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import queue, selectors, services
from rollbook.shared.jobs.errors import NotADeadLetter, ReasonNeeded, UnknownJob
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.tests.examples import declared
from rollbook.shared.jobs.tests.test_running import open_campus


@pytest.fixture
def letter(organisation: Organisation):
    with declared(open_campus, name="test.open_campus") as job:
        number = job.defer(organisation_id=organisation.pk)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 3 WHERE id = %s", [number])
        queue.fail(number)
        yield number


def status(number: int) -> list[tuple[str, int]]:
    return [(row.status, row.attempts) for row in queue.select("j.id = %(id)s", {"id": number})]


def test_a_retried_letter_waits_with_all_its_attempts_and_the_decision_is_on_the_record(
    organisation: Organisation, letter: int
) -> None:
    actor = an_administrator(organisation)
    with tenant_scope(organisation.pk):
        services.retry_dead_letter(actor=actor, number=letter)
        assert AuditEntry.objects.filter(action="jobs.retried").count() == 1

    assert status(letter) == [("todo", 0)]
    run = JobRun.objects.get(queue_job_id=letter)
    assert (run.outcome, run.decided_by) == ("retried", actor.user_id)


def test_a_discarded_letter_leaves_the_queue_and_its_reason_stays(organisation: Organisation, letter: int) -> None:
    with tenant_scope(organisation.pk):
        services.discard_dead_letter(
            actor=an_administrator(organisation), number=letter, reason="  The campus was  opened by hand. "
        )
        assert AuditEntry.objects.get(action="jobs.discarded").reason == "The campus was opened by hand."

    assert status(letter) == []
    assert JobRun.objects.get(queue_job_id=letter).reason == "The campus was opened by hand."


def test_without_a_reason_nothing_is_discarded(organisation: Organisation, letter: int) -> None:
    with tenant_scope(organisation.pk), pytest.raises(ReasonNeeded):
        services.discard_dead_letter(actor=an_administrator(organisation), number=letter, reason=" no ")

    assert status(letter) == [("failed", 4)]


def test_a_letter_is_decided_once(organisation: Organisation, letter: int) -> None:
    actor = an_administrator(organisation)
    with tenant_scope(organisation.pk):
        services.retry_dead_letter(actor=actor, number=letter)
        with pytest.raises(NotADeadLetter):
            services.retry_dead_letter(actor=actor, number=letter)


@pytest.mark.isolation
def test_another_organisation_neither_sees_nor_decides_the_letter(
    other_organisation: Organisation, letter: int
) -> None:
    actor = an_administrator(other_organisation)
    with tenant_scope(other_organisation.pk):
        assert selectors.dead_letters(actor) == []
        with pytest.raises(NotADeadLetter):
            services.retry_dead_letter(actor=actor, number=letter)

    assert status(letter) == [("failed", 4)]


@pytest.mark.isolation
def test_a_member_without_the_permission_does_not_decide(organisation: Organisation, letter: int) -> None:
    actor = an_actor(a_member(organisation))
    with tenant_scope(organisation.pk), pytest.raises(Forbidden):
        services.discard_dead_letter(actor=actor, number=letter, reason="because I can")


def test_staff_of_the_installation_see_every_letter(other_organisation: Organisation, letter: int) -> None:
    actor = an_administrator(other_organisation)
    User.objects.filter(pk=actor.user_id).update(is_platform_staff=True)
    with tenant_scope(other_organisation.pk):
        assert [row.id for row in selectors.dead_letters(actor)] == [letter]
        services.retry_dead_letter(actor=actor, number=letter)

    assert status(letter) == [("todo", 0)]


def test_whoever_stands_in_for_staff_does_not_see_other_organisations(
    organisation: Organisation, other_organisation: Organisation, letter: int
) -> None:
    actor = an_administrator(other_organisation, impersonator_id=an_administrator(organisation).user_id)
    User.objects.filter(pk=actor.user_id).update(is_platform_staff=True)
    with tenant_scope(other_organisation.pk):
        assert selectors.dead_letters(actor) == []


def test_a_letter_of_a_job_this_version_does_not_know_can_only_be_discarded(organisation: Organisation) -> None:
    with declared(open_campus, name="test.gone") as job:
        number = job.defer(organisation_id=organisation.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
    queue.fail(number)

    with pytest.raises(UnknownJob):
        services.retry_dead_letter(actor=None, number=number)
    services.discard_dead_letter(actor=None, number=number, reason="job is gone")
    assert status(number) == []
