"""A worker process on the tests' database, with jobs that take their time. Started by the drill."""

import sys
import time
from uuid import UUID, uuid4


def main(database: str, host: str, port: str) -> None:
    import django

    django.setup()
    from django.db import connections

    for alias in connections:
        connections[alias].settings_dict.update(NAME=database, HOST=host, PORT=port)
        connections[alias].settings_dict["OPTIONS"].pop("pool", None)

    declare()
    from rollbook.shared.jobs.worker import WorkerOptions, run_worker

    run_worker(
        WorkerOptions(
            poll_seconds=0.5, heartbeat_seconds=0.5, silent_seconds=3, keeper_seconds=0.5, hard_limit_seconds=4
        )
    )


def declare() -> None:
    from rollbook.core.tenancy.models import Campus
    from rollbook.shared.jobs.register import job

    @job(name="drill.open_campus")
    def open_campus(*, organisation_id: UUID, seconds: int) -> None:
        Campus.objects.create(code=uuid4().hex[:20], name="Drill")
        time.sleep(seconds)

    @job(name="drill.chain")
    def chain(*, organisation_id: UUID) -> None:
        """Puts a job into the queue, then fails: the other must go with it."""
        open_campus.defer(organisation_id=organisation_id, seconds=0)
        raise ValueError


if __name__ == "__main__":
    main(*sys.argv[1:])
