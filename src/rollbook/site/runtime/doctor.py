"""What `rollbook doctor` examines: first without the database, then the database and its two roles."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg

from rollbook.shared.monitoring import probes
from rollbook.shared.monitoring.probes import Finding
from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import connections, processes, roles
from rollbook.site.runtime.postgres import EmbeddedPostgres
from rollbook.site.runtime.programs import OLDEST_MAJOR, find_programs

_START = "Run: rollbook up"


def examine(configuration: Configuration) -> list[Finding]:
    """Every finding, in the order in which one would mend them. What was not running is not running afterwards."""
    findings = [*_settings(configuration), *_machine(configuration)]
    if configuration.database_url is None:
        return [*findings, *_embedded(configuration)]
    return [*findings, *_database(configuration)]


def _settings(configuration: Configuration) -> Iterator[Finding]:
    yield Finding("settings", True, f"Every setting can be read; this is a {configuration.env} installation.")
    in_production = configuration.env == "production"
    if configuration.debug:
        yield Finding(
            "debug",
            not in_production,
            "Error traces are shown in the browser.",
            "Set ROLLBOOK_DEBUG=false and start again.",
        )
    if in_production:
        yield Finding(
            "address",
            configuration.is_https,
            f"People reach it at {configuration.address}.",
            "" if configuration.is_https else "Set ROLLBOOK_BASE_URL to an https address.",
        )
        yield Finding(
            "mail",
            bool(configuration.mail_host),
            f"Mail goes to {configuration.mail_host}." if configuration.mail_host else "Mail is only written to files.",
            "" if configuration.mail_host else "Set ROLLBOOK_MAIL_HOST, so that activation links reach people.",
        )


def _machine(configuration: Configuration) -> Iterator[Finding]:
    yield probes.python_version()
    yield from probes.dependencies("rollbook")
    yield probes.writable(configuration.home)
    yield probes.private_files(configuration.home / "keys")
    yield probes.disk(configuration.home, configuration.disk_minimum_mb)
    yield probes.clock(probes.installed_file("rollbook"))
    is_ours = processes.recorded(configuration.home, "web") is not None
    yield probes.port(configuration.host, configuration.port, is_ours=is_ours)


def _embedded(configuration: Configuration) -> Iterator[Finding]:
    try:
        programs = find_programs(configuration)
    except ConfigurationError as error:
        yield Finding("postgresql", False, str(error), "Run script/bootstrap, or set DATABASE_URL.")
        return
    yield Finding("postgresql", True, f"PostgreSQL {programs.version} is here, in {programs.folder}.")
    if not connections.read_state(configuration.home):
        yield Finding("database", True, "No database was made yet; rollbook up makes it.")
        return
    server = EmbeddedPostgres(configuration)
    try:
        was_started = server.ensure_running().was_started
    except ConfigurationError as error:
        yield Finding("database", False, str(error), "The server's own log tells more.")
        return
    try:
        yield from _database(configuration)
    finally:
        if was_started:
            server.stop()


def _database(configuration: Configuration) -> Iterator[Finding]:
    try:
        with _enter(connections.app_connection(configuration)) as connection:
            yield _version(connection.info.server_version)
            yield _skew(connection)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        yield Finding("database", False, f"The ordinary role cannot enter the database: {reason}.", _START)
        return
    yield from _roles(configuration)


def _version(server_version: int) -> Finding:
    major = server_version // 10000
    is_well = major >= OLDEST_MAJOR
    remedy = "" if is_well else f"Move to PostgreSQL {OLDEST_MAJOR} or newer."
    return Finding("database", is_well, f"PostgreSQL {major} answers.", remedy)


def _skew(connection: psycopg.Connection[Any]) -> Finding:
    before = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
    middle = (before + time.time()) / 2
    return probes.clock_skew(float(row[0]) - middle if row else float("inf"))


def _roles(configuration: Configuration) -> Iterator[Finding]:
    app = connections.app_connection(configuration)
    owner = connections.owner_connection(configuration)
    with _enter(app) as connection:
        try:
            roles.require_ordinary(connection, owner.user)
        except ConfigurationError as error:
            remedy = f"As an administrator: ALTER ROLE {app.user} NOSUPERUSER NOBYPASSRLS."
            yield Finding("ordinary role", False, str(error), remedy)
        else:
            yield Finding("ordinary role", True, f"Row security binds the role '{app.user}'.")
        yield _limits(connection)
        yield _own_schema(connection)
    try:
        _enter(owner).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        yield Finding("owner role", False, f"The owner cannot enter the database: {reason}.", _START)
    else:
        yield Finding("owner role", True, f"The owner '{owner.user}' can enter to migrate.")


def _limits(connection: psycopg.Connection[Any]) -> Finding:
    unlimited = []
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        if row is None or row[0] == "0":
            unlimited.append(name)
    if unlimited:
        remedy = "Remove the file run/prepared in ROLLBOOK_HOME and run: rollbook migrate"
        return Finding("limits", False, f"The ordinary role has no {' and no '.join(unlimited)}.", remedy)
    return Finding("limits", True, "Statements, locks and idle transactions have limits.")


def _own_schema(connection: psycopg.Connection[Any]) -> Finding:
    row = connection.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')").fetchone()
    if row is not None and row[0]:
        remedy = "As the owner: REVOKE CREATE ON SCHEMA public FROM PUBLIC, and from that role."
        return Finding("schema", False, "The ordinary role may change the schema.", remedy)
    return Finding("schema", True, "Only the owner may change the schema.")


def _enter(place: connections.Connection) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(**place.parameters(), autocommit=True, connect_timeout=5)
