"""Keeps the web server, the worker and the embedded database running until it is asked to stop."""

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import processes
from rollbook.site.runtime.postgres import EmbeddedPostgres

log = structlog.get_logger("rollbook.supervisor")

NAME = "supervisor"
#: The parts that it keeps running, by the name of their command.
PARTS = ("web", "worker")
#: A demonstration has the payment providers' stand-ins beside them.
STANDINS = "standins"
LOOK_EVERY_SECONDS = 0.2
#: A part that ran this long did its work: what ends it then is no fault of its start, and it starts again at once.
WELL_AFTER_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 15.0
LOG_FILE_LIMIT = 20 * 1024 * 1024


@dataclass(slots=True)
class Part:
    """One process that must run."""

    name: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    crashes: int = 0
    start_again_at: float = field(default=0.0)

    def pause_seconds(self) -> float:
        """Nothing after the first crash, then longer and longer."""
        return 0.0 if self.crashes <= 1 else min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** (self.crashes - 2))


class Supervisor:
    """Starts the parts, starts them again when they die, stops them in order."""

    def __init__(self, configuration: Configuration, *, log_to_files: bool) -> None:
        self.configuration = configuration
        self.home = configuration.home
        self.log_to_files = log_to_files
        self.parts = [Part(name) for name in parts_of(configuration)]
        self.stop = threading.Event()

    def run(self) -> int:
        """Keep everything running until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        end_leftovers(self.home)
        processes.record(self.home, NAME, _own_pid())
        try:
            while not self.stop.is_set():
                self._look()
                self.stop.wait(LOOK_EVERY_SECONDS)
        finally:
            self._stop_parts()
            processes.record_file(self.home, NAME).unlink(missing_ok=True)
        return 0

    def _look(self) -> None:
        self._keep_database()
        for part in self.parts:
            if part.process is None:
                if time.monotonic() >= part.start_again_at:
                    self._start(part)
            elif part.process.poll() is not None:
                self._note_crash(part)
            elif part.crashes and time.monotonic() - part.started_at > WELL_AFTER_SECONDS:
                part.crashes = 0

    def _keep_database(self) -> None:
        if self.configuration.database_url is not None:
            return
        server = EmbeddedPostgres(self.configuration)
        if server.is_running():
            return
        try:
            server.ensure_running()
        except ConfigurationError as error:
            log.exception("database_not_started", reason=str(error))
            self.stop.wait(1)
        else:
            log.warning("database_started_again")
            # What ended for want of a database is no fault of its own.
            for part in self.parts:
                part.crashes = 0
                part.start_again_at = 0.0

    def _start(self, part: Part) -> None:
        output: Any = self._log_file(part.name) if self.log_to_files else None
        part.process = subprocess.Popen(
            [sys.executable, "-m", "rollbook", part.name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # A group of its own: what a killed leader leaves behind can be ended with it.
            start_new_session=True,
        )
        if output is not None:
            output.close()
        part.started_at = time.monotonic()
        processes.record(self.home, part.name, part.process.pid)
        log.info("part_started", part=part.name, pid=part.process.pid)

    def _note_crash(self, part: Part) -> None:
        process = part.process
        if process is None:
            return
        survivors = processes.members_of_group(process.pid, part.name) if part.name == "web" else []
        if survivors:
            # The web processes of a killed leader go on serving; their successor ends them when it is ready.
            processes.keep_survivors(self.home, survivors)
        else:
            processes.end_group(process.pid)
        part.crashes += 1
        pause = part.pause_seconds()
        part.start_again_at = time.monotonic() + pause
        part.process = None
        log.error("part_ended", part=part.name, pid=process.pid, code=process.returncode, starts_again_in=pause)

    def _log_file(self, name: str) -> Any:
        folder = self.home / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_FILE_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _stop_parts(self) -> None:
        running = [part for part in self.parts if part.process is not None]
        for part in running:
            if part.process is not None:
                part.process.terminate()
        for part in running:
            if part.process is None:
                continue
            try:
                part.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                part.process.kill()
            processes.end_group(part.process.pid)
            processes.record_file(self.home, part.name).unlink(missing_ok=True)
            log.info("part_stopped", part=part.name)
        processes.end_survivors(self.home, patience_seconds=5)


def parts_of(configuration: Configuration) -> list[str]:
    """The parts of an installation."""
    has_standins = configuration.standins_port and configuration.env != "production"
    return [*PARTS, STANDINS] if has_standins else [*PARTS]


def _own_pid() -> int:
    import os

    return os.getpid()


def end_leftovers(home: Path) -> list[str]:
    """End the parts of a supervisor that was killed; they would hold the port and the work."""
    ended = []
    for name in (*PARTS, STANDINS):
        left = processes.recorded(home, name)
        if left is not None:
            processes.end(left, patience_seconds=10, whole_group=True)
            ended.append(name)
    processes.end_survivors(home, patience_seconds=5)
    return ended


def running_supervisor(home: Path) -> processes.ProcessRecord | None:
    """The supervisor of this installation, if one runs."""
    return processes.recorded(home, NAME)


def start_in_background(configuration: Configuration) -> processes.ProcessRecord:
    """Start a supervisor that outlives this command and holds none of its pipes."""
    log_folder = configuration.home / "log"
    log_folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    with (log_folder / "supervisor.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rollbook", "up", "--supervise"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        found = running_supervisor(configuration.home)
        if found is not None and found.pid == process.pid:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise ConfigurationError(f"Rollbook did not start; its last words are in {log_folder / 'supervisor.log'}.")
