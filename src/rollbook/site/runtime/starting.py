"""From nothing to a login page: database, tables, static files, processes, and the wait until all is ready."""

import fcntl
import hashlib
import http.client
import json
import os
import time
from pathlib import Path
from typing import Any

from rollbook.site.configuration import Configuration, ConfigurationError
from rollbook.site.runtime import keys, supervisor
from rollbook.site.runtime.current import is_current, note_current

READY_SECONDS = 60


def prepare(configuration: Configuration) -> bool:
    """Bring database, tables and static files to what this version of the code expects; tell whether they were."""
    from rollbook.site.runtime.database import ensure_database

    ensure_database(configuration)
    if is_current(configuration):
        return True
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollbook.site.settings")
    django.setup()
    from rollbook.site.organisations import renew_roles
    from rollbook.site.runtime.migrating import migrate, pending_migrations

    if pending_migrations():
        migrate(configuration)
    renew_roles()
    collect_static_files(configuration)
    note_current(configuration)
    return False


def collect_static_files(configuration: Configuration) -> None:
    """Give every static file the name with its hash; nothing is done when none has changed. One process at a time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = os.stat(storage.path(path))
            digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns}".encode())
    mark = configuration.home / "run" / "static"
    mark.parent.mkdir(parents=True, exist_ok=True)
    with mark.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
        if is_collected and mark.exists() and mark.read_text(encoding="utf-8") == digest.hexdigest():
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        keys.write_private(mark, digest.hexdigest())


def start_and_wait(configuration: Configuration) -> None:
    """Start the supervisor in the background and wait until people can work."""
    if supervisor.running_supervisor(configuration.home) is None:
        supervisor.start_in_background(configuration)
    give_up_at = time.monotonic() + READY_SECONDS
    answer: dict[str, Any] = {}
    while time.monotonic() < give_up_at:
        status, answer = ask_ready(configuration)
        if status == 200:
            return
        if supervisor.running_supervisor(configuration.home) is None:
            break
        time.sleep(0.1)
    unwell = [part["sentence"] for part in answer.get("parts", {}).values() if not part["is_well"]]
    reason = " ".join(unwell) or f"the web server does not answer. Its last words: {last_words(configuration, 'web')}"
    raise ConfigurationError(
        f"Rollbook was started but is not ready: {reason} "
        f"The logs are in {configuration.home / 'log'}; rollbook down stops everything."
    )


def last_words(configuration: Configuration, part: str) -> str:
    """The last line that a part wrote into its log."""
    path = configuration.home / "log" / f"{part}.log"
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "none.")


def ask_ready(configuration: Configuration) -> tuple[int, dict[str, Any]]:
    """What /health/ready says; 0 when nobody answers."""
    host = "127.0.0.1" if configuration.host in {"0.0.0.0", "::"} else configuration.host  # noqa: S104 - compared
    connection = http.client.HTTPConnection(host, configuration.port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": configuration.hosts[0]})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
