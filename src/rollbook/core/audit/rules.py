"""What an entry says: the difference between before and after, plain values, no secrets."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from rollbook.core.money import Money

#: Shown in place of what must not be written down. That it changed is kept, what it was is not.
MASKED = "•••"

_SECRET = re.compile(
    r"(^|_)(password|passphrase|secret|token|otp|totp|pin|cvv|cvc|private_key|api_key|recovery_codes?|signature_key)(_|$)"
)

Values = Mapping[str, Any]


def is_secret(field: str) -> bool:
    """Tell by its name whether a value must never be written to the trail."""
    return bool(_SECRET.search(field.lower()))


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
    return {
        name: MASKED if is_secret(name) else _masked_inside(value)
        for name, value in plain_facts(facts).items()
    }


def _masked_inside(value: Any) -> Any:
    if isinstance(value, dict):
        return without_secrets(value)
    if isinstance(value, list):
        return [_masked_inside(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """A value as JSON carries it: amounts and decimals exact, moments in ISO 8601, ids as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        # PostgreSQL keeps no NUL in text, and no sentence needs one.
        return str(value).replace("\x00", "")
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return plain_facts(value)
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items, key=json.dumps) if isinstance(value, set | frozenset) else items
    raise TypeError(
        f"An entry cannot carry a {type(value).__name__}; give an id, a number, a text or a moment."
    )
