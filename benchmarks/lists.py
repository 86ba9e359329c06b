"""The 50 newest payments through the API, beside a bare view that selects the same rows."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.bare import PATH as BARE_PATH
from benchmarks.installation import Installation
from benchmarks.load import Seen, apply_load
from rollbook.site.rehearsal.scratch import free_port

PATH = "/api/v1/college/cashier/payments?limit=50"


def read_list(installation: Installation, clients: int, seconds: float) -> Seen:
    """Signed-in cashiers read the list over and over."""
    planned = [{"head": installation.head("GET", PATH, number), "bodies": [""]} for number in range(clients)]
    return apply_load(installation.port, planned, seconds)


def read_bare(port: int, clients: int, seconds: float) -> Seen:
    """The bare view, asked by the same clients."""
    head = f"GET {BARE_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
    return apply_load(port, [{"head": head, "bodies": [""]} for _ in range(clients)], seconds)


@contextmanager
def bare_server(installation: Installation) -> Iterator[int]:
    """The server of the bare view."""
    port = free_port()
    environment = os.environ | {"BARE_ORGANISATION": str(installation.college.organisation_id)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare", str(port)], env=environment, start_new_session=True
    )
    try:
        _wait_until_it_answers(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def _wait_until_it_answers(port: int) -> None:
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", BARE_PATH)
            answer = connection.getresponse()
            if answer.status == 200:
                return
            raise RuntimeError(f"The bare view answers {answer.status}: {answer.read()[:500]!r}")
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The bare view does not answer.")
