"""Items that tests register, and results they judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rollbook.core import readiness
from rollbook.core.readiness import Context, Item, Outcome, Severity, passed
from rollbook.shared.launch import runner
from rollbook.shared.launch.rules import Standing, Why

REMEDY = "Run `rollbook migrate`."


def holds(_context: Context) -> Outcome:
    """An item that passes."""
    return passed("It holds.", value=0, limit="= 0")


def an_item(item_id: str, evaluate: Any = holds, **facts: Any) -> Item:
    """An item that is not registered."""
    words = {"title": "It holds", "how": "It is looked at.", "remedy": REMEDY, "severity": Severity.BLOCKER}
    return Item(id=item_id, evaluate=evaluate, **{"evidence": ("fact",), **words, **facts})


@contextmanager
def registered(evaluate: Any = holds, **facts: Any) -> Iterator[Item]:
    """An item that exists while the test runs."""
    words = {"title": "It holds", "how": "It is looked at.", "remedy": REMEDY, "severity": Severity.BLOCKER}
    item = readiness.register_item(**{"evidence": ("fact",), **words, **facts})(evaluate)
    try:
        yield item
    finally:
        readiness.forget_item(item.id)


def standings(severity: Severity, *, of: int, passing: int) -> list[Standing]:
    """So many items of a severity, of which so many pass."""
    items = [an_item(f"PLT-T{severity[0].upper()}-{number:02d}", severity=severity) for number in range(of)]
    return [
        Standing(item, readiness.State.PASS, Why.GREEN)
        if number < passing
        else Standing(item, readiness.State.FAIL, Why.FAILED)
        for number, item in enumerate(items)
    ]


def outcome_of(item_id: str, environment: str = "development", **context: Any) -> Outcome:
    """Evaluate a registered item here and now, as the runner does, without keeping the result."""
    from rollbook.core import clock
    from rollbook.shared.launch import registry

    registry.load()
    item = readiness.find_item(item_id)
    assert item is not None, f"{item_id} is not registered"
    return runner.attempt(item, Context(environment, context.pop("now", None) or clock.now(), **context))


def moment(text: str) -> datetime:
    """An aware moment."""
    return datetime.fromisoformat(text)
