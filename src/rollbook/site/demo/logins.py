"""The demonstration's sign-ins: a password made on this machine for each role, kept only here."""

import json
import secrets
from pathlib import Path

from rollbook.site.configuration import configuration

FILE = "demo-logins.json"
_WORDS = """
amber anchor apple arrow aster bamboo basil beacon birch bridge bronze candle canoe cedar cliff
clover cobalt coral crane dawn delta ember falcon fern field flint garnet ginger harbor hazel heron
indigo island ivory jade jasmine kayak lagoon lantern laurel lemon lily linen lotus mango maple
marble meadow mint moss nectar ocean olive onyx opal orchid otter pearl pebble pepper pine plum
quartz quill rain raven reef river saffron sage sail sand scarlet shell silver spruce star stone
summit tamarind teal thyme tide topaz tulip valley velvet violet walnut willow winter wren
""".split()


def new_password() -> str:
    """Four words and a number: easy to type on a phone, 33 bits and only for this demonstration."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(4)), str(secrets.randbelow(90) + 10)])


def _path() -> Path:
    return configuration().home / "keys" / FILE


def keep(logins: list[dict[str, str]]) -> None:
    """Write the sign-ins where only the owner of this installation can read them."""
    path = _path()
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(json.dumps(logins, indent=1), encoding="utf-8")


def read() -> list[dict[str, str]]:
    """The sign-ins of this installation; empty before the demonstration was loaded."""
    path = _path()
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def login_lines() -> list[str]:
    """One line for each role, as the command prints them."""
    return [f"{one['organisation']:<14} {one['role']:<20} {one['name']:<34} {one['password']}" for one in read()]
