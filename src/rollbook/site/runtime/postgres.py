"""The embedded PostgreSQL server of an installation: start, stop, and start again after any crash."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rollbook.site.configuration import FIRST_EPHEMERAL_PORT, Configuration, ConfigurationError
from rollbook.site.runtime import cluster, connections, keys
from rollbook.site.runtime.account import Account, server_account
from rollbook.site.runtime.locks import only_one
from rollbook.site.runtime.programs import Programs, find_programs, lend_programs

FIRST_PORT = 15432
START_SECONDS = 60
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server."""

    port: int
    socket_folder: Path
    programs: Programs
    #: Whether this call started it.
    was_started: bool


class EmbeddedPostgres:
    """The server that lives under one ROLLBOOK_HOME."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.home = configuration.home

    # --- Asking -----------------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether the server answers on its socket and takes work."""
        state = connections.read_state(self.home)
        if not state or not _answers(Path(state["socket_folder"]), int(state["port"])):
            return False
        return _recorded_phase(Path(state["data_folder"])) == "ready"

    def process_id(self) -> int | None:
        """The server's process, or None when it does not run."""
        data = self.home / "postgres" / "data"
        process_id = _recorded_process(data)
        return process_id if process_id is not None and _is_server(process_id, data.resolve()) else None

    def administrator(self) -> connections.Connection:
        """The way in as the server's superuser; only to make roles and databases."""
        password = keys.read_key(self.home, "database-superuser")
        if password is None:
            raise ConfigurationError(f"{self.home}/keys/database-superuser is missing. Restore it from your backup.")
        database = connections.database_of(self.configuration)
        return database.with_database("postgres").with_role(cluster.SUPERUSER, password)

    # --- Starting and stopping --------------------------------------------------------------------------------

    def ensure_running(self) -> Server:
        """Start the server unless it runs; two commands at once start one server."""
        if self.is_running():
            return self._known(was_started=False)
        self._make_home()
        with only_one(self.home / "run" / "postgres.lock"):
            if self.is_running():
                return self._known(was_started=False)
            account = server_account()
            places = cluster.prepare_places(self.home, account)
            programs = find_programs(self.configuration, major=cluster.made_by(places))
            programs = lend_programs(programs, account, places.base)
            if cluster.made_by(places) is None:
                cluster.make_cluster(programs, places, account, self.home)
            self._start(programs, places, account)
            return self._known(was_started=True)

    def stop(self) -> bool:
        """Stop the server cleanly: open transactions are rolled back, all that was committed is written."""
        state = connections.read_state(self.home)
        if not state:
            return False
        with only_one(self.home / "run" / "postgres.lock"):
            data = Path(state["data_folder"])
            process_id = _recorded_process(data)
            if process_id is None or not _is_server(process_id, data):
                return False
            command: list[str | Path] = [Path(state["bin_folder"]) / "pg_ctl", "stop", "--pgdata", data]
            command += ["--mode", "fast", "--wait", "--timeout", str(STOP_SECONDS)]
            result = server_account().run(command, timeout=STOP_SECONDS + 10)
            if result.returncode != 0:
                raise ConfigurationError(f"The database did not stop: {result.stderr.strip() or result.stdout.strip()}")
            return True

    # --- Inside -----------------------------------------------------------------------------------------------

    def _make_home(self) -> None:
        try:
            (self.home / "run").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"ROLLBOOK_HOME: {self.home} cannot be made ({error.strerror}). Choose a folder that you may write."
            ) from None

    def _known(self, *, was_started: bool) -> Server:
        state = connections.read_state(self.home)
        programs = Programs(Path(state["bin_folder"]), state["version"])
        return Server(int(state["port"]), Path(state["socket_folder"]), programs, was_started)

    def _start(self, programs: Programs, places: cluster.Places, account: Account) -> None:
        if _wait_for_the_one_there(places.data):
            return
        _clear_after_crash(places)
        port = self._choose_port()
        cluster.write_settings(places, account, port=port)
        self._remember(programs, places, port)
        start_log = places.logs / "start.log"
        start_log.unlink(missing_ok=True)
        command: list[str | Path] = [programs.path("pg_ctl"), "start", "--pgdata", places.data, "--log", start_log]
        command += ["--wait", "--timeout", str(START_SECONDS)]
        result = account.run(command, timeout=START_SECONDS + 10)
        if result.returncode != 0:
            raise ConfigurationError(f"The database did not start: {_last_words(start_log, places.logs)}")

    def _choose_port(self) -> int:
        """The port of last time if it is still free, so that tools keep finding the server."""
        if self.configuration.postgres_port:
            return self.configuration.postgres_port
        remembered = int(connections.read_state(self.home).get("port", 0))
        for port in (remembered, *_ports_from(cluster.hash_of(self.home))):
            if port and is_free_port(port):
                return port
        raise ConfigurationError("No loopback port below 32768 is free for the database. Set ROLLBOOK_POSTGRES_PORT.")

    def _remember(self, programs: Programs, places: cluster.Places, port: int) -> None:
        state = {
            "port": port,
            "socket_folder": str(places.sockets),
            "data_folder": str(places.data),
            "log_folder": str(places.logs),
            "bin_folder": str(programs.folder),
            "version": programs.version,
        }
        path = connections.state_file(self.home)
        draft = path.with_suffix(".draft")
        keys.write_private(draft, json.dumps(state, indent=2) + "\n")
        draft.replace(path)


def _ports_from(seed: int) -> Iterator[int]:
    # Spread by home, so that two installations that start at once seldom look at the same port.
    size = FIRST_EPHEMERAL_PORT - FIRST_PORT
    for step in range(200):
        yield FIRST_PORT + (seed + step * 7) % size


def is_free_port(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server may listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answers(socket_folder: Path, port: int) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(socket_folder / f".s.PGSQL.{port}"))
        except OSError:
            return False
    return True


def _process_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _recorded_process(data: Path) -> int | None:
    lines = _process_file(data)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def _recorded_phase(data: Path) -> str:
    """What the server last wrote about itself: starting, ready, stopping; empty when it wrote nothing."""
    lines = _process_file(data)
    return lines[7].strip() if len(lines) > 7 else ""


def _wait_for_the_one_there(data: Path) -> bool:
    """Wait for a server that another command started or stops; tell whether one runs afterwards."""
    give_up_at = time.monotonic() + START_SECONDS
    while (process_id := _recorded_process(data)) is not None and _is_server(process_id, data):
        if _recorded_phase(data) == "ready":
            return True
        if time.monotonic() > give_up_at:
            raise ConfigurationError(f"The database server (process {process_id}) hangs. End it, then start again.")
        time.sleep(0.05)
    return False


def _is_server(process_id: int, data: Path) -> bool:
    """Whether a process is the server of this data folder, not a stranger that got the same number later."""
    folder = _working_folder(process_id)
    if folder is not None:
        return folder == data
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False
    return not Path("/proc/self").exists()


def _working_folder(process_id: int) -> Path | None:
    # A PostgreSQL process always works in its data folder.
    try:
        return Path(os.readlink(f"/proc/{process_id}/cwd"))
    except OSError:
        return None


def _clear_after_crash(places: cluster.Places) -> None:
    """Remove what a killed server left: processes without their head, a process file that is no longer true."""
    process_id = _recorded_process(places.data)
    if process_id is None or _is_server(process_id, places.data):
        return
    for orphan in _processes_in(places.data):
        # Their server is gone; as long as one of them holds the shared memory, no new one may start.
        os.kill(orphan, signal.SIGKILL)
    give_up_at = time.monotonic() + 5
    while any(True for _ in _processes_in(places.data)) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    # PostgreSQL takes a number that is used again, or that nobody has collected yet, for a living server.
    for path in (places.process_file, *places.sockets.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def _processes_in(data: Path) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*") if Path("/proc").is_dir() else ():
        if _working_folder(int(entry.name)) == data and _is_postgres(entry):
            yield int(entry.name)


def _is_postgres(entry: Path) -> bool:
    # Somebody's shell may stand in the data folder too.
    try:
        return Path(os.readlink(entry / "exe")).name.removesuffix(" (deleted)") == "postgres"
    except OSError:
        return False


def _last_words(start_log: Path, logs: Path) -> str:
    """The line in which the server says why it did not start."""
    newest = sorted(logs.glob("postgresql-*.log"), key=lambda path: path.stat().st_mtime)[-1:]
    for path in (start_log, *newest):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        for line in reversed(lines):
            if "FATAL" in line or "PANIC" in line or "error" in line:
                return f"{line.split(':', 2)[-1].strip()} (see {path})"
    return f"it gave no reason; see {logs}"
