"""Rings among prerequisites, found before they are closed."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.systems.college.catalogue.prerequisites import (
    AllOf,
    AnyOf,
    Corequisite,
    Edge,
    Specific,
    YearStanding,
    edges_of,
    find_any_cycle,
    find_cycle,
)


@pytest.mark.example("college", 24)
@pytest.mark.rule("R13")
def test_the_edge_that_closes_a_ring_is_told_with_its_way_round():
    edges = [Edge("A", "B"), Edge("B", "C")]

    assert find_cycle(edges, Edge("C", "A")) == ["A", "B", "C", "A"]
    assert find_cycle(edges, Edge("A", "C")) is None


@pytest.mark.rule("R13")
def test_a_subject_cannot_ask_for_itself():
    assert find_cycle([], Edge("A", "A")) == ["A", "A"]


@pytest.mark.rule("R13")
def test_a_ring_through_one_of_several_branches_is_a_ring():
    a, b, c = UUID(int=1), UUID(int=2), UUID(int=3)
    tree = AllOf((YearStanding(2), AnyOf((Specific(a), Specific(b)))))

    edges = list(edges_of(c, tree))

    assert edges == [Edge(a, c), Edge(b, c)]
    assert find_cycle(edges, Edge(c, b)) == [b, c, b]


@pytest.mark.rule("R13")
def test_subjects_that_are_taken_together_may_name_each_other_but_not_across_a_strict_step():
    lecture, laboratory = UUID(int=1), UUID(int=2)
    together = list(edges_of(lecture, Corequisite(laboratory)))

    assert find_cycle(together, Edge(lecture, laboratory, is_strict=False)) is None
    assert find_cycle(together, Edge(lecture, laboratory)) == [laboratory, lecture, laboratory]


_PLACES = st.integers(0, 7)
_EDGES = st.lists(st.builds(Edge, _PLACES, _PLACES, st.booleans()), max_size=20)


def _reach(edges):
    """Warshall's table of who can be reached from whom, at all and over a strict step: no search, no queue."""
    loose = {(edge.before, edge.after) for edge in edges}
    strict = {(edge.before, edge.after) for edge in edges if edge.is_strict}
    for _ in range(4):  # 2^4 > 8 places: every path has been joined by then
        loose |= {(a, d) for a, b in loose for c, d in loose if b == c}
        strict |= {(a, d) for a, b in strict for c, d in loose if b == c}
        strict |= {(a, d) for a, b in loose for c, d in strict if b == c}
    return loose, strict


@pytest.mark.rule("R13")
@given(_EDGES, st.builds(Edge, _PLACES, _PLACES, st.booleans()))
def test_a_ring_is_found_exactly_where_the_table_of_ways_has_one(edges, new_edge):
    loose, strict = _reach(edges)
    back = (new_edge.after, new_edge.before)
    closes = back in strict or (new_edge.is_strict and (back in loose or new_edge.before == new_edge.after))

    path = find_cycle(edges, new_edge)

    assert (path is not None) is closes
    if path is not None:
        steps = list(pairwise(path))
        assert path[0] == path[-1] == new_edge.after
        assert steps[-1] == (new_edge.before, new_edge.after)
        assert all(step in {(edge.before, edge.after) for edge in edges} for step in steps[:-1])


@pytest.mark.rule("R13")
@given(_EDGES)
def test_a_book_of_edges_has_a_ring_exactly_where_somebody_reaches_themselves(edges):
    _, strict = _reach(edges)

    assert (find_any_cycle(edges) is not None) is any(a == b for a, b in strict)
