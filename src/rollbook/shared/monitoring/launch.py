"""Do the logs say what is needed, and nothing more? The log items of the launch checklist."""

import json
import logging
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from rollbook.core.db.catalogue import select
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.readiness import Context, Outcome, Severity, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.web.visitor import Visitor

REQUEST_LOGGER = "rollbook.request"
FIELDS = ("method", "route", "status", "ms", "request_id")
#: What must not stand in a log line. Ids and digests are longer than card numbers and have letters.
NEVER = (
    ("a password", re.compile(r"(?i)\b(?:password|passwd)\b[\"']?\s*[=:]\s*[\"']?[^\s\"',;}•]{4,}")),
    ("a token", re.compile(r"\brollbook_[0-9a-f]{32}_[0-9a-f]{64}\b|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("an e-mail address", re.compile(r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b")),
    (
        "a card number",
        re.compile(r"(?<![\w.-])(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2})(?:[ -]?\d{4}){2}[ -]?\d{2,4}(?![\w.-])"),
    ),
)
MOST_BYTES = 20 * 1024 * 1024


class _Kept(logging.Handler):
    """Keeps the lines of one logger for a moment."""

    def __init__(self) -> None:
        super().__init__(level=logging.INFO)
        root = logging.getLogger()
        self.setFormatter(root.handlers[0].formatter if root.handlers else None)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@register_item(
    id="PLT-LOG-03",
    stages=("PRE",),
    severity=Severity.WARNING,
    tries_writing=True,
    parallel_key="front door",
    title="Access log is on",
    how="A made-up member asks for a page with a marker and a secret in its address; the line about it is read: it "
    "must name method, route, status, time and member, and repeat neither address nor secret.",
    remedy="Keep `rollbook.shared.monitoring.middleware.RequestRecord` among the middleware, and ROLLBOOK_LOG_LEVEL at "
    "INFO.",
    evidence=("fields", "lines"),
)
def access_is_logged(_context: Context) -> Outcome:
    marker = uuid.uuid4().hex
    organisation = Organisation.objects.create(
        slug=f"marker-{marker[:12]}", name="Marker", system="college", currency="XTS", timezone="UTC"
    )
    visitor = Visitor()
    member = a_member(organisation)
    sign_in(visitor, member)
    kept = _Kept()
    logger = logging.getLogger(REQUEST_LOGGER)
    logger.addHandler(kept)
    try:
        visitor.get(reverse("identity:sessions"), {"marker": marker, "token": "secret-of-the-marker"})
    finally:
        logger.removeHandler(kept)
    lines = [line for line in kept.lines if str(member.user_id) in line]
    fields = sorted(_fields(lines[0])) if lines else []
    found = [f"{name} is missing" for name in (*FIELDS, "user_id") if lines and name not in fields]
    if not lines:
        found.append("the request left no line")
    if any(marker in line or "secret-of-the-marker" in line for line in kept.lines):
        found.append("the line repeats the address with its secrets")
    return none_found(found, examined=1, what="faults in the access log", fields=fields, lines=len(lines))


def _fields(line: str) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = json.loads(line)
    except ValueError:
        return {name: True for name in (*FIELDS, "user_id") if name in line}
    return fields


@register_item(
    id="PLT-LOG-04",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    timeout=timedelta(seconds=30),
    title="Sensitive data is not logged",
    how="The logs of the last 24 hours under ROLLBOOK_HOME are searched for passwords, tokens, keys, addresses and card "
    "numbers; evidence that was withheld because it seemed to hold such things counts too.",
    remedy="Find the line by its file and number, take the fact out of the call that writes it, and remove the log.",
    evidence=("files", "lines", "withheld"),
)
def nothing_sensitive_is_logged(context: Context) -> Outcome:
    found: list[str] = []
    lines = 0
    files = recent_logs(settings.HOME, since=context.now - timedelta(hours=24))
    for path in files:
        with path.open(encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, start=1):
                lines += 1
                found += [f"{kind} in {path.name}, line {number}" for kind, pattern in NEVER if pattern.search(line)]
    withheld = int(
        select(
            "SELECT count(*) FROM launch_checkresult WHERE evidence_withheld AND taken_at > %s",
            [context.now - timedelta(hours=24)],
        )[0][0]
    )
    if withheld:
        found.append(f"evidence of {withheld} results was withheld")
    return none_found(
        found, examined=len(files), what="sensitive facts in the logs", files=[path.name for path in files], lines=lines,
        withheld=withheld,
    )  # fmt: skip


def recent_logs(home: Path, *, since: Any) -> list[Path]:
    """Log files under the home that were written since a moment, the newest first, up to 20 MB."""
    places = [path for name in ("log", "logs", "postgres/log", "run") for path in (home / name).glob("*.log*")]
    chosen: list[Path] = []
    size = 0
    for path in sorted(places, key=lambda one: -one.stat().st_mtime):
        size += path.stat().st_size
        if path.stat().st_mtime < since.timestamp() or size > MOST_BYTES:
            break
        chosen.append(path)
    return chosen


@register_item(
    id="PLT-LOG-07",
    stages=("PRE",),
    severity=Severity.WARNING,
    title="Database audit and slow-query logs are on",
    how="The server's settings are read: statements of 500 ms and more, and every change of the schema and of roles, "
    "must be logged; values that people typed must not.",
    remedy="As the superuser: `ALTER SYSTEM SET log_min_duration_statement = 500; ALTER SYSTEM SET log_statement = 'ddl'; "
    "SELECT pg_reload_conf();`.",
    evidence=("settings",),
)
def database_logs_are_on(_context: Context) -> Outcome:
    names = ("log_min_duration_statement", "log_statement", "log_parameter_max_length_on_error")
    values: dict[str, str] = dict(select("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(names)]))
    found = []
    slow = int(values.get("log_min_duration_statement", "-1"))
    if not 0 <= slow <= 500:
        found.append(f"slow statements are logged from {slow} ms" if slow > 0 else "slow statements are not logged")
    if values.get("log_statement") not in ("ddl", "mod", "all"):
        found.append("changes of the schema and of roles are not logged")
    if values.get("log_parameter_max_length_on_error", "0") != "0":
        found.append("a failed statement's values are logged")
    return none_found(found, examined=len(values), what="faults in the database's log", settings=values)
