"""Makes sure that the database of this installation is there and both roles can enter it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import connections, keys, roles
from rollbook.site.runtime.locks import only_one
from rollbook.site.runtime.postgres import EmbeddedPostgres

#: Held while migrations run, so that two starters never race.
MIGRATION_LOCK = 0x726F6C6C626F6F6B  # "rollbook"


def ensure_database(configuration: Configuration) -> bool:
    """Start the embedded server if it is ours, and prepare roles and database once; tell whether it was started."""
    was_started = _ensure_server(configuration)
    if _is_prepared(configuration) and _can_enter(configuration):
        return was_started
    # The server may have been killed after it was looked at.
    was_started = _ensure_server(configuration) or was_started
    configuration.home.joinpath("run").mkdir(parents=True, exist_ok=True)
    with only_one(configuration.home / "run" / "prepare.lock"):
        if not (_is_prepared(configuration) and _can_enter(configuration)):
            _prepare(configuration)
    return was_started


def _ensure_server(configuration: Configuration) -> bool:
    return configuration.database_url is None and EmbeddedPostgres(configuration).ensure_running().was_started


def administrator(configuration: Configuration) -> tuple[connections.Connection, str]:
    """The way in for setting up, and the name of the setting it comes from."""
    if configuration.database_url is None:
        return EmbeddedPostgres(configuration).administrator(), "The embedded database"
    return connections.from_url(configuration.database_url.get_secret_value(), "DATABASE_URL"), "DATABASE_URL"


def _prepare(configuration: Configuration) -> None:
    place, setting = administrator(configuration)
    if configuration.database_app_url is None:
        roles.prepare(configuration, place, setting)
    else:
        roles.limit_given_role(configuration)
        with roles.connect(place, setting) as connection:
            app = connections.app_connection(configuration)
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(app.user)))
    for role in (connections.owner_connection(configuration), connections.app_connection(configuration)):
        roles.connect(role, setting).close()
    keys.write_private(_mark(configuration), _fingerprint(configuration))


def _mark(configuration: Configuration) -> Path:
    return configuration.home / "run" / "prepared"


def _fingerprint(configuration: Configuration) -> str:
    owner, app = connections.owner_connection(configuration), connections.app_connection(configuration)
    facts: list[Any] = [roles.REVISION, roles.ROLE_SETTINGS, owner.host, owner.database, owner.user, app.user]
    if configuration.database_url is not None:
        facts.append(owner.port)
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _is_prepared(configuration: Configuration) -> bool:
    try:
        return _mark(configuration).read_text(encoding="utf-8") == _fingerprint(configuration)
    except FileNotFoundError:
        return False


def _can_enter(configuration: Configuration) -> bool:
    try:
        for place in (connections.owner_connection(configuration), connections.app_connection(configuration)):
            psycopg.connect(**place.parameters(), connect_timeout=10).close()
    except psycopg.OperationalError:
        # Somebody restored, renamed or changed a password: preparing again says exactly what is wrong.
        return False
    return True


@contextmanager
def migration_lock(configuration: Configuration) -> Iterator[None]:
    """Only one process migrates; a second waits until the first is done and then finds nothing to do."""
    with roles.connect(connections.owner_connection(configuration), "The owner's connection") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield


__all__ = ["ConfigurationError", "administrator", "ensure_database", "migration_lock"]
