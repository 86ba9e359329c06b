"""The web server: granian, WSGI, processes × threads."""

import importlib
import os
from pathlib import Path

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import memory, processes
from rollbook.site.runtime.postgres import is_free_port

WSGI = "rollbook.site.wsgi"
#: Requests that are at work when a stop is asked for get this long to finish.
DRAIN_SECONDS = 20
#: Requests at work in a process whose leader was killed.
SURVIVOR_SECONDS = 3


def prepare_metrics_folder(home: Path) -> Path:
    """Where the web processes put their measurements together; what dead ones left is removed."""
    folder = home / "run" / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if not pid.isdigit() or processes.start_of(int(pid)) is None:
            path.unlink(missing_ok=True)
    return folder


def load_application() -> None:
    """Load everything before the web processes are split off: each starts at once, and they share the memory.

    Nothing may be inherited that has to be each process's own: no database connection, no state of random numbers.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    import uuid_utils
    from django.db import connections
    from django.urls import get_resolver

    importlib.import_module(WSGI)
    get_resolver().check()
    connections.close_all()
    memory.settle()
    os.register_at_fork(after_in_child=uuid_utils.reseed_rng)


def require_free_port(configuration: Configuration) -> None:
    """Refuse when another program holds the port."""
    if not is_free_port(configuration.port, configuration.host):
        raise ConfigurationError(
            f"ROLLBOOK_PORT: port {configuration.port} of {configuration.host} is taken by another program. "
            "Stop that program, or choose another port."
        )


def serve(configuration: Configuration) -> None:
    """Serve until asked to stop."""
    if not processes.read_survivors(configuration.home):
        require_free_port(configuration)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(prepare_metrics_folder(configuration.home))
    load_application()
    # Only now, when this one could serve: until then the web processes of a killed predecessor do.
    processes.end_survivors(configuration.home, patience_seconds=SURVIVOR_SECONDS)
    require_free_port(configuration)
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        f"{WSGI}:application",
        address=configuration.host,
        port=configuration.port,
        interface=Interfaces.WSGI,
        workers=configuration.web_workers,
        blocking_threads=configuration.web_threads,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=DRAIN_SECONDS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
