"""Find, then act: one search over everything that the actor may see.

Modules register providers; each answers with rows that tell two people apart. What is typed is personal
data, so it travels in the body of a POST and never in an address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.navigation import Place
from rollbook.core.web.states import State, Words

SHORTEST = 2
PER_GROUP = 8


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One match: who or what it is, and what tells it from its namesakes."""

    title: str
    url: str
    detail: str = ""
    badge: State | None = None
    icon: str = ""


Find = Callable[[Actor, str, int], Sequence[SearchRow]]


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """A kind of record that can be found, for those who hold the permission."""

    key: str
    label: Words
    permission: str
    find: Find
    icon: str = "user-round"
    order: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Matches of one kind."""

    key: str
    label: Words
    icon: str
    rows: tuple[SearchRow, ...]


_providers: dict[str, SearchProvider] = {}


def register_search(provider: SearchProvider) -> None:
    """Declare a kind of record that can be found."""
    if _providers.setdefault(provider.key, provider).find is not provider.find:
        raise ValueError(f"The search {provider.key} is declared twice, differently.")


def providers_for(actor: Actor) -> list[SearchProvider]:
    """The searches that the actor may use, in their order."""
    open_ones = (provider for provider in _providers.values() if actor.may(provider.permission))
    return sorted(open_ones, key=lambda provider: (provider.order, provider.key))


def find_records(actor: Actor, text: str, *, limit: int = PER_GROUP) -> list[Found]:
    """Every record that matches what was typed, by kind."""
    wanted = " ".join(text.split())
    if len(wanted) < SHORTEST:
        return []
    answers = ((provider, tuple(provider.find(actor, wanted, limit))) for provider in providers_for(actor))
    return [Found(provider.key, provider.label, provider.icon, rows) for provider, rows in answers if rows]


def find_places(places: Sequence[Place], text: str) -> list[Place]:
    """The places whose name or other words contain every word typed; all of them when nothing is typed."""
    words = text.casefold().split()
    return [place for place in places if all(word in f"{place.label} {place.keywords}".casefold() for word in words)]


def only_match(found: Sequence[Found]) -> SearchRow | None:
    """The one match, if there is exactly one."""
    rows = [row for group in found for row in group.rows]
    return rows[0] if len(rows) == 1 else None
