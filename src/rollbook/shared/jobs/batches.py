"""Work over many rows: each unit is claimed, done and committed by itself, and a bad row stops nobody else.

    @job(name="college.fees.mark_overdue", schedule="30 0 * * *", commits_per_unit=True)
    def mark_overdue(*, organisation_id: UUID) -> BatchReport:
        return work_through(organisation_id, rows=selectors.newly_overdue, unit=services.mark_overdue)

`rows` gives the query set of what still waits; doing a unit must take its row out of it. Two workers may
work through the same rows: each claims with SKIP LOCKED.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.errors import Refusal
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs import stopping

log = logging.getLogger(__name__)

#: After this long a batch hands the rest to a fresh job, so that no job runs into its hard limit.
SOFT_LIMIT_SECONDS = 600
#: A batch in which this many rows failed has a cause that is not the rows.
MOST_FAILURES = 1_000


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that could not be done, and the kind of error."""

    id: Any
    kind: str


@dataclass(slots=True)
class BatchReport:
    """What a batch did. A job that returns it has the counts in its run log."""

    done: int = 0
    failed: list[Failure] = field(default_factory=list)
    #: False when time was up or the worker is stopping: the rest follows in a new job.
    is_finished: bool = True

    def kinds(self) -> str:
        """The kinds of failures, most frequent first."""
        counted = Counter(failure.kind for failure in self.failed).most_common(5)
        return ", ".join(f"{kind} × {count}" for kind, count in counted)


class UnitsFailedError(Exception):
    """Some rows of a batch failed; the others are done and committed."""

    def __init__(self, report: BatchReport) -> None:
        self.report = report
        super().__init__(f"{len(report.failed)} rows failed")


def work_through(
    organisation_id: UUID,
    *,
    rows: Callable[[], QuerySet[Any]],
    unit: Callable[[Any], Any],
    soft_limit_seconds: float = SOFT_LIMIT_SECONDS,
) -> BatchReport:
    """Do `unit` for every row, one transaction each; failed rows are left out and reported."""
    report = BatchReport()
    ends = time.monotonic() + soft_limit_seconds
    while len(report.failed) < MOST_FAILURES:
        if stopping.is_asked() or time.monotonic() > ends:
            report.is_finished = False
            break
        if not _do_one(organisation_id, rows, unit, report):
            break
    return report


def _do_one(
    organisation_id: UUID, rows: Callable[[], QuerySet[Any]], unit: Callable[[Any], Any], report: BatchReport
) -> bool:
    row: Any = None
    try:
        with tenant_scope(organisation_id):
            waiting = rows().exclude(pk__in=[failure.id for failure in report.failed])
            row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
            if row is None:
                return False
            unit(row)
    except Exception as error:
        if row is None:  # the query itself failed: this is not about a row
            raise
        kind = error.code if isinstance(error, Refusal) else type(error).__name__
        report.failed.append(Failure(row.pk, kind))
        log.warning("A row of a batch failed: %s %s: %s", type(row).__name__, row.pk, kind)
        return True
    report.done += 1
    return True
