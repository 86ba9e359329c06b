"""What an entry says (differences, plain values, no secrets) and what a seal's hash is made of."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from rollbook.core.money import Money

#: Shown in place of what must not be written down. That it changed is kept, what it was is not.
MASKED = "•••"

_SECRET = re.compile(
    r"(^|_)(password|passphrase|secret|token|otp|totp|pin|cvv|cvc|private_key|api_key|recovery_codes?|signature_key)(_|$)"
)

Values = Mapping[str, Any]


@lru_cache(maxsize=2048)
def is_secret(field: str) -> bool:
    """Tell by its name whether a value must never be written to the trail. The id of a secret is none."""
    return not field.endswith("_id") and bool(_SECRET.search(field.lower()))


def difference(before: Values | None, after: Values | None) -> dict[str, dict[str, Any]]:
    """What changed, field by field; a field that only one side has is None on the other."""
    before, after = plain_facts(before or {}), plain_facts(after or {})
    fields = [*before, *(field for field in after if field not in before)]
    changed = [field for field in fields if before.get(field) != after.get(field)]
    return {field: _change(field, before.get(field), after.get(field)) for field in changed}


def _change(field: str, before: Any, after: Any) -> dict[str, Any]:
    if is_secret(field):
        before, after = (MASKED if value is not None else None for value in (before, after))
    return {"before": before, "after": after}


def plain_facts(facts: Values) -> dict[str, Any]:
    """Facts as JSON carries them."""
    return {str(name): plain(value) for name, value in facts.items()}


def without_secrets(facts: Values) -> dict[str, Any]:
    """Plain facts with every secret masked, however deep it lies."""
    return {name: MASKED if is_secret(name) else _masked_inside(value) for name, value in plain_facts(facts).items()}


def _masked_inside(value: Any) -> Any:
    if isinstance(value, dict):
        return without_secrets(value)
    if isinstance(value, list):
        return [_masked_inside(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """A value as JSON carries it: amounts and decimals exact, moments in ISO 8601, ids as text."""
    if isinstance(value, str):
        # PostgreSQL keeps no NUL in text, and no sentence needs one.
        return str(value).replace("\x00", "")
    if value is None or isinstance(value, bool | int):
        return value
    for kinds, as_plain in _PLAIN:
        if isinstance(value, kinds):
            return as_plain(value)
    raise TypeError(f"An entry cannot carry a {type(value).__name__}; give an id, a number, a text or a moment.")


#: An id that nobody here made may carry any time; with days around it, this is the last that a calendar has.
_LAST_MOMENT = datetime(9999, 12, 1, tzinfo=UTC)


def made_at(entry_id: UUID) -> datetime | None:
    """When an entry was really written, by the time in its id. Imports and rehearsals date entries differently.

    None for an id that is none of ours, such as one that somebody typed.
    """
    seconds = (entry_id.int >> 80) // 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds < _LAST_MOMENT.timestamp() else None


_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((UUID, Decimal), str),
    (Money, lambda money: {"minor": money.minor, "currency": money.currency}),
    ((datetime, date, time), lambda moment: moment.isoformat()),
    (Mapping, plain_facts),
    ((list, tuple), lambda items: [plain(item) for item in items]),
    ((set, frozenset), lambda items: sorted((plain(item) for item in items), key=json.dumps)),
)


@dataclass(frozen=True, slots=True)
class SealHead:
    """What a seal states; its hash covers all of it, and through `previous_hash` every seal before."""

    organisation_id: UUID
    stream: str
    number: int
    scheme: int
    horizon: int
    cluster: str
    entry_count: int
    entries_digest: str
    sealed_at: datetime
    previous_hash: str

    def hash(self) -> str:
        """SHA-256 of the statement in canonical JSON."""
        stated = {name: plain(getattr(self, name)) for name in self.__slots__}
        stated["sealed_at"] = self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
        canonical = json.dumps(stated, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
