"""Where the two roles find the database, for Django's settings and for the tools beside it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import keys

#: The database of an installation, unless DATABASE_URL names another.
DATABASE_NAME = "rollbook"
#: Databases that belong to PostgreSQL itself; a DATABASE_URL that names one is an administrator's.
MAINTENANCE_DATABASES = frozenset({"", "postgres", "template0", "template1"})


@dataclass(frozen=True, slots=True)
class Connection:
    """One way into the database."""

    host: str
    port: int
    database: str
    user: str
    password: str
    options: tuple[tuple[str, str], ...] = ()

    def with_database(self, database: str) -> "Connection":
        """The same way into another database of the server."""
        return Connection(self.host, self.port, database, self.user, self.password, self.options)

    def with_role(self, user: str, password: str) -> "Connection":
        """The same place, entered as another role."""
        return Connection(self.host, self.port, self.database, user, password, self.options)

    def parameters(self) -> dict[str, Any]:
        """Arguments for psycopg."""
        named = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {
            "dbname": self.database,
            **dict(self.options),
            **{key: value for key, value in named.items() if value},
        }


def from_url(url: str, setting: str) -> Connection:
    """Read a PostgreSQL address such as postgresql://user:password@host:5432/rollbook."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ConfigurationError(f"{setting}: write it like postgresql://user:password@host:5432/rollbook.")
    options = dict(parse_qsl(parts.query))
    try:
        port = int(options.pop("port", "") or parts.port or 5432)
    except ValueError:
        raise ConfigurationError(f"{setting}: the port is not a number.") from None
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return Connection(
        host=host,
        port=port,
        database=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username or options.pop("user", "")),
        password=unquote(parts.password or options.pop("password", "")),
        options=tuple(sorted(options.items())),
    )


def state_file(home: Path) -> Path:
    """Where the embedded server's port and programs are remembered."""
    return home / "run" / "postgres.json"


def read_state(home: Path) -> dict[str, Any]:
    """What is remembered of the embedded server; empty before its first start."""
    try:
        state: dict[str, Any] = json.loads(state_file(home).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{state_file(home)} cannot be read ({error}). Remove it and start again.") from None
    return state


def database_of(configuration: Configuration) -> Connection:
    """The server and database of this installation, without a role."""
    if configuration.database_url is None:
        state = read_state(configuration.home)
        return Connection(
            str(state.get("socket_folder", configuration.home / "postgres" / "run")),
            int(state.get("port", 0)),
            DATABASE_NAME,
            "",
            "",
        )
    given = from_url(configuration.database_url.get_secret_value(), "DATABASE_URL")
    name = DATABASE_NAME if given.database in MAINTENANCE_DATABASES else given.database
    return given.with_database(name).with_role("", "")


def owner_connection(configuration: Configuration) -> Connection:
    """As the owner of the tables: only migrations use it."""
    if configuration.database_url is not None and configuration.database_app_url is not None:
        return from_url(configuration.database_url.get_secret_value(), "DATABASE_URL")
    return _with_kept_password(configuration, configuration.database_owner_role)


def app_connection(configuration: Configuration) -> Connection:
    """As the ordinary role: requests, jobs and tests use it."""
    if configuration.database_app_url is not None:
        return from_url(configuration.database_app_url.get_secret_value(), "DATABASE_APP_URL")
    return _with_kept_password(configuration, configuration.database_app_role)


def _with_kept_password(configuration: Configuration, role: str) -> Connection:
    password = keys.read_or_make_key(configuration.home, f"database-{role}", size=32)
    return database_of(configuration).with_role(role, password)


#: Statements prepare themselves only where the code says so, never because they were sent often.
ONLY_WHEN_ASKED = 2**31


def django_settings(connection: Connection, *, pool_size: int = 0, prepare: bool = False) -> dict[str, Any]:
    """One entry of Django's DATABASES; a pool only where many threads share a process."""
    options: dict[str, Any] = {
        "connect_timeout": 10,
        "application_name": "rollbook",
        **dict(connection.options),
    }
    if prepare:
        options["prepare_threshold"] = ONLY_WHEN_ASKED
    if pool_size:
        # Small and patient: a request waits a moment for a connection rather than opening one more.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10, "max_idle": 300}
    return {
        "ENGINE": "rollbook.core.db.backend",
        "NAME": connection.database,
        "USER": connection.user,
        "PASSWORD": connection.password,
        "HOST": connection.host,
        "PORT": str(connection.port or ""),
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 0,
        # A connection from the pool is looked at when it is taken (core/db/backend).
        "CONN_HEALTH_CHECKS": not pool_size,
        "OPTIONS": options,
    }
