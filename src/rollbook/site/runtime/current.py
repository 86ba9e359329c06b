"""Whether database and static files are already what this code expects, answered without loading the code.

Loading everything only to find that there is nothing to do would double the time of every start.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg

import rollbook
from rollbook.site.configuration import Configuration
from rollbook.site.runtime import connections, keys

#: Which database this is and how far its migrations have come; another one, or an older copy, answers differently.
APPLIED = """
SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()), count(*), coalesce(max(id), 0),
       coalesce(extract(epoch FROM max(applied))::text, '')
  FROM django_migrations
"""


def is_current(configuration: Configuration) -> bool:
    """Whether nothing has changed since `note_current`, neither in the code nor in the database."""
    try:
        noted = _mark(configuration).read_text(encoding="utf-8")
        return noted == _fingerprint(configuration)
    except (FileNotFoundError, psycopg.Error):
        # Never noted, or a database without tables: all the work is to be done.
        return False


def note_current(configuration: Configuration) -> None:
    """Remember that migrations are applied, roles renewed and static files collected."""
    keys.write_private(_mark(configuration), _fingerprint(configuration))


def _mark(configuration: Configuration) -> Path:
    return configuration.home / "run" / "current"


def _fingerprint(configuration: Configuration) -> str:
    with psycopg.connect(**connections.app_connection(configuration).parameters(), connect_timeout=5) as connection:
        applied = connection.execute(APPLIED).fetchone()
    facts = {"applied": list(applied or ()), "code": sorted(_code()), "home": str(configuration.home)}
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _code() -> Iterator[str]:
    """Every migration, static file, role and permission of ours, and every library with its version."""
    package = Path(next(iter(rollbook.__path__)))
    for pattern in ("*/**/migrations/*.py", "*/**/static/**/*", "**/permissions.py", "**/roles.py"):
        for path in package.glob(pattern):
            facts = path.stat()
            yield f"{path.relative_to(package)}:{facts.st_size}:{facts.st_mtime_ns}"
    yield from (path.name for path in Path(psycopg.__path__[0]).parent.glob("*.dist-info"))
