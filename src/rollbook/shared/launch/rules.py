"""What results mean: freshness, red or not, the score and the state. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from rollbook.core.readiness import Item, Kind, Severity, State

WEIGHTS = {Severity.BLOCKER: 5, Severity.WARNING: 2, Severity.INFO: 1}
SHORT_STAGES = frozenset({"DAY", "H"})


class Verdict(StrEnum):
    """What all results mean together."""

    BLOCKED = "blocked"
    WARNINGS = "ready with warnings"
    READY = "ready"


class Why(StrEnum):
    """Why an item stands as it does."""

    GREEN = ""
    FAILED = "failed"
    ERROR = "could not be evaluated"
    SKIPPED = "skipped"
    MISSING = "never evaluated"
    EXPIRED = "expired"
    CHANGED = "the check changed since"
    OTHER_ARTEFACT = "the software changed since"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one item stands at a moment. `state` is None where there is no result."""

    item: Item
    state: State | None
    why: Why

    @property
    def is_red(self) -> bool:
        return self.why is not Why.GREEN

    @property
    def is_applicable(self) -> bool:
        return self.state is not State.NOT_APPLICABLE or self.is_red


def freshness_of(item: Item, stage: str) -> timedelta:
    """How long a result taken for a stage counts."""
    if item.freshness is not None:
        return item.freshness
    if item.kind is Kind.DRILL:
        return timedelta(days=31)
    if item.kind is Kind.SIGN_OFF:
        return timedelta(days=365)
    if stage in SHORT_STAGES:
        return timedelta(minutes=15)
    if stage == "ON":
        return item.interval * 3 / 2
    return timedelta(hours=24)


def is_fresh(expires_at: datetime, now: datetime) -> bool:
    """A result counts while now is before its end; at the very moment of its end it does not."""
    return now < expires_at


def standing_of(
    item: Item,
    *,
    state: State | None,
    expires_at: datetime | None,
    now: datetime,
    definition_hash: str = "",
    artefact: str = "",
    present_artefact: str = "",
) -> Standing:
    """Judge the last result of an item. Without a result the item is red: no data is never a pass."""
    if state is None or expires_at is None:
        return Standing(item, None, Why.MISSING)
    if definition_hash and definition_hash != item.definition_hash:
        return Standing(item, state, Why.CHANGED)
    if item.this_release and artefact != present_artefact:
        return Standing(item, state, Why.OTHER_ARTEFACT)
    if not is_fresh(expires_at, now):
        return Standing(item, state, Why.EXPIRED)
    reds = {State.FAIL: Why.FAILED, State.ERROR: Why.ERROR, State.SKIPPED: Why.SKIPPED}
    return Standing(item, state, reds.get(state, Why.GREEN))


def score(standings: Iterable[Standing]) -> Decimal:
    """100 × the weight of what passes ÷ the weight of what applies, to one decimal. For information only."""
    passing = applicable = 0
    for standing in standings:
        if not standing.is_applicable:
            continue
        weight = WEIGHTS[standing.item.severity]
        applicable += weight
        if standing.state is State.PASS and not standing.is_red:
            passing += weight
    if not applicable:
        return Decimal("0.0")
    return (Decimal(100 * passing) / applicable).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)


def verdict(standings: Iterable[Standing]) -> Verdict:
    """Blocked by any red blocker; no item at all blocks too."""
    standings = list(standings)
    red = {standing.item.severity for standing in standings if standing.is_red}
    if not standings or Severity.BLOCKER in red:
        return Verdict.BLOCKED
    return Verdict.WARNINGS if Severity.WARNING in red else Verdict.READY


def by_urgency(standing: Standing) -> tuple[bool, int, bool, str]:
    """The order in which items are shown: red blockers first, causes before what was skipped for them."""
    return (
        not standing.is_red,
        -WEIGHTS[standing.item.severity],
        standing.why is Why.SKIPPED,
        standing.item.id,
    )


def sentence(standings: Iterable[Standing], remedies: dict[str, str]) -> str:
    """The state in one sentence, with the first thing to do. `remedies` are by item id."""
    ordered = sorted(standings, key=by_urgency)
    blockers = [standing for standing in ordered if standing.item.severity is Severity.BLOCKER]
    warnings = [standing for standing in ordered if standing.item.severity is Severity.WARNING]
    red_blockers = [standing for standing in blockers if standing.is_red]
    red_warnings = [standing for standing in warnings if standing.is_red]
    if not ordered:
        return "Blocked: no item applies here; install a profile, then run `rollbook launch check` again."
    if red_blockers:
        first = red_blockers[0].item
        are = "is" if len(red_blockers) == 1 else "are"
        return (
            f"Blocked: {len(red_blockers)} of {len(blockers)} blockers {are} red; "
            f"first fix {first.id}: {_as_clause(remedies.get(first.id) or first.remedy)}"
        )
    if red_warnings:
        first = red_warnings[0].item
        are = "is" if len(red_warnings) == 1 else "are"
        return (
            f"Ready with warnings: {len(red_warnings)} of {len(warnings)} warnings {are} red; "
            f"first look at {first.id}: {_as_clause(remedies.get(first.id) or first.remedy)}"
        )
    return f"Ready: all {len(blockers)} blockers and {len(warnings)} warnings are green."


def _as_clause(remedy: str) -> str:
    return remedy[:1].lower() + remedy[1:] if remedy[1:2].islower() else remedy


def exit_code(reached: Verdict, *, could_evaluate: bool, is_strict: bool) -> int:
    """What the command line answers: 0 ready, 1 blocked, 2 warnings when asked strictly, 3 could not evaluate."""
    if reached is Verdict.BLOCKED:
        return 1 if could_evaluate else 3
    if not could_evaluate:
        return 3
    return 2 if is_strict and reached is Verdict.WARNINGS else 0
