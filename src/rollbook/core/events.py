"""Named events inside one transaction: what must follow an act in a module that may not be imported.

Only `site/wiring.py` subscribes, so that one page shows every such connection. A subscriber runs at
once, in the publisher's transaction; when it fails, the whole act fails.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")

_subscribers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[Event], function: Callable[[Event], None]) -> None:
    """Call `function` whenever an event of exactly this type is published. Twice is the same as once."""
    if function not in _subscribers[event_type]:
        _subscribers[event_type].append(function)


def publish(event: object) -> None:
    """Hand the event to its subscribers, in the order in which they were connected."""
    for function in _subscribers[type(event)]:
        function(event)
