"""The addresses of the API as a tree: the same ones, found faster."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.urls.resolvers import RegexPattern

from rollbook.core.api.build import grouped
from rollbook.core.api.pagination import BadCursor, PageQuery, encode_cursor, place_after


def view(*_: Any, **__: Any) -> HttpResponse:
    return HttpResponse()


def flat(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str | None]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from flat(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one.name


def test_a_tree_holds_every_address_and_its_name() -> None:
    routes = [
        "people/",
        "people/<uuid:person_id>",
        "college/cashier/payments",
        "college/<uuid:x>/notes",
        "<word>/other",
    ]
    patterns = [path(route, view, name=f"name-{number}") for number, route in enumerate(routes)]

    tree = grouped(patterns, levels=2)

    assert sorted(flat(tree)) == sorted((route, f"name-{number}") for number, route in enumerate(routes))


def test_an_address_is_held_against_its_own_branch_only() -> None:
    tree = grouped([path(f"room-{n}/act-{m}", view) for n in range(5) for m in range(5)], levels=2)

    assert len(tree) == 5
    resolver = URLResolver(RegexPattern(r"^/"), tuple(tree))
    assert resolver.resolve("/room-3/act-4").route == "room-3/act-4"


def test_a_place_in_a_list_is_read_from_its_cursor() -> None:
    moment, row = datetime.fromisoformat("2031-08-31T10:00:00+00:00"), UUID(int=7)
    page = PageQuery(cursor=encode_cursor([moment, row]))

    assert place_after(page, datetime.fromisoformat, UUID) == [moment, row]
    assert place_after(PageQuery(), datetime.fromisoformat, UUID) is None


@pytest.mark.parametrize("values", [["soon", str(UUID(int=7))], ["2031-08-31T10:00:00", str(UUID(int=7))], [7, 7]])
def test_a_made_up_cursor_is_refused(values: list[Any]) -> None:
    with pytest.raises(BadCursor):
        place_after(PageQuery(cursor=encode_cursor(values)), datetime.fromisoformat, UUID)
