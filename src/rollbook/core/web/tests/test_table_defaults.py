"""A filter with a default holds until something else is chosen; it is changed and never taken away."""

from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column
from rollbook.core.web.tables.query import address, read_query

TERM = ChoiceFilter(
    "term", "Term", choices=(("2031-1", "2031-1"), ("2030-1", "2030-1")), default=lambda: {"term": ["2031-1"]}
)
LATE = BooleanFilter("late", "Late only")


def read(**params):
    return read_query(params, columns=(Column("name", "Name"),), filters=(TERM, LATE), order="name")


def test_the_default_holds_while_nothing_is_chosen():
    query = read()

    assert query.filters == {"term": ("2031-1",)}
    assert not query.is_narrowed


def test_what_is_chosen_stands_in_its_place():
    query = read(term=["2030-1"])

    assert query.filters == {"term": ("2030-1",)}
    assert query.is_narrowed


def test_another_filter_narrows_beside_it():
    query = read(late=["1"])

    assert query.filters == {"term": ("2031-1",), "late": True}
    assert query.is_narrowed
    assert address(query, {"term": TERM, "late": LATE}, "name") == "?term=2031-1&late=1"


def test_a_choice_that_is_none_leaves_the_default():
    assert read(term=["1999-1"]).filters == {"term": ("2031-1",)}
