"""One at a time: a lock on a file, given back by the system even when its holder is killed."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rollbook.site.configuration import ConfigurationError


@contextmanager
def only_one(path: Path, *, patience_seconds: float = 60) -> Iterator[None]:
    """Hold the lock at `path`; whoever comes second waits for the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        _acquire(file.fileno(), path, patience_seconds)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _acquire(descriptor: int, path: Path, patience_seconds: float) -> None:
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise ConfigurationError(
                    f"Another command has held {path} for {patience_seconds:.0f} seconds. "
                    "Wait for it to finish, or end it."
                ) from None
            time.sleep(0.05)
