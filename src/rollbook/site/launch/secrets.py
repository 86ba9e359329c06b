"""Keys and passwords of the installation: strong, private, and nowhere in the code."""

import ast
import math
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

import rollbook
from rollbook.core.readiness import Context, Outcome, Severity, failed, none_found, passed, register_item
from rollbook.site.configuration import configuration

PACKAGE = Path(rollbook.__file__).parent
#: Passwords of people who do not exist, for tests, rehearsals and the demonstration.
MADE_UP = ("tests", "examples.py", "demo", "testing")
SECRET_NAMES = ("password", "passwd", "secret", "token", "api_key", "apikey", "private_key", "access_key")
KNOWN_DEFAULTS = ("django-insecure", "changeme", "secret", "0123456789", "abcdefgh", "xxxxxxxx")
#: Parsing every file would take seconds; only those that could hold such an assignment are.
_WORTH_PARSING = re.compile(rf"(?i)(?:{'|'.join(SECRET_NAMES)})\w*\s*(?::[^=\n]+)?=\s*[\"'(]")
PATTERNS = ("-----BEGIN RSA PRIVATE KEY", "-----BEGIN PRIVATE KEY", "-----BEGIN OPENSSH PRIVATE KEY")  # fmt: skip


@register_item(
    id="PLT-ENV-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Secrets come from the environment or a secret store, never from code or image",
    how="Every Python file of the product is parsed for literals given to names of secrets; the files of secrets must "
    "be readable by their owner alone, and the owner is who runs this.",
    remedy="Move the named literal into the environment; a key file: `chmod 600` it and give it to the service user.",
    evidence=("files", "key_files"),
)
def secrets_are_not_in_code(_context: Context) -> Outcome:
    files = product_files()
    found = [place for path in files for place in _literals(path)]
    keys = [path for path in sorted((configuration().home / "keys").glob("*")) if path.is_file()]
    for path in keys:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            found.append(f"keys/{path.name} has mode {mode:04o}, not 0600")
        if path.stat().st_uid != os.geteuid():
            found.append(f"keys/{path.name} belongs to another user")
    return none_found(
        found, examined=len(files), what="secrets in code or open to others", files=len(files), key_files=len(keys)
    )


def product_files() -> list[Path]:
    """Every Python file that ships, but not those of tests and made-up data."""
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not any(part in MADE_UP for part in path.relative_to(PACKAGE).parts)
    ]


def _literals(path: Path) -> Iterator[str]:
    """Places where a name of a secret is given a literal that could be one."""
    source = path.read_text(encoding="utf-8")
    if not _WORTH_PARSING.search(source):
        return
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Constant):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        text = node.value.value
        if isinstance(text, str) and any(_names_a_secret(name) for name in names) and _could_be_secret(text):
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


def _names_a_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_NAMES)


def _could_be_secret(text: str) -> bool:
    """Long, without spaces, and mixed: a sentence, an address or a dotted name is none."""
    if len(text) < 12 or " " in text or text.startswith(("/", "rollbook.", "http")):
        return False
    has_digit = any(character.isdigit() for character in text)
    return has_digit and entropy_bits(text) >= 35


def entropy_bits(text: str) -> float:
    """Shannon's measure of a text, in bits."""
    if not text:
        return 0.0
    counts = Counter(text)
    return -sum(count * math.log2(count / len(text)) for count in counts.values())


@register_item(
    id="PLT-ENV-09",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Signing key is strong and private to this install",
    how="Length and entropy of the key are computed; known defaults are looked for; it must be kept in a file or in "
    "the environment, so that sessions outlive a restart.",
    remedy="Remove `ROLLBOOK_SECRET_KEY`, so that a key is made and kept under ROLLBOOK_HOME/keys, or set one of 50 "
    "random characters. Everybody signs in again afterwards.",
    evidence=("length", "entropy_bits", "source"),
    masked=("key",),
)
def signing_key_is_strong(_context: Context) -> Outcome:
    key = str(settings.SECRET_KEY)
    bits = int(entropy_bits(key))
    kept = configuration().home / "keys" / "secret-key"
    source = "environment" if configuration().secret_key else "file" if kept.exists() else "nowhere"
    facts: dict[str, Any] = {"length": len(key), "entropy_bits": bits, "source": source, "key": key}
    if any(word in key.lower() for word in KNOWN_DEFAULTS):
        return failed("The key is a known default.", value=1, limit="= 0", unit="defaults", **facts)
    if len(key) < 50:
        return failed("The key is too short.", value=len(key), limit="≥ 50", unit="characters", **facts)
    if bits < 128:
        return failed("The key can be guessed.", value=bits, limit="≥ 128", unit="bits", **facts)
    if source == "nowhere":
        return failed("The key is made anew at each start.", value=0, limit="= 1", unit="kept keys", **facts)
    return passed("The key is long, random and kept.", value=bits, limit="≥ 128", unit="bits", **facts)


def service_passwords() -> dict[str, str]:
    """The passwords with which this installation enters other services."""
    databases = {f"database {alias}": str(facts.get("PASSWORD") or "") for alias, facts in settings.DATABASES.items()}
    given = configuration()
    others = {
        "files store": given.s3_secret_key.get_secret_value() if given.s3_secret_key else "",
        "mail": given.mail_password.get_secret_value() if given.mail_password else "",
        "metrics": given.metrics_token.get_secret_value() if given.metrics_token else "",
    }
    return databases | {name: password for name, password in others.items() if password}


@register_item(
    id="PLT-SEC-12",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Service passwords are strong and unique",
    how="Length and reuse of the passwords of database, file store, mail and metrics are compared.",
    remedy="Give the named service a password of 32 random characters of its own (`openssl rand -base64 32`), and set "
    "it in the environment.",
    evidence=("services",),
)
def service_passwords_are_strong(_context: Context) -> Outcome:
    passwords = service_passwords()
    found = [f"{name} has none" for name, password in passwords.items() if not password]
    found += [
        f"{name} has {len(password)} characters" for name, password in passwords.items() if 0 < len(password) < 32
    ]
    counts = Counter(password for password in passwords.values() if password)
    found += [f"{name} shares its password" for name, password in passwords.items() if counts[password] > 1]
    return none_found(found, examined=len(passwords), what="weak or shared passwords", services=sorted(passwords))


@register_item(
    id="PLT-SEC-08",
    stages=("PRE", "ON"),
    severity=Severity.BLOCKER,
    title="No secret in code, history, image or log",
    how="The values of this installation's own secrets, and marks of private keys, are searched for in every file of "
    "the product and in the logs under ROLLBOOK_HOME.",
    remedy="Change the secret that was found (it counts as known), then remove the file or line that holds it.",
    evidence=("files", "logs", "secrets"),
)
def secrets_are_nowhere(_context: Context) -> Outcome:
    secrets = {name: value for name, value in service_passwords().items() if len(value) >= 8}
    secrets["signing key"] = str(settings.SECRET_KEY)
    logs = log_files()
    found: list[str] = []
    files = [
        path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".html", ".js", ".json", ".toml", ".example"}
    ]
    for path in [*files, *logs]:
        content = path.read_bytes()
        name = path.name if path in logs else str(path.relative_to(PACKAGE))
        found += [f"{kind} in {name}" for kind, value in secrets.items() if value.encode() in content]
        if path != Path(__file__) and "tests" not in path.parts and path.name != "evidence.py":
            found += [f"a private key in {name}" for pattern in PATTERNS if pattern.encode() in content]
    return none_found(
        found, examined=len(files) + len(logs), what="secrets lying about", files=len(files), logs=len(logs),
        secrets=sorted(secrets),
    )  # fmt: skip


#: No more than this is read of the newest logs.
MOST_LOG_BYTES = 20 * 1024 * 1024


def log_files() -> list[Path]:
    """Logs of this installation that this process may read, the newest first, up to 20 MB."""
    home = configuration().home
    places = [*(home / "log").rglob("*"), *(home / "logs").rglob("*"), *(home / "postgres" / "log").rglob("*")]
    chosen: list[Path] = []
    size = 0
    for path in sorted((place for place in places if place.is_file()), key=lambda one: -one.stat().st_mtime):
        size += path.stat().st_size
        if size > MOST_LOG_BYTES:
            break
        if os.access(path, os.R_OK):
            chosen.append(path)
    return chosen
