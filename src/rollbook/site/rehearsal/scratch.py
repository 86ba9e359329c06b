"""A scratch installation: its own home, database, port and processes, gone when the rehearsal ends."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORTS = range(22100, 22400)
#: How the homes of scratch installations are called.
SCRATCH = "rollbook-rehearsal-"


def free_port() -> int:
    """A loopback port below the ephemeral range that nobody listens on."""
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("No port from 22100 to 22399 is free on this machine.")


@contextmanager
def scratch_environment() -> Iterator[dict[str, str]]:
    """The environment of a scratch installation; its processes are stopped and its home removed at the end."""
    home = Path(tempfile.mkdtemp(prefix=SCRATCH))
    home.chmod(0o755)
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ROLLBOOK_", "DATABASE_", "DJANGO_"))
    }
    environment = inherited | {
        "ROLLBOOK_HOME": str(home),
        "ROLLBOOK_PORT": str(free_port()),
        "ROLLBOOK_ENV": "development",
        "ROLLBOOK_REQUIRE_SECOND_FACTOR": "false",
        "ROLLBOOK_RATE_LIMIT_FACTOR": "1000000",
        "ROLLBOOK_LOG_LEVEL": "WARNING",
    }
    try:
        yield environment
    finally:
        subprocess.run([sys.executable, "-m", "rollbook", "down"], env=environment, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def run_in_scratch(module: str, *words: str) -> int:
    """Run a module of ours in a scratch installation; answers its exit code."""
    with scratch_environment() as environment:
        return subprocess.run([sys.executable, "-m", module, *words], env=environment, check=False).returncode
