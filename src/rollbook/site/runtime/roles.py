"""Makes the two roles and the database, and takes from everybody else what they need not have.

The owner migrates and owns every table. The ordinary role serves requests, jobs and tests: it cannot change the
schema, cannot pass row security, and its statements, locks and idle transactions have limits that live on the role.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import connections
from rollbook.site.runtime.connections import Connection
from rollbook.site.runtime.programs import OLDEST_MAJOR

#: Raised when what is made here changes, so that known installations are brought up to it.
REVISION = 1

_COMMON = {"search_path": "public", "timezone": "UTC"}
ROLE_SETTINGS: dict[str, dict[str, str]] = {
    "owner": {
        **_COMMON,
        "lock_timeout": "5s",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "15min",
    },
    "app": {
        **_COMMON,
        "lock_timeout": "5s",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
    },
}
#: Columns of pg_roles that must be false, and the words that make them so.
_WITHOUT = {
    "rolsuper": "NOSUPERUSER",
    "rolbypassrls": "NOBYPASSRLS",
    "rolcreaterole": "NOCREATEROLE",
    "rolcreatedb": "NOCREATEDB",
    "rolreplication": "NOREPLICATION",
}


@dataclass(frozen=True, slots=True)
class Administrator:
    """The one who sets up: what it may do on this server."""

    name: str
    is_superuser: bool
    may_create_roles: bool
    may_create_databases: bool


def connect(place: Connection, setting: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect with every statement committed at once; a failure is a sentence."""
    try:
        return psycopg.connect(**place.parameters(), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise ConfigurationError(f"{setting}: the database does not let us in ({reason}).") from error


def prepare(configuration: Configuration, administrator: Connection, setting: str) -> None:
    """Bring roles and database to what an installation needs; running it again changes nothing."""
    owner, app = connections.owner_connection(configuration), connections.app_connection(configuration)
    with _into_server(administrator, setting) as connection:
        _require_version(connection, setting)
        who = _ask_who(connection)
        if not who.may_create_roles:
            _require_app_url(configuration, who)
            return
        for place, kind in ((owner, "owner"), (app, "app")):
            _make_role(connection, place, ROLE_SETTINGS[kind], who)
        if not who.is_superuser:
            # Only a member may make things that belong to the owner.
            _run(connection, "GRANT {} TO CURRENT_USER", sql.Identifier(owner.user))
        _make_database(connection, owner.database, owner.user, who)
        close_database(connection, owner.database, owner.user, app.user)
    with connect(administrator.with_database(owner.database), setting) as connection:
        close_schema(connection, owner.user, app.user)


def _into_server(administrator: Connection, setting: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Enter through the given database; when it is still to be made, through one that every server has."""
    try:
        return connect(administrator.with_database(administrator.database or "postgres"), setting)
    except ConfigurationError as refusal:
        if getattr(refusal.__cause__, "sqlstate", None) is None and "does not exist" not in str(refusal):
            raise
    return connect(administrator.with_database("postgres"), setting)


def _require_version(connection: psycopg.Connection[Any], setting: str) -> None:
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise ConfigurationError(
            f"{setting}: the server is PostgreSQL {major}; Rollbook needs {OLDEST_MAJOR} or newer."
        )


def _ask_who(connection: psycopg.Connection[Any]) -> Administrator:
    row = connection.execute(
        "SELECT rolname, rolsuper, rolsuper OR rolcreaterole, rolsuper OR rolcreatedb"
        "  FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return Administrator(*_there(row))


def _there(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise ConfigurationError("The database does not list the role that we entered as; its catalogue is damaged.")
    return row


def _require_app_url(configuration: Configuration, who: Administrator) -> None:
    if configuration.database_app_url is None:
        raise ConfigurationError(
            f"DATABASE_URL: the role '{who.name}' may not create roles, so the ordinary role must be given: make one "
            f"with CREATE ROLE {configuration.database_app_role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…', "
            "and set DATABASE_APP_URL to its connection."
        )


def require_ordinary(connection: psycopg.Connection[Any], owner: str) -> None:
    """Refuse an ordinary role that would pass through every row policy in silence."""
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, pg_has_role(rolname, %s, 'MEMBER')"
        "  FROM pg_roles WHERE rolname = current_user",
        [owner],
    ).fetchone()
    name, is_superuser, passes_row_security, is_member = _there(row)
    wrong = "a superuser" if is_superuser else "free of row security (BYPASSRLS)" if passes_row_security else ""
    if is_member and not wrong:
        wrong = f"the owner '{owner}' or a member of it"
    if wrong:
        raise ConfigurationError(
            f"DATABASE_APP_URL: the role '{name}' is {wrong}, so it would see every organisation's records. "
            "Give the connection of an ordinary role."
        )


def _run(connection: psycopg.Connection[Any], statement: str, *parts: sql.Composable) -> None:
    connection.execute(sql.SQL(statement).format(*parts))


def _make_role(
    connection: psycopg.Connection[Any], place: Connection, settings: dict[str, str], who: Administrator
) -> None:
    role = sql.Identifier(place.user)
    # Sent as a verifier: the statement may stand in the server's log, the password may not.
    verifier = connection.pgconn.encrypt_password(
        place.password.encode(), place.user.encode(), b"scram-sha-256"
    ).decode()
    facts = _role_facts(connection, place.user)
    if facts is None:
        _run(connection, "CREATE ROLE {} LOGIN PASSWORD {}", role, sql.Literal(verifier))
        facts = _role_facts(connection, place.user)
    else:
        _run(connection, "ALTER ROLE {} LOGIN PASSWORD {}", role, sql.Literal(verifier))
    too_much = [words for column, words in _WITHOUT.items() if facts and facts[column]]
    if too_much:
        if not who.is_superuser:
            raise ConfigurationError(
                f"DATABASE_URL: the role '{place.user}' has rights it may not have; "
                f"run as a superuser: ALTER ROLE {place.user} {' '.join(too_much)}."
            )
        _run(connection, "ALTER ROLE {} " + " ".join(too_much), role)
    for name, value in settings.items():
        _run(connection, "ALTER ROLE {} SET {} = {}", role, sql.Identifier(name), sql.Literal(value))


def _role_facts(connection: psycopg.Connection[Any], name: str) -> dict[str, Any] | None:
    columns = ", ".join(_WITHOUT)
    row = connection.execute(f"SELECT {columns} FROM pg_roles WHERE rolname = %s", [name]).fetchone()  # noqa: S608
    return dict(zip(_WITHOUT, row, strict=True)) if row else None


def _make_database(connection: psycopg.Connection[Any], name: str, owner: str, who: Administrator) -> None:
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding), pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s",
        [name],
    ).fetchone()
    if row is None:
        if not who.may_create_databases:
            raise ConfigurationError(
                f"DATABASE_URL: there is no database '{name}', and the role '{who.name}' may not create one. "
                f"Run as an administrator: CREATE DATABASE {name} OWNER {owner} ENCODING 'UTF8' TEMPLATE template0."
            )
        create_database(connection, name, owner)
        return
    encoding, present_owner = row
    if encoding != "UTF8":
        raise ConfigurationError(f"DATABASE_URL: the database '{name}' is in {encoding}; Rollbook needs UTF8.")
    if present_owner != owner and who.may_create_databases:
        _run(connection, "ALTER DATABASE {} OWNER TO {}", sql.Identifier(name), sql.Identifier(owner))


def create_database(connection: psycopg.Connection[Any], name: str, owner: str) -> None:
    """Make an empty database that sorts and folds case the same on every machine, where the server can."""
    ways = ["LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", ""]
    if connection.info.server_version >= 170000:
        ways.insert(0, "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'")
    for way in ways:
        try:
            _run(
                connection,
                "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0 " + way,
                sql.Identifier(name),
                sql.Identifier(owner),
            )
        except (psycopg.errors.WrongObjectType, psycopg.errors.InvalidParameterValue):
            # This server does not know that locale; the last way is its own.
            if not way:
                raise
        else:
            return


def close_database(connection: psycopg.Connection[Any], name: str, owner: str, app: str) -> None:
    """Nobody enters the database but its owner and the ordinary role."""
    database = sql.Identifier(name)
    _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", database, sql.Identifier(app))
    _run(connection, "GRANT ALL ON DATABASE {} TO {}", database, sql.Identifier(owner))


def close_schema(connection: psycopg.Connection[Any], owner: str, app: str) -> None:
    """Nobody makes or sees anything in the schema but the owner; the ordinary role may look around."""
    _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    _run(connection, "GRANT ALL ON SCHEMA public TO {}", sql.Identifier(owner))
    _run(connection, "GRANT USAGE ON SCHEMA public TO {}", sql.Identifier(app))


def limit_given_role(configuration: Configuration) -> None:
    """Where the ordinary role was given to us, it sets its own limits; it may do that much itself."""
    place = connections.app_connection(configuration)
    with connect(place, "DATABASE_APP_URL") as connection:
        require_ordinary(connection, connections.owner_connection(configuration).user)
        for name, value in ROLE_SETTINGS["app"].items():
            _run(
                connection,
                "ALTER ROLE {} SET {} = {}",
                sql.Identifier(place.user),
                sql.Identifier(name),
                sql.Literal(value),
            )
