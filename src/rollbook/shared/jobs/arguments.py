"""What may be handed to a job: identifiers, whole numbers and dates. Never a name, an address or an amount's owner.

The arguments of a job are readable by whoever looks at the queue, so they hold references only; the
job reads the rest inside the tenant scope when it runs.
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

Values = dict[str, Any]

#: The types a job's parameters may be annotated with.
ALLOWED: tuple[Any, ...] = (UUID, UUID | None, int, int | None, date, date | None, list[UUID])
MOST_IDS = 1_000


class BadArgumentsError(TypeError):
    """A programming mistake: a job takes ids, whole numbers and dates as keyword arguments, nothing else."""


def declared(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters of a job function with their types; refuse the ones a job may not have."""
    hints = typing.get_type_hints(function)
    parameters: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise BadArgumentsError(f"{function.__qualname__}: write `*` first; a job's arguments have names.")
        if hints.get(name) not in ALLOWED:
            raise BadArgumentsError(
                f"{function.__qualname__}: `{name}` must be a UUID, an int, a date or a list of UUIDs; "
                "a job reads everything else from the database."
            )
        parameters[name] = hints[name]
    return parameters


def encode(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> Values:
    """Turn arguments into what the queue stores; refuse an unknown, missing or wrongly typed one."""
    unknown = sorted(set(values) - set(parameters))
    if unknown:
        raise BadArgumentsError(f"Unknown argument of the job: {', '.join(unknown)}.")
    encoded: Values = {}
    for name, wanted in parameters.items():
        if name not in values:
            if _may_be_none(wanted):
                encoded[name] = None
                continue
            raise BadArgumentsError(f"The job needs `{name}`.")
        encoded[name] = _encoded(name, wanted, values[name])
    return encoded


def _encoded(name: str, wanted: Any, value: Any) -> Any:
    if value is None and _may_be_none(wanted):
        return None
    if wanted == list[UUID]:
        if not isinstance(value, list) or not all(isinstance(item, UUID) for item in value):
            raise BadArgumentsError(f"`{name}` is a list of UUIDs.")
        if len(value) > MOST_IDS:
            raise BadArgumentsError(f"`{name}` has {len(value)} ids; let the job claim its rows instead.")
        return [str(item) for item in value]
    kind = _plain(wanted)
    if type(value) is not kind and not (kind is UUID and isinstance(value, UUID)):
        raise BadArgumentsError(f"`{name}` is a {kind.__name__}, not {type(value).__name__}.")
    return value if kind is int else str(value)


def decode(parameters: Mapping[str, Any], stored: Mapping[str, Any]) -> Values:
    """Turn what the queue stores back into typed arguments. A parameter added since then is None."""
    return {name: _decoded(wanted, stored.get(name)) for name, wanted in parameters.items()}


def _decoded(wanted: Any, value: Any) -> Any:
    if value is None:
        return None
    if wanted == list[UUID]:
        return [UUID(item) for item in value]
    kind = _plain(wanted)
    if kind is date:
        return date.fromisoformat(value)
    return kind(value)


def _may_be_none(wanted: Any) -> bool:
    return type(None) in typing.get_args(wanted)


def _plain(wanted: Any) -> Any:
    return next((kind for kind in typing.get_args(wanted) if kind is not type(None)), wanted)
