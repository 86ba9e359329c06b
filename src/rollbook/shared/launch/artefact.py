"""Which software runs here: its version and a digest over its files."""

import hashlib
import socket
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import rollbook

PACKAGE = Path(rollbook.__file__).parent
SUFFIXES = frozenset({".py", ".html", ".js", ".css", ".mo"})


@lru_cache(maxsize=1)
def release_version() -> str:
    """The version of Rollbook that runs."""
    try:
        return version("rollbook")
    except PackageNotFoundError:
        return "unknown"


@lru_cache(maxsize=1)
def artefact_digest() -> str:
    """SHA-256 over the names and contents of the product's files: equal on two hosts that run the same."""
    digest = hashlib.sha256(release_version().encode())
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in SUFFIXES and "tests" not in path.parts and path.is_file():
            digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def host() -> str:
    """The name of this machine."""
    return socket.gethostname()
