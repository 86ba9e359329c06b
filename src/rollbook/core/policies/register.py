"""The register of settings. A module's `policies.py` declares its own here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.errors import UnknownPolicy
from rollbook.core.policies.permissions import CHANGE_SETTINGS
from rollbook.core.policies.types import PolicyType, policy_type


@dataclass(frozen=True, slots=True)
class Policy:
    """A setting: what it is called, what it takes, what it is while nobody has said otherwise."""

    key: str
    type: PolicyType
    default: Any
    sentence: str
    label: str
    #: Systems whose organisations have it; empty means every one.
    systems: frozenset[str]
    change_permission: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would mean, said before it is made."""

    sentence: str
    #: How many records that stand already would change.
    affected: int = 0


PreviewFunction = Callable[[Actor, Any, datetime], Preview]

_policies: dict[str, Policy] = {}
_previews: dict[str, PreviewFunction] = {}


def declare(
    key: str,
    type: PolicyType | type,  # noqa: A002 — as declarations read
    default: Any,
    sentence: str,
    *,
    systems: Iterable[str] = (),
    label: str = "",
    change_permission: str = CHANGE_SETTINGS,
) -> str:
    """Declare a setting and return its key, to be kept as a constant."""
    kind = policy_type(type)
    name = label or key.rpartition(".")[2].replace("_", " ").capitalize()
    policy = Policy(key, kind, kind.checked(default), sentence, name, frozenset(systems), change_permission)
    if _policies.setdefault(key, policy) != policy:
        raise ValueError(f"The setting {key} is declared twice, differently.")
    return key


def register_preview(key: str, function: PreviewFunction) -> None:
    """Let a module say what changing one of its settings would mean."""
    if _previews.setdefault(policy(key).key, function) is not function:
        raise ValueError(f"The setting {key} has two previews.")


def preview_of(key: str) -> PreviewFunction | None:
    """The function that foretells a change of this setting, if its module has one."""
    return _previews.get(key)


def policy(key: str) -> Policy:
    """The declared setting; any other key is refused."""
    if key not in _policies:
        raise UnknownPolicy(key=key)
    return _policies[key]


def policies(system: str | None = None) -> dict[str, Policy]:
    """Every declared setting by key, or those that an organisation of one system has."""
    return {
        key: policy
        for key, policy in sorted(_policies.items())
        if system is None or not policy.systems or system in policy.systems
    }


def forget(key: str) -> None:
    """Take a setting out again; for tests that declare their own."""
    _policies.pop(key, None)
    _previews.pop(key, None)
