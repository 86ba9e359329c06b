"""What `rollbook doctor` looks at without a database: each probe answers with a sentence and what to do."""

import os
import platform
import shutil
import socket
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution, requires, version
from pathlib import Path

from packaging.requirements import Requirement

OLDEST_PYTHON = (3, 11)
FIRST_UNTRIED_PYTHON = (3, 15)
LARGEST_CLOCK_SKEW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_well: bool
    sentence: str
    remedy: str = ""


def python_version() -> Finding:
    """Whether this Python is one that Rollbook is tested with."""
    present = sys.version_info[:2]
    is_well = OLDEST_PYTHON <= present < FIRST_UNTRIED_PYTHON
    return Finding(
        "python",
        is_well,
        f"Python {platform.python_version()} runs.",
        "" if is_well else "Use Python 3.11, 3.12 or 3.13.",
    )


def dependencies(package: str) -> Iterator[Finding]:
    """Whether every library that the package names is here in a version it accepts."""
    wrong = []
    for line in requires(package) or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            present = version(requirement.name)
        except ModuleNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(present, prereleases=True):
            wrong.append(f"{requirement.name} is {present}, needed is {requirement.specifier}")
    if wrong:
        yield Finding("libraries", False, f"Libraries differ: {'; '.join(wrong)}.", "Run script/bootstrap.")
    else:
        yield Finding("libraries", True, "Every library is here in an accepted version.")


def disk(folder: Path, minimum_mb: int) -> Finding:
    """Whether there is room to write."""
    place = next(each for each in (folder, *folder.parents) if each.exists())
    free_mb = shutil.disk_usage(place).free // (1024 * 1024)
    if free_mb < minimum_mb:
        remedy = "Free some space, or move ROLLBOOK_HOME to a larger disk."
        return Finding("disk", False, f"Only {free_mb} MB are free under {folder}; {minimum_mb} MB are needed.", remedy)
    return Finding("disk", True, f"{free_mb} MB are free under {folder}.")


def port(host: str, number: int, *, is_ours: bool) -> Finding:
    """Whether the web server's port is free, or held by our own server."""
    if is_ours:
        return Finding("web port", True, f"Our web server holds port {number}.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            sentence = f"Port {number} of {host} cannot be used ({error.strerror})."
            return Finding("web port", False, sentence, "Stop the program that holds it, or set ROLLBOOK_PORT.")
    return Finding("web port", True, f"Port {number} of {host} is free.")


def clock(installed_file: Path) -> Finding:
    """Whether the clock can be right at all: it runs forward and stands after the day this version was installed."""
    now = time.time()
    if now < installed_file.stat().st_ctime - 60:
        sentence = (
            f"The clock says {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC, before Rollbook was installed."
        )
        return Finding("clock", False, sentence, "Set the clock, best with a time service such as chrony.")
    return Finding("clock", True, f"The clock says {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC.")


def clock_skew(seconds: float) -> Finding:
    """Whether our clock and the database server's agree."""
    if abs(seconds) > LARGEST_CLOCK_SKEW_SECONDS:
        sentence = f"The database server's clock differs from ours by {seconds:+.1f} seconds."
        return Finding("clock skew", False, sentence, "Let both machines follow the same time service.")
    return Finding("clock skew", True, "Our clock and the database server's agree.")


def private_files(folder: Path) -> Finding:
    """Whether nobody but their owner can read the secrets."""
    if not folder.is_dir():
        return Finding("secrets", True, "No secret was made yet.")
    open_ones = [path for path in (folder, *sorted(folder.iterdir())) if _is_open(path)]
    if open_ones:
        names = ", ".join(str(path) for path in open_ones)
        return Finding("secrets", False, f"Others may read {names}.", f"Run: chmod -R go= {folder}")
    strangers = [path for path in folder.iterdir() if path.stat().st_uid != os.geteuid()]
    if strangers:
        names = ", ".join(str(path) for path in strangers)
        return Finding("secrets", False, f"{names} belong to another user.", "Run Rollbook as their owner.")
    return Finding("secrets", True, "Only their owner can read the secrets.")


def _is_open(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def writable(folder: Path) -> Finding:
    """Whether the home can be written by whoever runs this."""
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if os.access(place, os.W_OK | os.X_OK):
        return Finding("home", True, f"{folder} can be written.")
    return Finding("home", False, f"{folder} cannot be written.", "Choose another ROLLBOOK_HOME, or run as its owner.")


def installed_file(package: str) -> Path:
    """A file that was written when the package was installed."""
    return Path(str(distribution(package).locate_file("."))).resolve()
