"""The data folder of the embedded server: how it is made and how the server in it is set up."""

import os
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from rollbook.site.configuration import ConfigurationError
from rollbook.site.runtime import keys
from rollbook.site.runtime.account import Account
from rollbook.site.runtime.programs import Programs

SUPERUSER = "postgres"
#: A longer path than this does not fit into the address of a Unix socket.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.32767.lock")

ACCESS = """\
# Written by Rollbook at every start: nobody comes in without a password.
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
local replication all scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""

SETTINGS = """\
# Written by Rollbook at every start; put your own settings into local.conf beside this file.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{socket_folder}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
hba_file = '{hba_file}'

max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
max_locks_per_transaction = 256

wal_level = replica
synchronous_commit = on
wal_compression = on
max_wal_size = 1GB
min_wal_size = 128MB
checkpoint_timeout = 10min
checkpoint_completion_target = 0.9
{fast_recovery}
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.02

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'

logging_collector = on
log_directory = '{log_folder}'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 500
log_statement = 'ddl'
log_lock_waits = on
log_temp_files = 32MB
# A refused row's values and a statement's parameters are people's data: they stay out of the log.
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

include_if_exists = 'local.conf'
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of the embedded server lie."""

    base: Path
    data: Path
    sockets: Path
    logs: Path

    @property
    def hba_file(self) -> Path:
        return self.data / "rollbook_hba.conf"

    @property
    def settings_file(self) -> Path:
        return self.data / "rollbook.conf"

    @property
    def process_file(self) -> Path:
        return self.data / "postmaster.pid"


def prepare_places(home: Path, account: Account) -> Places:
    """Make the folders and give them to the server's account."""
    for folder in (home, home / "run"):
        folder.mkdir(parents=True, exist_ok=True)
    if account.is_lent:
        # The lent account passes through, but reads nothing on the way.
        home.chmod(home.stat().st_mode & 0o700 | 0o011)
    base = home / "postgres"
    if not base.exists() and not base.is_symlink():
        _make_base(base, home, account)
    base = base.resolve()
    places = Places(base, base / "data", _socket_folder(base), base / "log")
    for folder in (places.sockets, places.logs):
        folder.mkdir(exist_ok=True)
        if account.is_lent and folder.stat().st_uid not in {0, account.uid}:
            raise ConfigurationError(f"{folder} belongs to somebody else. Remove it, then start again.")
        account.own(folder, 0o700)
    return places


def _make_base(base: Path, home: Path, account: Account) -> None:
    if account.may_enter(home):
        base.mkdir(mode=0o755)
        return
    # The home lies in a folder that the lent account may not enter, such as /root.
    elsewhere = Path("/var/lib/rollbook-postgres") / secrets.token_hex(6)
    elsewhere.mkdir(parents=True, mode=0o755)
    base.symlink_to(elsewhere, target_is_directory=True)


def _socket_folder(base: Path) -> Path:
    folder = base / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path("/tmp") / f"rollbook-{os.geteuid()}-{abs(hash_of(base)):x}"  # noqa: S108 - mode 700, owner checked


def hash_of(path: Path) -> int:
    """A number that stays the same for the same path."""
    import zlib

    return zlib.crc32(os.fsencode(path))


def made_by(places: Places) -> int | None:
    """The major version that made the data folder, or None when there is none yet."""
    try:
        return int((places.data / "PG_VERSION").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None


def make_cluster(programs: Programs, places: Places, account: Account, home: Path) -> None:
    """Make the data folder; it appears under its name only when it is whole."""
    draft = places.base / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.own(draft, 0o700)
    password_file = places.sockets / "first-password"
    keys.write_private(password_file, keys.read_or_make_key(home, "database-superuser", size=32) + "\n")
    account.own(password_file, 0o600)
    try:
        result = account.run(_initdb(programs, draft, password_file), timeout=120)
    finally:
        password_file.unlink()
    if result.returncode != 0:
        reason = (result.stderr or result.stdout).strip().splitlines()
        raise ConfigurationError(
            f"The database could not be made in {places.data}: {reason[-1] if reason else 'no reason given'}"
        )
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude = 'rollbook.conf'\n")
    draft.rename(places.data)


def _initdb(programs: Programs, folder: Path, password_file: Path) -> list[str | Path]:
    command: list[str | Path] = [programs.path("initdb"), "--pgdata", folder, "--username", SUPERUSER]
    command += [
        "--pwfile",
        password_file,
        "--auth",
        "scram-sha-256",
        "--encoding",
        "UTF8",
        "--data-checksums",
    ]
    if programs.major >= 17:
        return [*command, "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    return [*command, "--locale", "C.UTF-8"]


def write_settings(places: Places, account: Account, *, port: int) -> None:
    """Write the server's settings and who may come in."""
    # Ask the system once to write everything, not file by file: a crash of a large database is mended in seconds.
    fast_recovery = "recovery_init_sync_method = syncfs\n" if sys.platform == "linux" else ""
    text = SETTINGS.format(
        port=port,
        socket_folder=places.sockets,
        log_folder=places.logs,
        hba_file=places.hba_file,
        fast_recovery=fast_recovery,
    )
    for path, content in ((places.settings_file, text), (places.hba_file, ACCESS)):
        keys.write_private(path, content)
        account.own(path, 0o600)
