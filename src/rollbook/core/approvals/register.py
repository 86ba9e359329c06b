"""The kinds of decisions that take two people. A module registers its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rollbook.core.permissions.actor import Actor

if TYPE_CHECKING:
    from rollbook.core.approvals.models import ApprovalRequest

#: Performs the approved act, in the transaction of the decision.
Execute = Callable[[Actor, "ApprovalRequest"], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the card: what it is now, what it would be."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What somebody has to know to decide: what it is about, what changes, what follows from it."""

    title: str
    changes: list[Change] = field(default_factory=list)
    effect: str = ""
    url: str = ""


Describe = Callable[["ApprovalRequest"], Description]


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A kind of decision."""

    key: str
    label: str
    approve_permission: str
    execute: Execute
    describe: Describe
    #: Only one open request for the same target.
    is_exclusive: bool = True
    expires_after: timedelta = timedelta(days=14)


_kinds: dict[str, ApprovalKind] = {}


def register_kind(
    kind: str,
    label: str,
    approve_permission: str,
    *,
    execute: Execute,
    describe: Describe,
    is_exclusive: bool = True,
    expires_after: timedelta = timedelta(days=14),
) -> str:
    """Declare a kind of decision and return its key, to be kept as a constant."""
    declared = ApprovalKind(kind, label, approve_permission, execute, describe, is_exclusive, expires_after)
    if _kinds.setdefault(kind, declared) != declared:
        raise ValueError(f"The approval kind {kind} is declared twice, differently.")
    return kind


def kind_of(key: str) -> ApprovalKind:
    """The declared kind; asking for another is a programming mistake."""
    if key not in _kinds:
        raise LookupError(f"No approval kind {key} is registered: its module calls approvals.register_kind(…).")
    return _kinds[key]


def kinds() -> dict[str, ApprovalKind]:
    """Every declared kind by key."""
    return dict(_kinds)


def forget(key: str) -> None:
    """Take a kind out again; for tests that declare their own."""
    _kinds.pop(key, None)
