"""What a room says about being fit to launch: checklist items that examine the running installation.

A room writes its items in its `launch.py`:

    @register_item(
        id="PLT-RLS-01", stages=("PRE", "DAY", "H", "Q"), severity=Severity.BLOCKER,
        title="Row security is enabled and forced on every tenant table",
        how="The catalogue of PostgreSQL is read; tables without are listed.",
        remedy="Run `rollbook migrate`; a table made by hand needs the operation IsolateTable.",
        evidence=("tables", "found"),
    )
    def row_security_is_forced(context: Context) -> Outcome: ...

The words stand here, below every room, so that core rooms can speak them; `shared.launch` finds the
items, runs each one isolated from the others, keeps the results and decides what they mean.
"""

import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

Number = int | Decimal


class State(StrEnum):
    """How an evaluation ended."""

    PASS = "pass"  # noqa: S105 - a word, no secret
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """What a red item means for the launch."""

    BLOCKER = "blocker"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    """How an item is answered."""

    AUTOMATED = "a"
    DRILL = "b"
    SIGN_OFF = "c"


class SafeOn(StrEnum):
    """Where an item may be evaluated: also live, or on staging and scratch copies only."""

    LIVE = "L"
    STAGING = "S"


#: The parallel key of items that measure time or load: what others do would be measured too.
ALONE = "alone"
STAGES = ("PRE", "DAY", "H", "D1", "W1", "M1", "Q", "ON")
PROFILES = ("platform", "college", "school", "messaging", "grouporders", "backoffice")


@dataclass(frozen=True, slots=True)
class Context:
    """What an item is told about the evaluation."""

    environment: str
    now: datetime
    stage: str = "PRE"
    #: The organisation an item of that scope is evaluated for.
    organisation_id: UUID | None = None

    @property
    def is_production(self) -> bool:
        """Whether real people's records are here."""
        return self.environment == "production"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item found. Every outcome but a pass says what to do, in `remedy` or by the item's own."""

    state: State
    summary: str
    value: Number | None = None
    #: The comparison as it was made: "= 0", "≤ 80", "> 99".
    limit: str = ""
    unit: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why an item says nothing about this installation."""

    reason: str


@lru_cache(maxsize=100)
def _source_of(module: str) -> str:
    try:
        return inspect.getsource(sys.modules[module])
    except (KeyError, OSError, TypeError):
        return module  # made while running, as tests do


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the launch checklist."""

    id: str
    title: str
    how: str
    remedy: str
    severity: Severity
    evaluate: Callable[[Context], Outcome]
    #: The names of the facts in the evidence; others are not stored.
    evidence: tuple[str, ...]
    #: Facts of which only the presence is stored: names of people, secrets.
    masked: tuple[str, ...] = ()
    profile: str = "platform"
    stages: tuple[str, ...] = ("PRE",)
    kind: Kind = Kind.AUTOMATED
    run: SafeOn = SafeOn.LIVE
    timeout: timedelta = timedelta(seconds=10)
    #: How long a result counts; None takes what the kind and the stage say.
    freshness: timedelta | None = None
    #: How often an item of stage ON is evaluated.
    interval: timedelta = timedelta(hours=24)
    needs: tuple[str, ...] = ()
    applies: Callable[[Context], NotApplicable | None] | None = None
    #: Items with the same key never run together; with `ALONE`, no other item runs at the same time.
    parallel_key: str = ""
    #: Whether the item writes to try something out; what it writes is always taken back.
    tries_writing: bool = False
    per_organisation: bool = False
    #: A pass counts for the version of the software that was examined only.
    this_release: bool = False
    is_waivable: bool = True
    aliases: tuple[str, ...] = ()
    document: str = "docs/reference/launch.md"

    @property
    def definition_hash(self) -> str:
        """Changes when what is checked, or how, changes."""
        try:
            source = inspect.getsource(self.evaluate)
        except (OSError, TypeError):
            source = self.evaluate.__qualname__
        words = (
            self.id,
            self.profile,
            ",".join(self.stages),
            self.title,
            self.how,
            self.severity,
            self.kind,
            source,
        )
        return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


_items: dict[str, Item] = {}
_aliases: dict[str, str] = {}


def register_item(**facts: Any) -> Callable[[Callable[[Context], Outcome]], Item]:
    """Register the decorated function as an item; the words are those of `Item`."""

    def decorator(evaluate: Callable[[Context], Outcome]) -> Item:
        item = Item(evaluate=evaluate, **facts)
        _check(item)
        _items[item.id] = item
        _aliases.update(dict.fromkeys(item.aliases, item.id))
        return item

    return decorator


def _check(item: Item) -> None:
    if item.id in _items or item.id in _aliases:
        raise ValueError(f"The item {item.id} is registered twice; an id is never used again.")
    if item.profile not in PROFILES:
        raise ValueError(f"{item.id}: there is no profile {item.profile}.")
    if not item.stages or not set(item.stages) <= set(STAGES):
        raise ValueError(f"{item.id}: the stages are {', '.join(STAGES)}.")
    if not item.remedy.strip():
        raise ValueError(f"{item.id}: say what the person who sees it red shall do.")


def items() -> dict[str, Item]:
    """Every registered item by id, in the order of their ids."""
    return dict(sorted(_items.items()))


def find_item(item_id: str) -> Item | None:
    """The item of that id, or of which it is an old name."""
    return _items.get(_aliases.get(item_id, item_id))


def forget_item(item_id: str) -> None:
    """Take an item out again; for tests that register their own."""
    item = _items.pop(item_id, None)
    for alias in item.aliases if item else ():
        _aliases.pop(alias, None)


def passed(summary: str, *, value: Number | None = None, limit: str = "", unit: str = "", **evidence: Any) -> Outcome:
    """The item holds."""
    return Outcome(State.PASS, summary, value, limit, unit, evidence)


def warned(
    summary: str,
    *,
    value: Number | None = None,
    limit: str = "",
    unit: str = "",
    remedy: str = "",
    **evidence: Any,
) -> Outcome:
    """The item holds, but not for long or not well."""
    return Outcome(State.WARN, summary, value, limit, unit, evidence, remedy)


def failed(
    summary: str,
    *,
    value: Number | None = None,
    limit: str = "",
    unit: str = "",
    remedy: str = "",
    **evidence: Any,
) -> Outcome:
    """The item does not hold."""
    return Outcome(State.FAIL, summary, value, limit, unit, evidence, remedy)


def none_found(found: Sequence[str], *, examined: int, what: str, remedy: str = "", **evidence: Any) -> Outcome:
    """Pass when nothing wrong was found among what was examined; nothing examined is never a pass.

    `what` names what was looked for, in the plural: "tables without forced row security".
    """
    facts = {"examined": examined, "found": list(found), **evidence}
    if examined <= 0:
        return failed(
            f"Nothing could be examined for {what}.",
            value=0,
            limit="> 0",
            unit="examined",
            remedy=remedy,
            **facts,
        )
    if found:
        return failed(
            f"{what[:1].upper()}{what[1:]}: {len(found)} ({_some(found)}).",
            value=len(found),
            limit="= 0",
            unit="found",
            remedy=remedy,
            **facts,
        )
    return passed(f"No {what} among {examined}.", value=0, limit="= 0", unit="found", **facts)


def _some(found: Sequence[str]) -> str:
    shown = ", ".join(found[:5])
    return f"{shown} and {len(found) - 5} more" if len(found) > 5 else shown


@dataclass(frozen=True, slots=True)
class Journey:
    """A person's way through several acts. `walk` answers with what went wrong, in sentences; nothing is well."""

    id: str
    title: str
    profile: str
    walk: Callable[[Context], Sequence[str]]


_journeys: dict[str, Journey] = {}


def register_journey(
    *,
    id: str,  # noqa: A002 - the word of the checklist
    title: str,
    profile: str,
) -> Callable[[Callable[[Context], Sequence[str]]], Journey]:
    """Register the decorated function as a journey; a room writes its own in its `journeys.py`."""

    def decorator(walk: Callable[[Context], Sequence[str]]) -> Journey:
        if id in _journeys:
            raise ValueError(f"The journey {id} is registered twice.")
        journey = Journey(id, title, profile, walk)
        _journeys[id] = journey
        return journey

    return decorator


def journeys(profile: str) -> list[Journey]:
    """The journeys of a profile, in the order of their ids."""
    return [journey for _, journey in sorted(_journeys.items()) if journey.profile == profile]


def forget_journey(journey_id: str) -> None:
    """Take a journey out again; for tests that register their own."""
    _journeys.pop(journey_id, None)


def walk_journeys(profile: str, context: Context) -> Outcome:
    """Walk every journey of a profile, each taken back at its end; a profile without any does not pass."""
    walked = journeys(profile)
    found: list[str] = []
    for journey in walked:
        try:
            with transaction.atomic():
                problems = list(journey.walk(context))
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - a journey that breaks is one that fails, and the next is walked
            problems = [f"it broke ({type(error).__name__})"]
        found += [f"{journey.id} {journey.title}: {problem}" for problem in problems]
    return none_found(found, examined=len(walked), what="stumbles", walked=[journey.id for journey in walked])
