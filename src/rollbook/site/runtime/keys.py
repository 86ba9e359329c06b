"""Secrets of the installation: made once, kept in files that only their owner may read."""

import os
import secrets
import stat
from pathlib import Path

from rollbook.site.configuration import ConfigurationError


def keys_folder(home: Path) -> Path:
    """The folder of the secrets, readable by nobody else."""
    folder = home / "keys"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(
            f"ROLLBOOK_HOME: {folder} cannot be made or protected ({error.strerror}). "
            "Choose a folder that you own, or run this as its owner."
        ) from None
    return folder


def read_key(home: Path, name: str) -> str | None:
    """One secret, or None when it was never made."""
    path = home / "keys" / name
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror}). Run this as the owner of ROLLBOOK_HOME."
        ) from None


def read_or_make_key(home: Path, name: str, *, size: int = 48) -> str:
    """One secret; made at the first call and the same ever after, also when two processes ask at once."""
    known = read_key(home, name)
    if known:
        return known
    folder = keys_folder(home)
    draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    write_private(draft, secrets.token_urlsafe(size) + "\n")
    try:
        # A link, not a rename: the first process wins and the second reads what it made.
        os.link(draft, folder / name)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    made = read_key(home, name)
    if made is None:
        raise ConfigurationError(
            f"{folder / name} is empty. Restore it from a backup, or remove it to have a new one made."
        )
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)


def is_private(path: Path) -> bool:
    """Whether nobody but the owner may read or write a file."""
    return stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
