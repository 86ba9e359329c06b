"""An installation is started, its processes are killed one after the other, and it comes back by itself."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rollbook.site.configuration import Configuration
from rollbook.site.runtime import processes, starting
from rollbook.site.runtime.postgres import EmbeddedPostgres

pytestmark = pytest.mark.drill

RECOVERY_SECONDS = 5.0


class Installation:
    """A Rollbook of its own, driven by the command line as an operator would."""

    def __init__(self, home: Path, port: int) -> None:
        self.configuration = Configuration(home=home, port=port, database_url=None, database_app_url=None)
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("ROLLBOOK_", "DATABASE_"))
        }
        self.environment = inherited | {"ROLLBOOK_HOME": str(home), "ROLLBOOK_PORT": str(port)}

    def say(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rollbook", *words]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=180, check=False, cwd="/"
        )

    def pid_of(self, name: str) -> int | None:
        if name == "database":
            return EmbeddedPostgres(self.configuration).process_id()
        found = processes.recorded(self.configuration.home, name)
        return found.pid if found else None

    def is_ready(self) -> bool:
        return starting.ask_ready(self.configuration)[0] == 200


def within(seconds: float, condition: Callable[[], bool]) -> float:
    """Wait until a condition holds; tell how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"not within {seconds} seconds"
        time.sleep(0.05)
    return time.monotonic() - started


def free_port() -> int:
    for port in range(21700, 21900):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    home = Path(tempfile.mkdtemp(prefix="rollbook-"))
    home.chmod(0o755)
    made = Installation(home, free_port())
    try:
        started = made.say("up", "--background")
        assert started.returncode == 0, started.stderr
        yield made
    finally:
        stopped = made.say("down")
        shutil.rmtree(home)
    assert stopped.returncode == 0, stopped.stderr


@pytest.mark.parametrize("part", ["web", "worker", "database"])
def test_what_is_killed_comes_back_within_five_seconds(installation, part):
    within(60, installation.is_ready)
    killed = installation.pid_of(part)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        return installation.pid_of(part) not in (None, killed) and installation.is_ready()

    assert within(30, is_back) < RECOVERY_SECONDS


def test_people_keep_working_while_a_killed_web_server_comes_back(installation):
    within(60, installation.is_ready)
    killed = installation.pid_of("web")
    os.kill(killed, signal.SIGKILL)
    answers = []

    def is_replaced() -> bool:
        answers.append(starting.ask_ready(installation.configuration)[0])
        return installation.pid_of("web") not in (None, killed) and not processes.read_survivors(
            installation.configuration.home
        )

    within(60, is_replaced)
    within(RECOVERY_SECONDS, installation.is_ready)
    # Between the last answer of the old processes and the first of the new ones a probe may find nobody (0).
    assert answers.count(0) < 0.2 * len(answers), answers


def test_starting_twice_is_the_same_as_once(installation):
    before = installation.pid_of("supervisor")
    again = installation.say("up", "--background")
    assert again.returncode == 0
    assert "Rollbook runs already" in again.stdout
    assert installation.pid_of("supervisor") == before


def test_the_doctor_finds_nothing_wrong(installation):
    answer = installation.say("doctor")
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith("All is well")


def test_a_killed_supervisor_leaves_people_working_and_the_next_takes_over(installation):
    old = {name: installation.pid_of(name) for name in ("supervisor", "web", "worker")}
    os.kill(old["supervisor"], signal.SIGKILL)
    within(5, lambda: installation.pid_of("supervisor") is None)
    assert installation.is_ready()
    assert installation.say("up", "--background").returncode == 0
    new = {name: installation.pid_of(name) for name in old}
    assert None not in new.values()
    assert set(old.values()).isdisjoint(new.values())
    assert processes.start_of(old["web"]) is None
    assert processes.start_of(old["worker"]) is None


def test_a_web_server_alone_says_that_its_port_is_taken(installation):
    second = installation.say("web")
    assert second.returncode == 1
    assert second.stderr.splitlines()[0].startswith(
        f"ROLLBOOK_PORT: port {installation.configuration.port} of 127.0.0.1 is taken by another program."
    )


def test_down_stops_everything_and_only_that(installation):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        running = [installation.pid_of(name) for name in ("supervisor", "web", "worker", "database")]
        answer = installation.say("down")
        assert (answer.returncode, answer.stdout) == (0, "Stopped: supervisor, web, worker, database.\n")
        assert [processes.start_of(pid) for pid in running] == [None] * 4
        assert starting.ask_ready(installation.configuration)[0] == 0
        assert stranger.poll() is None
        assert installation.say("down").stdout == "Nothing was running.\n"
    finally:
        stranger.kill()
        stranger.wait()
