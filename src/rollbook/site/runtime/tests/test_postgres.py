"""The embedded server: started, stopped, killed and started again, for real."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from rollbook.site.configuration import ConfigurationError
from rollbook.site.runtime import connections, keys
from rollbook.site.runtime.database import ensure_database
from rollbook.site.runtime.postgres import EmbeddedPostgres, is_free_port
from rollbook.site.runtime.programs import find_programs
from rollbook.site.runtime.tests.conftest import configuration_at, new_home, remove_home


def enter_as_app(config):
    return psycopg.connect(**connections.app_connection(config).parameters(), autocommit=True)


def enter_as_owner(config):
    return psycopg.connect(**connections.owner_connection(config).parameters(), autocommit=True)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def kill_server(config) -> None:
    os.kill(EmbeddedPostgres(config).process_id(), signal.SIGKILL)


def test_a_fresh_home_gets_a_server_that_both_roles_can_enter(config):
    ensure_database(config)
    with enter_as_app(config) as app, enter_as_owner(config) as owner:
        assert app.execute("SELECT current_user").fetchone() == ("rollbook_app",)
        assert owner.execute("SELECT current_user").fetchone() == ("rollbook_owner",)


def test_the_server_listens_on_loopback_below_the_ephemeral_ports(config):
    ensure_database(config)
    with enter_as_app(config) as app:
        address, port = app.execute(
            "SELECT current_setting('listen_addresses'), current_setting('port')::int"
        ).fetchone()
    assert (address, port < 32768) == ("127.0.0.1", True)


def test_pages_have_checksums_and_text_sorts_the_same_on_every_machine(config):
    ensure_database(config)
    with enter_as_app(config) as app:
        assert app.execute("SELECT current_setting('data_checksums')").fetchone() == ("on",)
        assert app.execute("SELECT array_agg(c ORDER BY c) FROM unnest(ARRAY['ñ', 'b', 'Z']) c").fetchone() == (
            ["Z", "b", "ñ"],
        )
        assert app.execute("SELECT lower('Ñ')").fetchone() == ("ñ",)


@pytest.mark.parametrize("way", ["socket", "loopback"])
def test_nobody_comes_in_without_the_password(config, way):
    ensure_database(config)
    place = connections.app_connection(config)
    host = place.host if way == "socket" else "127.0.0.1"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=host, port=place.port, dbname="rollbook", user="rollbook_app", password="guessed")


def test_the_ordinary_role_may_use_tables_and_nothing_else(config):
    ensure_database(config)
    with enter_as_app(config) as app:
        rights = app.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert rights == (False,) * 5
        for forbidden in (
            "CREATE TABLE t (id int)",
            "CREATE TEMP TABLE t (id int)",
            "CREATE SCHEMA s",
            "CREATE ROLE r",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_another_role_of_the_server_may_not_even_enter(config):
    ensure_database(config)
    with psycopg.connect(**EmbeddedPostgres(config).administrator().parameters(), autocommit=True) as server:
        server.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
    stranger = connections.database_of(config).with_role("stranger", "stranger")
    with pytest.raises(psycopg.OperationalError, match="User does not have CONNECT privilege"):
        psycopg.connect(**stranger.parameters())


def test_limits_come_with_the_role_and_not_with_the_session(config):
    ensure_database(config)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with enter_as_app(config) as app:
        found = [app.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in names]
        sources = {row[0] for row in app.execute("SELECT source FROM pg_settings WHERE name = ANY (%s)", [list(names)])}
    assert (found, sources) == (["30s", "5s", "30s"], {"user"})


def test_secrets_and_data_are_closed_to_others_and_no_password_is_in_the_log(config):
    ensure_database(config)
    state = connections.read_state(config.home)
    assert mode_of(config.home / "keys") == 0o700
    assert {mode_of(path) for path in (config.home / "keys").iterdir()} == {0o600}
    assert mode_of(Path(state["socket_folder"])) == 0o700
    assert mode_of(Path(state["data_folder"])) == 0o700
    log = "".join(path.read_text() for path in Path(state["log_folder"]).iterdir())
    secrets = [path.read_text().strip() for path in (config.home / "keys").iterdir()]
    assert "ROLE" in log, "role statements are logged, or this test would prove nothing"
    assert [secret for secret in secrets if secret in log] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_root_lends_an_account_to_the_server(config):
    ensure_database(config)
    process_id = EmbeddedPostgres(config).process_id()
    assert Path(f"/proc/{process_id}").stat().st_uid == 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_a_home_that_the_lent_account_may_not_enter_works_too():
    closed = new_home()
    closed.chmod(0o700)
    inner = configuration_at(closed / "home")
    try:
        ensure_database(inner)
        with enter_as_app(inner) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)
    finally:
        remove_home(inner)
        shutil.rmtree(closed)


def test_starting_a_known_installation_takes_less_than_two_seconds(config):
    ensure_database(config)
    EmbeddedPostgres(config).stop()
    started = time.monotonic()
    assert ensure_database(config) is True
    assert time.monotonic() - started < 2


def test_the_port_is_kept_and_another_is_taken_when_it_is_gone(config):
    ensure_database(config)
    server = EmbeddedPostgres(config)
    port = connections.read_state(config.home)["port"]
    server.stop()
    assert server.ensure_running().port == port
    server.stop()
    with socket.socket() as thief:
        # Closed connections may still hold the port for a minute.
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port))
        thief.listen()
        assert is_free_port(port) is False
        assert server.ensure_running().port != port


def test_commands_that_start_at_once_start_one_server(config):
    ensure_database(config)
    EmbeddedPostgres(config).stop()
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: EmbeddedPostgres(config).ensure_running(), range(4)))
    assert sum(server.was_started for server in servers) == 1
    assert len({server.port for server in servers}) == 1


def test_stopping_twice_is_the_same_as_once(config):
    ensure_database(config)
    server = EmbeddedPostgres(config)
    assert [server.stop(), server.stop()] == [True, False]
    assert server.is_running() is False


def test_what_was_committed_survives_a_kill(config):
    ensure_database(config)
    with enter_as_owner(config) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS promise (word text)")
        owner.execute("INSERT INTO promise VALUES ('kept')")
    kill_server(config)
    started = time.monotonic()
    ensure_database(config)
    assert time.monotonic() - started < 5
    with enter_as_owner(config) as owner:
        assert owner.execute("SELECT DISTINCT word FROM promise").fetchall() == [("kept",)]


def test_backends_that_outlive_a_killed_server_do_not_stop_the_next(config):
    ensure_database(config)
    with enter_as_app(config) as app:
        # A backend in the middle of a statement does not notice at once that its server is gone.
        app.execute("BEGIN")
        with ThreadPoolExecutor(1) as pool:
            sleeping = pool.submit(app.execute, "SELECT pg_sleep(20)")
            time.sleep(0.2)
            kill_server(config)
            ensure_database(config)
            with pytest.raises(psycopg.OperationalError):
                sleeping.result()
    assert EmbeddedPostgres(config).is_running()


def test_a_number_that_now_belongs_to_a_stranger_is_not_taken_for_the_server(config):
    ensure_database(config)
    data = Path(connections.read_state(config.home)["data_folder"])
    kill_server(config)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        owner = (data / "PG_VERSION").stat()
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(data / "postmaster.pid", owner.st_uid, owner.st_gid)
        assert EmbeddedPostgres(config).process_id() is None
        ensure_database(config)
        assert EmbeddedPostgres(config).is_running()
        assert stranger.poll() is None, "a process that is not ours was ended"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_changed_password_is_set_again(config):
    ensure_database(config)
    keys.write_private(config.home / "keys" / "database-rollbook_app", "another-password\n")
    ensure_database(config)
    with enter_as_app(config) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_version_is_refused_with_what_to_install(config):
    with pytest.raises(ConfigurationError, match="made by PostgreSQL 14.*apt-get install postgresql-14"):
        find_programs(config, major=14)


def test_a_folder_without_a_server_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="ROLLBOOK_POSTGRES_BIN: .* holds no PostgreSQL server"):
        find_programs(configuration_at(tmp_path, postgres_bin=tmp_path))
