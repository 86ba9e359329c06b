"""Stops everything that an installation started, in an order that loses nothing."""

from rollbook.site.configuration import Configuration
from rollbook.site.runtime import processes, supervisor
from rollbook.site.runtime.postgres import EmbeddedPostgres


def stop_everything(configuration: Configuration) -> list[str]:
    """Web and worker first, so that their work ends well; the database last. Return what was stopped."""
    stopped = []
    leader = supervisor.running_supervisor(configuration.home)
    parts = [name for name in supervisor.PARTS if processes.recorded(configuration.home, name)]
    if leader is not None:
        processes.end(leader, patience_seconds=75)
        stopped += [supervisor.NAME, *parts]
    stopped += [name for name in supervisor.end_leftovers(configuration.home) if name not in stopped]
    if configuration.database_url is None and EmbeddedPostgres(configuration).stop():
        stopped.append("database")
    return stopped
