"""What is kept as evidence: declared facts only, nothing secret or personal, never more than 64 KB."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rollbook.core.readiness import Item

MOST_BYTES = 64 * 1024
MASK = "•••"

#: What must not stand in evidence, whoever put it there.
FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("payment key", re.compile(r"\b(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}\b")),
    ("token", re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{5,}\b")),
    ("chat token", re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}\b")),
    ("password", re.compile(r"(?i)\b(?:password|passwd|secret|api_?key)\b\s*[=:]\s*[\"']?[^\s\"',;•]{6,}")),
    ("address with password", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@•]+@")),
    ("e-mail address", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]*[A-Za-z]\b")),
)
CARD = re.compile(r"(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-])")


@dataclass(frozen=True, slots=True)
class Kept:
    """Evidence as it is stored."""

    facts: dict[str, Any]
    sha256: str
    is_withheld: bool


def keep(item: Item, facts: Mapping[str, Any]) -> Kept:
    """Mask by the item's schema, scan for what must not be kept, cut to size, and take the digest."""
    declared = {"examined", "found", *item.evidence}
    kept: dict[str, Any] = {name: MASK for name in item.masked if facts.get(name)}
    kept |= {name: _plain(value) for name, value in facts.items() if name in declared}
    if undeclared := sorted(set(facts) - declared - set(item.masked)):
        kept["undeclared"] = undeclared
    is_withheld = False
    if (hit := forbidden_in(canonical(kept))) is not None:
        kept, is_withheld = {"withheld": f"The evidence held something like a {hit}."}, True
    kept = _cut(kept)
    return Kept(kept, hashlib.sha256(canonical(kept).encode()).hexdigest(), is_withheld)


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces and times in UTC: the same facts always give the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text)


def forbidden_in(text: str) -> str | None:
    """The kind of secret or personal fact that a text seems to hold, if any."""
    for kind, pattern in FORBIDDEN:
        if pattern.search(text):
            return kind
    for match in CARD.finditer(text):
        if _is_card_number(re.sub(r"\D", "", match.group())):
            return "card number"
    return None


def _is_card_number(digits: str) -> bool:
    if not 13 <= len(digits) <= 19 or digits[0] not in "3456":
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        inner = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_plain(one) for one in inner]
    if isinstance(value, str):
        return value.replace("\x00", "")
    if value is None or isinstance(value, (bool, int)):
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(Decimal(str(value)).normalize())
    return str(value)


def _cut(facts: dict[str, Any]) -> dict[str, Any]:
    """Shorten the longest list until everything fits; a last resort keeps the digest of what was too long."""
    while len(canonical(facts).encode()) > MOST_BYTES:
        lists = {name: value for name, value in facts.items() if isinstance(value, list) and len(value) > 1}
        if not lists:
            whole = canonical(facts).encode()
            return {"cut": f"{len(whole)} bytes", "sha256": hashlib.sha256(whole).hexdigest()}
        longest = max(lists, key=lambda name: len(canonical(facts[name])))
        before = facts[longest]
        facts = {
            **facts,
            longest: before[: len(before) // 2],
            f"{longest}_count": facts.get(f"{longest}_count", len(before)),
        }
    return facts
