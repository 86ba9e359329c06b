"""The processes of an installation, recorded so that only they are ever ended."""

import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rollbook.site.runtime import keys


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """One process: its number is used again by the system one day, its number and start together are not."""

    name: str
    pid: int
    started: str

    @property
    def is_running(self) -> bool:
        """Whether this very process still runs."""
        return start_of(self.pid) == self.started


def start_of(pid: int) -> str | None:
    """When a process started, in the system's own words; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return _start_without_proc(pid) if not Path("/proc/self").exists() else None
    # The name in parentheses may hold anything, so fields are counted after it.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]


def _start_without_proc(pid: int) -> str | None:
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def record_file(home: Path, name: str) -> Path:
    """Where the process of a name is recorded."""
    return home / "run" / f"{name}.process"


def record(home: Path, name: str, pid: int) -> ProcessRecord:
    """Remember a process of ours."""
    made = ProcessRecord(name, pid, start_of(pid) or "")
    path = record_file(home, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    keys.write_private(draft, json.dumps(asdict(made)) + "\n")
    draft.replace(path)
    return made


def recorded(home: Path, name: str) -> ProcessRecord | None:
    """The recorded process of a name if it still runs; a record of one that does not is removed."""
    path = record_file(home, name)
    try:
        found = ProcessRecord(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    if found.is_running:
        return found
    path.unlink(missing_ok=True)
    return None


def members_of_group(leader: int, name: str) -> list[ProcessRecord]:
    """The processes that a leader left behind in its group; empty where the system does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat") if Path("/proc/self").exists() else ():
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] not in {"Z", "X"}:
            found.append(ProcessRecord(name, int(path.parent.name), fields[19]))
    return found


def keep_survivors(home: Path, survivors: list[ProcessRecord]) -> None:
    """Remember processes that go on serving until their successor is ready."""
    known = [*survivors, *(each for each in read_survivors(home) if each not in survivors)]
    keys.write_private(home / "run" / "survivors.json", json.dumps([asdict(each) for each in known]) + "\n")


def read_survivors(home: Path) -> list[ProcessRecord]:
    """The remembered processes that still run."""
    try:
        rows = json.loads((home / "run" / "survivors.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [each for each in (ProcessRecord(**row) for row in rows) if each.is_running]


def end_survivors(home: Path, *, patience_seconds: float) -> None:
    """Let them finish what they are at, then end them."""
    survivors = read_survivors(home)
    for each in survivors:
        _signal(each, signal.SIGTERM)
    for each in survivors:
        end(each, patience_seconds=patience_seconds)
    (home / "run" / "survivors.json").unlink(missing_ok=True)


def end(process: ProcessRecord, *, patience_seconds: float = 30, whole_group: bool = False) -> None:
    """Ask a process to stop; after the patience is over, end it and, if it leads one, its whole group."""
    _signal(process, signal.SIGTERM)
    give_up_at = time.monotonic() + patience_seconds
    while process.is_running and time.monotonic() < give_up_at:
        time.sleep(0.05)
    if process.is_running:
        _signal(process, signal.SIGKILL)
    if whole_group:
        end_group(process.pid)


def _signal(process: ProcessRecord, number: signal.Signals) -> None:
    if process.is_running:
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def end_group(leader: int) -> None:
    """End what a killed leader left behind in the group that it led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
