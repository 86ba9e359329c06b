"""Versions of what runs: supported, and those of the lock file."""

import re
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import django
from django.db import connection
from packaging.markers import Marker

from rollbook.core.readiness import Context, Outcome, Severity, none_found, register_item

#: The day after which a version gets no security updates any more.
END_OF_LIFE = {
    "python 3.11": date(2027, 10, 31),
    "python 3.12": date(2028, 10, 31),
    "python 3.13": date(2029, 10, 31),
    "python 3.14": date(2030, 10, 31),
    "django 5.2": date(2028, 4, 30),
    "postgresql 15": date(2027, 11, 11),
    "postgresql 16": date(2028, 11, 9),
    "postgresql 17": date(2029, 11, 8),
    "postgresql 18": date(2030, 11, 14),
}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;([^\\\n]*))?", re.MULTILINE)


def lock_file() -> Path:
    """The versions that were tried together; it stands beside the package in a checkout."""
    return Path(__file__).resolve().parents[4] / "lock" / "runtime.txt"


@register_item(
    id="PLT-ENV-12",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="Software versions are supported and pinned",
    how="Python, Django, PostgreSQL and every package of the lock file are read and compared; dates of the end of "
    "support are in the table of this item.",
    remedy="Install what the lock file says: `uv pip sync lock/runtime.txt`; a version past its end is upgraded.",
    evidence=("versions", "packages"),
)
def versions_are_supported(context: Context) -> Outcome:
    running = {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "django": ".".join(map(str, django.VERSION[:2])),
        "postgresql": str(_server_version() // 10_000),
    }
    found = []
    for name, present in running.items():
        end = END_OF_LIFE.get(f"{name} {present}")
        if end is None:
            found.append(f"{name} {present} is not one of the versions that are supported")
        elif context.now.date() > end:
            found.append(f"{name} {present} has had no updates since {end}")
    pins = _pins()
    if not pins:
        found.append("there is no lock file beside the package")
    found += [f"{name} is {held}, not {wanted}" for name, wanted in pins if (held := _installed(name)) != wanted]
    return none_found(
        found, examined=len(running) + len(pins), what="versions not supported or not pinned", versions=running,
        packages=len(pins),
    )  # fmt: skip


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.pg_version)  # type: ignore[attr-defined] # of PostgreSQL's wrapper


def _pins() -> list[tuple[str, str]]:
    """Packages of the lock file that are meant for this machine."""
    try:
        text = lock_file().read_text(encoding="utf-8")
    except OSError:
        return []
    return [(name, wanted) for name, wanted, marker in _PIN.findall(text) if not marker or Marker(marker).evaluate()]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
