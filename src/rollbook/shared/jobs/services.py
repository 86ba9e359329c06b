"""Decisions about dead letters. Each leaves a line in the run log and, where an organisation decides, in its audit.

An actor of None is the operator at the command line of the host, who holds every right there.
"""

from django.db import transaction

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs import queue, register, selectors
from rollbook.shared.jobs.errors import NotADeadLetter, ReasonNeeded, UnknownJob
from rollbook.shared.jobs.models import JobRun
from rollbook.shared.jobs.permissions import MANAGE_JOBS

SHORTEST_REASON = 5


@transaction.atomic
def retry_dead_letter(*, actor: Actor | None, number: int) -> None:
    """Set a failed job waiting again, with all its attempts anew."""
    _require(actor)
    letter = _dead_letter_for(actor, number)
    if register.find(letter.name) is None:
        raise UnknownJob(job=letter.name)
    queue.try_again(number, clock.now(), fresh_attempts=True)
    _note_decision(actor, letter, JobRun.Outcome.RETRIED, "")


@transaction.atomic
def discard_dead_letter(*, actor: Actor | None, number: int, reason: str) -> None:
    """Take a failed job out of the queue for good, with a reason."""
    _require(actor)
    letter = _dead_letter_for(actor, number)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded
    queue.remove(number)
    _note_decision(actor, letter, JobRun.Outcome.DISCARDED, reason)


def _require(actor: Actor | None) -> None:
    if actor is not None:
        actor.require(MANAGE_JOBS)


def _dead_letter_for(actor: Actor | None, number: int) -> queue.QueuedJob:
    letter = queue.lock_dead_letter(number)
    # Another organisation's job and one that is not there look the same.
    if letter is None or not _may_decide(actor, letter):
        raise NotADeadLetter(number=number)
    return letter


def _may_decide(actor: Actor | None, letter: queue.QueuedJob) -> bool:
    return actor is None or letter.organisation_id == actor.organisation_id or selectors.is_staff(actor)


def _note_decision(actor: Actor | None, letter: queue.QueuedJob, outcome: JobRun.Outcome, reason: str) -> None:
    now = clock.now()
    run = JobRun.objects.create(
        job=letter.name,
        queue_job_id=letter.id,
        attempt=letter.attempts,
        for_organisation=letter.organisation_id,
        outcome=outcome,
        started_at=now,
        ended_at=now,
        decided_by=actor.user_id if actor else None,
        reason=reason[:200],
    )
    if actor is not None:
        record(actor, f"jobs.{outcome.value}", run, reason=reason, job=letter.name, number=letter.id)
