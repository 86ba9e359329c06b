"""For tests of other rooms: do what waits in the queue, here and now, in the present transaction.

record_payment(…)
assert work_off() == ["documents.render_receipt"]
"""

from datetime import timedelta

from rollbook.core import clock
from rollbook.shared.jobs import queue, register, running

TAKE = "j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= %(now)s)"


def waiting(name: str | None = None) -> list[queue.QueuedJob]:
    """What waits in the queue, whenever it is to run; of one job only, if a name is given."""
    rows = queue.select("j.status = 'todo'", {})
    return [row for row in rows if name in (None, row.name)]


def work_off(*, most: int = 100) -> list[str]:
    """Run every waiting job that is due, also those that jobs put in; return their names in order.

    A failing job raises, so that the test sees why.
    """
    done: list[str] = []
    while len(done) < most:
        due = queue.select(TAKE, {"now": clock.now() + timedelta(seconds=1)})
        if not due:
            return done
        row = due[0]
        declared = register.find(row.name)
        if declared is None:
            raise LookupError(f"No job is declared as {row.name}.")
        queue.start(row.id)
        running.perform(running.attempt_of(declared, row.id, row.attempts, row.arguments, worker="test"))
        queue.succeed(row.id)
        done.append(row.name)
    raise AssertionError(f"More than {most} jobs were run; do they put each other into the queue?")
