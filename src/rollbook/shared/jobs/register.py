"""Declaring a job.

    @job(name="college.fees.mark_overdue", schedule="30 0 * * *")
    def mark_overdue(*, organisation_id: UUID) -> None:
        services.mark_overdue(actor=Actor.system(organisation_id, job="college.fees.mark_overdue"))

    render_receipt.defer(organisation_id=actor.organisation_id, payment_id=payment.id)

A job runs inside the tenant scope of its organisation and commits at its end, together with the record
of its success: a rescued job whose effect was committed is not done again. A job over many rows says
`commits_per_unit=True`, opens no scope itself, and returns `batches.work_through(…)`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.core import clock
from rollbook.shared.jobs import arguments, rules
from rollbook.shared.jobs.queue import put

#: A failed job is tried again this many times before it becomes a dead letter.
RETRIES = 3

_jobs: dict[str, "Job"] = {}


@dataclass(frozen=True, slots=True)
class Job:
    """A declared job. Call it to run it here and now; `defer` it to run it later."""

    name: str
    function: Callable[..., Any]
    parameters: dict[str, Any] = field(repr=False)
    schedule: str | None
    queue: str
    #: Jobs with the same lock run one after the other. May name arguments: "{organisation_id}".
    lock: str | None
    retries: int
    per_organisation: bool
    commits_per_unit: bool

    def __call__(self, **values: Any) -> Any:
        return self.function(**values)

    def defer(self, *, run_at: datetime | None = None, **values: Any) -> int:
        """Put the job into the queue in the present transaction, so that it commits with its cause.

        Returns its number in the queue. `run_at` holds it back until then.
        """
        return self.put(values, run_at=run_at)

    def put(self, values: dict[str, Any], *, run_at: datetime | None = None, waiting_once: str | None = None) -> int:
        """As `defer`; with `waiting_once` the queue refuses a second waiting job of the same key."""
        stored = arguments.encode(self.parameters, values)
        lock = self.lock.format_map(stored) if self.lock else None
        return put(self.name, stored, queue=self.queue, lock=lock, run_at=run_at, waiting_once=waiting_once)


def job(
    *,
    name: str,
    schedule: str | None = None,
    queue: str = "default",
    lock: str | None = None,
    retries: int = RETRIES,
    per_organisation: bool = True,
    commits_per_unit: bool = False,
) -> Callable[[Callable[..., Any]], Job]:
    """Declare the decorated function as a job.

    `schedule` is a cron expression in the organisation's local time (UTC for a job of the installation).
    A job per organisation takes `organisation_id: UUID`; a scheduled job may take `local_date: date`, the
    local day it was planned for.
    """

    def decorator(function: Callable[..., Any]) -> Job:
        declared = Job(
            name=name,
            function=function,
            parameters=_checked_parameters(name, function, schedule, per_organisation),
            schedule=schedule,
            queue=queue,
            lock=lock,
            retries=retries,
            per_organisation=per_organisation,
            commits_per_unit=commits_per_unit,
        )
        _register(declared)
        return declared

    return decorator


def jobs() -> dict[str, Job]:
    """Every declared job by name."""
    return dict(_jobs)


def find(name: str) -> Job | None:
    """The job of that name, if this version of the product has it."""
    return _jobs.get(name)


def forget(name: str) -> None:
    """Take a job out again; for tests that declare their own."""
    _jobs.pop(name, None)


def _checked_parameters(
    name: str, function: Callable[..., Any], schedule: str | None, per_organisation: bool
) -> dict[str, Any]:
    parameters = arguments.declared(function)
    if per_organisation and parameters.get("organisation_id") is not UUID:
        raise arguments.BadArgumentsError(
            f"The job {name} works for an organisation: it takes `organisation_id: UUID`."
        )
    if schedule is not None:
        if not rules.is_cron(schedule):
            raise ValueError(f"The schedule of {name} is not a cron expression of five fields: {schedule}")
        rules.next_due(schedule, "UTC", clock.now())  # a date that never comes is refused here
        supplied = {"local_date", "organisation_id"} if per_organisation else {"local_date"}
        if missing := sorted(set(parameters) - supplied):
            raise arguments.BadArgumentsError(f"The schedule of {name} cannot supply {', '.join(missing)}.")
    return parameters


def _register(declared: Job) -> None:
    if declared.name in _jobs:
        raise ValueError(f"The job {declared.name} is declared twice.")
    _jobs[declared.name] = declared
