"""The navigation: places that modules declare, shown to those who may open them.

A module declares its places in its `navigation.py`; `rollbook/site/navigation.py` imports them all and names
the groups. The command palette lists every place, also those too rare for the rail.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.states import Words

#: Places that fit into the bottom bar of a phone, beside "More".
ON_A_PHONE = 4


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A place in the house: what it is called, where it is, who may open it."""

    label: Words
    url_name: str
    icon: str
    #: Empty: whoever is signed in.
    permission: str = ""
    group: str = "work"
    order: int = 50
    #: Systems whose organisations have the place; empty means all.
    systems: tuple[str, ...] = ()
    #: Other words by which people look for it in the command palette.
    keywords: Words = ""
    #: False leaves it to the command palette.
    in_rail: bool = True
    #: Whose rail shows it, where one permission does not say it; the others find it in the command palette.
    in_rail_for: Callable[[Actor], bool] | None = None
    #: A shorter word for the bar of a phone, where the label has a word too long for it.
    short: Words = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A navigation item as one actor sees it on one page."""

    label: str
    url: str
    icon: str
    is_current: bool
    group: str
    in_rail: bool
    keywords: str
    #: What it is called in the bar of a phone, where that is shorter.
    short: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading."""

    key: str
    label: Words
    places: tuple[Place, ...]


_items: dict[str, NavigationItem] = {}
_groups: dict[str, Words] = {}


def register_navigation(*items: NavigationItem) -> None:
    """Declare places. The same place twice is once; another place under its name is a mistake."""
    for item in items:
        if _items.setdefault(item.url_name, item).icon != item.icon:
            raise ValueError(f"The place {item.url_name} is declared twice, differently.")


def register_group(key: str, label: Words) -> None:
    """Name a group. Groups stand in the order in which they are named."""
    _groups[key] = label


def items() -> Sequence[NavigationItem]:
    """Every declared place, by group and order."""
    rank = {key: index for index, key in enumerate(_groups)}
    return sorted(_items.values(), key=lambda item: (rank.get(item.group, len(rank)), item.order, item.url_name))


def is_open_to(item: NavigationItem, actor: Actor, system: str) -> bool:
    """Tell whether the actor may open a place in an organisation of this system."""
    in_system = not item.systems or system in item.systems
    return in_system and (not item.permission or actor.may(item.permission))


def places_for(actor: Actor, system: str, path: str, *, among: Iterable[NavigationItem] | None = None) -> list[Place]:
    """The places that the actor may open, the one they stand in marked."""
    chosen = [item for item in (items() if among is None else among) if is_open_to(item, actor, system)]
    reachable = [(item, url) for item in chosen if (url := _address(item))]
    current = _current(path, [url for _, url in reachable])
    return [
        Place(
            str(item.label),
            url,
            item.icon,
            url == current,
            item.group,
            _in_rail(item, actor),
            str(item.keywords),
            str(item.short),
        )
        for item, url in reachable
    ]


def _in_rail(item: NavigationItem, actor: Actor) -> bool:
    return item.in_rail and (item.in_rail_for is None or item.in_rail_for(actor))


def _address(item: NavigationItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        # A room may be switched off in an installation; that none is forgotten is a test's business.
        return ""


def _current(path: str, urls: Sequence[str]) -> str | None:
    """The longest address that the path begins with: a record page belongs to its list."""
    inside = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(inside, key=len, default=None)


def grouped(places: Iterable[Place]) -> list[Group]:
    """The rail: places under the headings of their groups."""
    shown = [place for place in places if place.in_rail]
    keys = [*_groups, *sorted({place.group for place in shown} - set(_groups))]
    groups = (Group(key, _groups.get(key, ""), tuple(place for place in shown if place.group == key)) for key in keys)
    return [group for group in groups if group.places]
