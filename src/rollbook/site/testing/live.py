"""The application as it is really served: granian in a process of its own, over the tests' database."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import quote

#: Its own process, so that nothing a test has changed in the settings reaches it.
_SERVE = """
import django
django.setup()
from rollbook.site.configuration import configuration
from rollbook.site.runtime.starting import collect_static_files
from rollbook.site.runtime.web import serve
collect_static_files(configuration())
serve(configuration())
"""
_STARTS_WITHIN_SECONDS = 90
#: Below the ports that the kernel gives to outgoing connections.
_PORTS = range(21_000, 21_900)


@contextmanager
def live_server(*, threads: int = 4) -> Iterator[str]:
    """Serve the tests' database; yields the address. What a test commits, the server sees."""
    port = _free_port()
    environment = {
        **os.environ,
        **_database(),
        "ROLLBOOK_HOST": "127.0.0.1",
        "ROLLBOOK_PORT": str(port),
        "ROLLBOOK_WEB_WORKERS": "1",
        "ROLLBOOK_WEB_THREADS": str(threads),
    }
    server = subprocess.Popen([sys.executable, "-c", _SERVE], env=environment)
    try:
        _wait_until_it_answers(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _database() -> dict[str, str]:
    """The database that Django is pointed at, as the ordinary role; the server never needs another."""
    from django.db import connections

    place = connections["default"].settings_dict
    user, password = quote(place["USER"], safe=""), quote(place["PASSWORD"], safe="")
    where = f"host={quote(place['HOST'], safe='')}&port={place['PORT']}"
    url = f"postgresql://{user}:{password}@/{quote(place['NAME'], safe='')}?{where}"
    return {"DATABASE_URL": url, "DATABASE_APP_URL": url}


def _free_port() -> int:
    # In no order: two runs that begin at the same moment would both take the first one.
    for port in secrets.SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("Every port that the tests may use is taken.")


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + _STARTS_WITHIN_SECONDS
    while time.monotonic() < ends:
        if server.poll() is not None:
            raise RuntimeError(f"The web server ended with {server.returncode} instead of answering.")
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise RuntimeError(f"The web server did not answer within {_STARTS_WITHIN_SECONDS} seconds.")
