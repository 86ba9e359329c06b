"""The tests' database: migrated once by the owner, copied for each run, entered as the ordinary role."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from rollbook.site.configuration import configuration
from rollbook.site.runtime import connections, roles
from rollbook.site.runtime.account import server_account
from rollbook.site.runtime.database import administrator, ensure_database

_TEMPLATE_LOCK = 0x74656D706C617465  # "template"
_KEPT_TEMPLATES = 4


class TestDatabase:
    """One copy of the migrated template; `renew` throws away whatever the tests committed in it."""

    __test__ = False

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template

    def renew(self) -> None:
        """Replace the copy by a fresh one."""
        from django.db import connections as django_connections

        django_connections.close_all()
        config = configuration()
        owner, app = connections.owner_connection(config).user, connections.app_connection(config).user
        with _server() as server:
            _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
            # Copying files waits for the disk on a server that does; our own one does not (see below).
            strategy = " STRATEGY FILE_COPY" if config.database_url is None else ""
            _run(server, "CREATE DATABASE {} OWNER {} TEMPLATE {}" + strategy, self.name, owner, self.template)
            # Who may enter is not copied with a template.
            roles.close_database(server, self.name, owner, app)

    def drop(self) -> None:
        """Remove the copy."""
        with _server() as server:
            _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    place, setting = administrator(configuration())
    with roles.connect(place.with_database("postgres"), setting) as connection:
        yield connection


def _run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def fingerprint() -> str:
    """Changes when anything that shapes the migrated database does."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    digest = hashlib.sha256(f"{roles.REVISION}{roles.ROLE_SETTINGS}".encode())
    for package in ("django", "procrastinate", "django-allauth", "django-axes"):
        digest.update(version(package).encode())
    for app in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(app.label)
        folder = Path(app.path) / "migrations"
        if module and module.startswith("rollbook.") and folder.is_dir():
            for path in sorted(folder.glob("[0-9]*.py")):
                digest.update(path.name.encode() + path.read_bytes())
    for path in sorted((Path(apps.get_app_config("rollbook_db").path)).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def ensure_template() -> str:
    """The migrated template for the present migrations; made by whoever needs it first."""
    name = f"rollbook_template_{fingerprint()}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        if not _exists(server, name):
            _make_template(server, name)
            _drop_old_templates(server, name)
    return name


def _exists(server: psycopg.Connection[Any], name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _make_template(server: psycopg.Connection[Any], name: str) -> None:
    from rollbook.site.runtime.migrating import migrate

    draft = f"{name}_draft"
    with _empty_database(server, draft):
        migrate(configuration())
    _run(server, "ALTER DATABASE {} RENAME TO {}", draft, name)


@contextmanager
def _empty_database(server: psycopg.Connection[Any], name: str) -> Iterator[None]:
    """A database with nothing in it, which Django works with meanwhile. It stays when the work is done."""
    from django.db import connections as django_connections

    config = configuration()
    owner, app = connections.owner_connection(config).user, connections.app_connection(config).user
    _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    roles.create_database(server, name, owner)
    roles.close_database(server, name, owner, app)
    place, setting = administrator(config)
    with roles.connect(place.with_database(name), setting) as connection:
        roles.close_schema(connection, owner, app)
    _point_django_at(name)
    try:
        yield
    finally:
        django_connections.close_all()


@contextmanager
def beside(database: TestDatabase) -> Iterator[None]:
    """Work with an empty database meanwhile, which is thrown away afterwards."""
    name = f"{database.name}_beside"
    with _server() as server:
        try:
            with _empty_database(server, name):
                yield
        finally:
            _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            _point_django_at(database.name)


def _drop_old_templates(server: psycopg.Connection[Any], present: str) -> None:
    rows = server.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'rollbook_template_%%' AND datname <> %s"
        " ORDER BY oid DESC OFFSET %s",
        [present, _KEPT_TEMPLATES],
    ).fetchall()
    for (name,) in rows:
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _point_django_at(name: str) -> None:
    from django.db import connections as django_connections

    place = connections.database_of(configuration())
    for alias in django_connections:
        django_connections[alias].close()
        # The server may have got its port only now, after Django read its settings.
        django_connections[alias].settings_dict.update(NAME=name, HOST=place.host, PORT=str(place.port))
        # Threads of a race each need a connection of their own, and a copy that is replaced needs none left over.
        django_connections[alias].settings_dict["OPTIONS"].pop("pool", None)


def _forget_on_power_loss() -> None:
    """Let the tests' own server not wait for the disk: what tests write need not survive a power cut."""
    config = configuration()
    if config.database_url is not None:
        return
    own_settings = Path(connections.read_state(config.home)["data_folder"]) / "local.conf"
    if own_settings.exists():
        return
    own_settings.write_text("fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n", encoding="utf-8")
    server_account().own(own_settings, 0o600)
    with _server() as server:
        server.execute("SELECT pg_reload_conf()")


def _database_name(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    parts = ["rollbook_test", os.environ.get("ROLLBOOK_TEST_DB_SUFFIX", ""), worker]
    return re.sub(r"[^a-z0-9_]", "_", "_".join(part for part in parts if part).lower())


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[TestDatabase]:
    """Give this test process a database of its own, entered as the ordinary role with row policies on."""
    from django.test import TransactionTestCase

    ensure_database(configuration())
    _forget_on_power_loss()
    with django_db_blocker.unblock():
        database = TestDatabase(_database_name(request), ensure_template())
        database.renew()
        _point_django_at(database.name)
    # Django would empty the tables with TRUNCATE, which the ordinary role may not and append-only tables refuse.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: database.renew())
        yield database
    with django_db_blocker.unblock():
        database.drop()
