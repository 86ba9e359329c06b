"""A PostgreSQL that is given to us with DATABASE_URL, entered with more or fewer rights."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import connections
from rollbook.site.runtime.connections import Connection
from rollbook.site.runtime.database import ensure_database
from rollbook.site.runtime.postgres import EmbeddedPostgres
from rollbook.site.runtime.tests.conftest import configuration_at, new_home, remove_home

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module", params=["newest", "15"])
def server(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Somebody's server, with its administrator's connection; also the oldest version that is supported."""
    if request.param == "15" and not DEBIAN_15.is_dir():
        pytest.skip("PostgreSQL 15 is not installed on this machine")
    config = configuration_at(new_home(), **({"postgres_bin": DEBIAN_15} if request.param == "15" else {}))
    EmbeddedPostgres(config).ensure_running()
    yield EmbeddedPostgres(config).administrator()
    remove_home(config)


@pytest.fixture
def home() -> Iterator[Path]:
    made = new_home()
    yield made
    remove_home(configuration_at(made))


def url_of(server: Connection, *, user: str, password: str, database: str) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{server.port}/{database}"


def given(home: Path, server: Connection, database: str, **settings: object) -> Configuration:
    url = url_of(server, user=server.user, password=server.password, database=database)
    return configuration_at(home, **{"database_url": url, **settings})


def ask(place: Connection, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(**place.parameters(), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def tell(place: Connection, *statements: str) -> None:
    with psycopg.connect(**place.parameters(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_an_administrator_makes_roles_and_database(server, home):
    config = given(home, server, "campus")
    ensure_database(config)
    ensure_database(config)
    assert ask(connections.app_connection(config), "SELECT current_user, current_database()") == [
        ("rollbook_app", "campus")
    ]
    owner = connections.owner_connection(config)
    assert ask(owner, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'campus'") == [
        ("rollbook_owner",)
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        tell(connections.app_connection(config), "CREATE TABLE t (id int)")


def test_a_maintenance_database_is_not_used_for_tables(server, home):
    config = given(home, server, "postgres")
    ensure_database(config)
    assert connections.app_connection(config).database == "rollbook"


def test_an_administrator_who_is_no_superuser_is_enough(server, home):
    tell(server, "CREATE ROLE registrar LOGIN CREATEROLE CREATEDB PASSWORD 'registrar'")
    roles = {"database_owner_role": "branch_owner", "database_app_role": "branch_app"}
    url = url_of(server, user="registrar", password="registrar", database="branch")
    config = configuration_at(home, database_url=url, **roles)
    ensure_database(config)
    assert ask(connections.app_connection(config), "SELECT current_user") == [("branch_app",)]
    tell(connections.owner_connection(config), "CREATE TABLE t (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        tell(connections.app_connection(config), "SELECT * FROM t")


def test_without_the_right_to_make_roles_the_ordinary_one_must_be_given(server, home):
    tell(
        server,
        "CREATE ROLE plain_owner LOGIN PASSWORD 'plain_owner'",
        "CREATE ROLE plain_app LOGIN PASSWORD 'plain_app'",
        "CREATE DATABASE plain OWNER plain_owner",
    )
    owner_url = url_of(server, user="plain_owner", password="plain_owner", database="plain")
    app_url = url_of(server, user="plain_app", password="plain_app", database="plain")
    with pytest.raises(ConfigurationError, match="'plain_owner' may not create roles.*set DATABASE_APP_URL"):
        ensure_database(configuration_at(home, database_url=owner_url))
    config = configuration_at(home, database_url=owner_url, database_app_url=app_url)
    ensure_database(config)
    assert ask(connections.app_connection(config), "SELECT current_setting('statement_timeout')") == [("30s",)]


@pytest.mark.parametrize(
    ("rights", "reason"),
    [("SUPERUSER", "a superuser"), ("BYPASSRLS", "free of row security"), ("IN ROLE member_owner", "member of it")],
)
def test_an_ordinary_role_that_would_see_every_organisation_is_refused(server, home, rights, reason):
    name = f"too_mighty_{rights[0].lower()}"
    tell(
        server,
        "DROP DATABASE IF EXISTS member",
        f"DROP ROLE IF EXISTS {name}, member_owner",
        "CREATE ROLE member_owner LOGIN PASSWORD 'member_owner'",
        "CREATE DATABASE member OWNER member_owner",
        f"CREATE ROLE {name} LOGIN PASSWORD '{name}' {rights}",
    )
    config = configuration_at(
        home,
        database_url=url_of(server, user="member_owner", password="member_owner", database="member"),
        database_app_url=url_of(server, user=name, password=name, database="member"),
        database_owner_role="member_owner",
    )
    with pytest.raises(ConfigurationError, match=f"DATABASE_APP_URL: the role '{name}' is .*{reason}"):
        ensure_database(config)


def test_a_role_with_too_many_rights_loses_them(server, home):
    roles = {"database_owner_role": "shrunk_owner", "database_app_role": "shrunk_app"}
    tell(server, "CREATE ROLE shrunk_app LOGIN SUPERUSER BYPASSRLS")
    config = given(home, server, "shrunk", **roles)
    ensure_database(config)
    rights = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'shrunk_app'"
    assert ask(connections.app_connection(config), rights) == [(False, False)]


def test_a_server_that_is_not_there_is_one_sentence(home):
    config = configuration_at(home, database_url="postgresql://somebody:secret@127.0.0.1:1/rollbook")
    with pytest.raises(ConfigurationError, match="DATABASE_URL: the database does not let us in") as refusal:
        ensure_database(config)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["mysql://u:p@h/d", "postgresql://u:p@h:port/d"])
def test_an_address_that_cannot_be_read_is_one_sentence(home, url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL:"):
        ensure_database(configuration_at(home, database_url=url))
