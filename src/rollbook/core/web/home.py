"""The home of each role: what needs one now, how things stand, one picture, one list.

A room says in its `home.py` what it has to tell whom:

    @register_home_part(permission=permissions.FINALISE, order=20, systems=("college",))
    def sheets(actor: Actor, now: datetime) -> HomePart: ...

`rollbook/site/navigation.py` finds them. A part is asked only for actors who hold its permission, and says nothing
when it has nothing to say; one without a permission joins the homes that others make. What several rooms say together
is cut to what a person takes in at a glance.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.charts import Chart
from rollbook.core.web.states import State, Words

MOST_NEEDS = 3
MOST_TILES = 6
MOST_LINES = 6

#: Urgency of a need: the smaller, the earlier it stands.
LATE, TODAY, SOON = 10, 30, 50


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for this person, with the button that does it."""

    title: str
    button: Words
    url: str
    why: Words = ""
    icon: str = "arrow-right"
    tone: str = ""
    urgency: int = SOON


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that says how things stand, and where it comes from."""

    label: Words
    value: str
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list."""

    title: str
    url: str = ""
    note: str = ""
    end: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """A short list, and where the whole one is."""

    title: Words
    rows: Sequence[Line]
    empty: Words
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A piece of a page that a room draws with a template of its own."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePart:
    """What one room has to tell one person."""

    needs: Sequence[Need] = ()
    tiles: Sequence[Tile] = ()
    pictures: Sequence[Picture] = ()
    chart: Chart | None = None
    lines: Lines | None = None


Telling = Callable[[Actor, datetime], HomePart]


@dataclass(frozen=True, slots=True)
class _Source:
    permission: str
    order: int
    systems: tuple[str, ...]
    tell: Telling

    def makes_home_for(self, actor: Actor) -> bool:
        return bool(self.permission) and actor.may(self.permission)


@dataclass(frozen=True, slots=True)
class Home:
    """The page: at most three needs, six figures, the rooms' own pictures, one chart and one list."""

    needs: list[Need] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    chart: Chart | None = None
    lines: Lines | None = None

    @classmethod
    def of(cls, parts: Iterable[HomePart]) -> "Home":
        """Put together what the rooms say, in the order in which they say it; needs by their urgency."""
        told = list(parts)
        needs = sorted((need for part in told for need in part.needs), key=lambda need: need.urgency)
        return cls(
            needs[:MOST_NEEDS],
            [tile for part in told for tile in part.tiles][:MOST_TILES],
            [picture for part in told for picture in part.pictures],
            next((part.chart for part in told if part.chart), None),
            next((part.lines for part in told if part.lines), None),
        )


_sources: dict[str, _Source] = {}


def register_home_part(
    *, permission: str = "", order: int = 50, systems: tuple[str, ...] = ()
) -> Callable[[Telling], Telling]:
    """Declare what a room tells those who hold a permission."""

    def declare(tell: Telling) -> Telling:
        _sources[f"{tell.__module__}.{tell.__qualname__}"] = _Source(permission, order, systems, tell)
        return tell

    return declare


def has_home(actor: Actor) -> bool:
    """Tell whether some room has something for an actor, in whatever system."""
    return any(source.makes_home_for(actor) for source in _sources.values())


def home_of(actor: Actor, system: str, now: datetime) -> Home | None:
    """The home of an actor; None when no room has one for them."""
    known = [source for source in _sources.values() if not source.systems or system in source.systems]
    if not any(source.makes_home_for(actor) for source in known):
        return None
    mine = [source for source in known if not source.permission or source.makes_home_for(actor)]
    return Home.of(source.tell(actor, now) for source in sorted(mine, key=lambda source: source.order))
