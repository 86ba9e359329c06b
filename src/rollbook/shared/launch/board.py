"""How every item stands: the last results judged by the rules, for the board, the API and the command line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet

from rollbook.core import clock
from rollbook.core.readiness import STAGES, Item, Severity, State
from rollbook.shared.launch import artefact, chain, registry, rules
from rollbook.shared.launch.models import INSTALL, CheckResult
from rollbook.shared.launch.rules import Standing, Verdict

#: For those who see no results of the installation.
UNSEEN = chain.ChainState(0)
#: How many of the newest links are computed again whenever the board is shown.
LINKS_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One item for one scope, with its last result."""

    item: Item
    scope: str
    standing: Standing
    result: CheckResult | None

    @property
    def remedy(self) -> str:
        return self.result.remedy if self.result is not None and self.result.remedy else self.item.remedy

    @property
    def state(self) -> str:
        """The word that is shown: a result that does not count any more says why."""
        if self.standing.why in (rules.Why.EXPIRED, rules.Why.CHANGED, rules.Why.OTHER_ARTEFACT):
            return "expired"
        return str(self.standing.state) if self.standing.state else "missing"


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is known at a moment."""

    taken_at: datetime
    environment: str
    stage: str | None
    profiles: tuple[str, ...]
    lines: tuple[Line, ...]
    chain: chain.ChainState
    problems: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return Verdict.BLOCKED if not self.chain.is_intact else rules.verdict(self.standings)

    @property
    def standings(self) -> list[Standing]:
        return [line.standing for line in self.lines]

    @property
    def score(self) -> Decimal:
        return rules.score(self.standings)

    @property
    def sentence(self) -> str:
        if not self.chain.is_intact:
            return (
                f"Blocked: the record of results was altered ({self.chain.reason}); "
                "restore it from the last good backup and find out who did it."
            )
        return rules.sentence(self.standings, {line.item.id: line.remedy for line in self.lines})

    @property
    def counts(self) -> dict[str, int]:
        """How many items are in each state, and how many are red."""
        counted = Counter(line.state for line in self.lines)
        red = Counter(line.item.severity.value for line in self.lines if line.standing.is_red)
        all_of = Counter(line.item.severity.value for line in self.lines)
        return {
            "items": len(self.lines),
            **{
                state: counted[state]
                for state in (
                    "pass",
                    "warn",
                    "fail",
                    "error",
                    "skipped",
                    "not_applicable",
                    "expired",
                    "missing",
                )
            },
            "red": sum(red.values()),
            **{f"red_{severity.value}s": red[severity.value] for severity in Severity},
            **{f"{severity.value}s": all_of[severity.value] for severity in Severity},
        }

    def grid(self) -> dict[str, dict[str, dict[str, int]]]:
        """Profiles × stages with how many items are red, of how many."""
        grid: dict[str, dict[str, dict[str, int]]] = {}
        for line in self.lines:
            row = grid.setdefault(line.item.profile, {stage: {"items": 0, "red": 0} for stage in STAGES})
            for stage in line.item.stages:
                row[stage]["items"] += 1
                row[stage]["red"] += line.standing.is_red
        return grid


def environment() -> str:
    """What this installation is for: development, staging or production."""
    configuration: Any = getattr(settings, "ROLLBOOK", None)
    return str(getattr(configuration, "env", "development"))


def board(
    items: Iterable[Item],
    *,
    stage: str | None,
    profiles: Iterable[str],
    organisations: Sequence[str] = (),
    results: Iterable[CheckResult] | None = None,
    now: datetime | None = None,
) -> Board:
    """Judge the last result of each item; with `results`, these count instead of what is kept."""
    now = now or clock.now()
    items = list(items)
    latest = _latest(items) if results is None else {(row.item, row.scope): row for row in results}
    lines = []
    for item in items:
        scopes = organisations if item.per_organisation else (INSTALL,)
        lines += [_line(item, scope, latest.get((item.id, scope)), now) for scope in scopes]
    lines.sort(key=lambda line: (*rules.by_urgency(line.standing), line.scope))
    return Board(
        taken_at=now,
        environment=environment(),
        stage=stage,
        profiles=tuple(sorted(profiles)),
        lines=tuple(lines),
        chain=_chain(),
        problems=registry.load(),
    )


def _chain() -> chain.ChainState:
    try:
        return chain.verify(LINKS_LOOKED_AT)
    except DatabaseError:
        # Without its table there are no results either; the run says so itself.
        return UNSEEN


def _latest(items: Sequence[Item]) -> dict[tuple[str, str], CheckResult]:
    rows = (
        CheckResult.objects.filter(item__in=[item.id for item in items], environment=environment())
        .order_by("item", "scope", "-number")
        .distinct("item", "scope")
    )
    return {(row.item, row.scope): row for row in rows}


def _line(item: Item, scope: str, result: CheckResult | None, now: datetime) -> Line:
    standing = rules.standing_of(
        item,
        state=State(result.state) if result else None,
        expires_at=result.expires_at if result else None,
        now=now,
        definition_hash=result.definition_hash if result else "",
        artefact=result.artefact if result else "",
        present_artefact=artefact.artefact_digest(),
    )
    return Line(item, scope, standing, result)


def history(item_id: str, scope: str | None = None) -> QuerySet[CheckResult]:
    """Results of one item in this environment, newest first."""
    rows = CheckResult.objects.filter(item=item_id, environment=environment()).order_by("-number")
    return rows if scope is None else rows.filter(scope=scope)
