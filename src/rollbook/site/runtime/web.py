"""The web server: granian, WSGI, processes × threads."""

import os
from pathlib import Path

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime.postgres import is_free_port
from rollbook.site.runtime.processes import start_of

#: Requests that are at work when a stop is asked for get this long to finish.
DRAIN_SECONDS = 20


def prepare_metrics_folder(home: Path) -> Path:
    """Where the web processes put their measurements together; what dead ones left is removed."""
    folder = home / "run" / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if not pid.isdigit() or start_of(int(pid)) is None:
            path.unlink(missing_ok=True)
    return folder


def serve(configuration: Configuration) -> None:
    """Serve until asked to stop."""
    if not is_free_port(configuration.port, configuration.host):
        raise ConfigurationError(
            f"ROLLBOOK_PORT: port {configuration.port} of {configuration.host} is taken by another program. "
            "Stop that program, or choose another port."
        )
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(prepare_metrics_folder(configuration.home))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "rollbook.site.wsgi:application",
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
    ).serve()
