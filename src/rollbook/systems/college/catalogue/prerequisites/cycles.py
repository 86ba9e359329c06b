"""Subjects that wait for each other in a ring can never be taken; a ring is found before it is closed (R13)."""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from rollbook.systems.college.catalogue.prerequisites.tree import Corequisite, Node, Specific, leaves_of

Subject = TypeVar("Subject", bound=Hashable)


class Edge(NamedTuple, Generic[Subject]):
    """`before` is asked for by `after`: earlier where it is strict, in the same term at the latest otherwise."""

    before: Subject
    after: Subject
    is_strict: bool = True


def edges_of(subject_id: UUID, tree: Node) -> Iterator[Edge[UUID]]:
    """What a subject's tree asks for, through every branch: one that is closed for good serves nobody."""
    for leaf in leaves_of(tree):
        if isinstance(leaf, Specific):
            yield Edge(leaf.subject_id, subject_id)
        elif isinstance(leaf, Corequisite):
            yield Edge(leaf.subject_id, subject_id, is_strict=False)


def find_cycle(edges: Iterable[Edge[Subject]], new_edge: Edge[Subject]) -> list[Subject] | None:
    """The ring that a new edge would close, from the subject that waits round to itself; None if there is none.

    A → B → C and C → A give [A, B, C, A]. Two subjects that are to be taken together may name each other; a ring
    needs one subject that has to come earlier.
    """
    following: dict[Subject, list[Edge[Subject]]] = {}
    for edge in edges:
        following.setdefault(edge.before, []).append(edge)
    start = (new_edge.after, new_edge.is_strict)
    came_from: dict[tuple[Subject, bool], tuple[Subject, bool] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        if place == (new_edge.before, True):
            return [*_way_to(place, came_from), new_edge.after]
        for edge in following.get(place[0], ()):
            reached = (edge.after, place[1] or edge.is_strict)
            if reached not in came_from:
                came_from[reached] = place
                waiting.append(reached)
    return None


def find_any_cycle(edges: Iterable[Edge[Subject]]) -> list[Subject] | None:
    """The first ring among edges that are looked at in their order; None if there is none."""
    seen: list[Edge[Subject]] = []
    for edge in edges:
        ring = find_cycle(seen, edge)
        if ring:
            return ring
        seen.append(edge)
    return None


def _way_to(
    place: tuple[Subject, bool], came_from: dict[tuple[Subject, bool], tuple[Subject, bool] | None]
) -> list[Subject]:
    way = []
    step: tuple[Subject, bool] | None = place
    while step is not None:
        way.append(step[0])
        step = came_from[step]
    return way[::-1]
