"""The addresses of the API, found by their first words."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import Resolver404, URLPattern, URLResolver, include, path
from django.urls.resolvers import RegexPattern

from rollbook.core.api.build import Addresses
from rollbook.core.api.pagination import BadCursor, PageQuery, encode_cursor, place_after


def view(*_: Any, **__: Any) -> HttpResponse:
    return HttpResponse()


def resolver_of(*patterns: URLPattern | URLResolver) -> URLResolver:
    return URLResolver(RegexPattern(r"^/"), (Addresses(patterns),))


ROUTES = [
    "people/",
    "people/<uuid:person_id>",
    "people/<uuid:person_id>/notes/<int:number>",
    "people/newest",
    "college/terms/<slug:code>.pdf",
    "<slug:word>/other",
]


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("people/", 0),
        (f"people/{UUID(int=7)}", 1),
        (f"people/{UUID(int=7)}/notes/3", 2),
        ("people/newest", 3),
        ("college/terms/2031-1.pdf", 4),
        ("people/other", 5),
    ],
)
def test_every_address_is_found_and_made_from_its_name(address: str, number: int) -> None:
    resolver = resolver_of(*(path(route, view, name=f"name-{place}") for place, route in enumerate(ROUTES)))

    match = resolver.resolve(f"/{address}")

    assert (match.url_name, match.route) == (f"name-{number}", ROUTES[number])
    assert resolver.reverse(f"name-{number}", **match.captured_kwargs) == address


def test_an_address_is_held_against_its_own_words_only() -> None:
    tried: list[str] = []

    def watched(route: str) -> URLPattern:
        found = path(route, view, name=route)
        found.resolve = lambda _, match=found.resolve: tried.append(route) or match(_)  # type: ignore[method-assign]
        return found

    resolver = resolver_of(*(watched(f"room-{n}/<uuid:x>/act-{m}") for n in range(5) for m in range(2)), watched("a/b"))

    resolver.resolve(f"/room-3/{UUID(int=7)}/act-1")
    resolver.resolve("/a/b")
    assert tried == ["room-3/<uuid:x>/act-0", "room-3/<uuid:x>/act-1", "a/b"]


def test_an_address_that_nobody_has_is_not_found() -> None:
    with pytest.raises(Resolver404):
        resolver_of(path("people/<uuid:x>", view)).resolve("/people/7")


def test_addresses_inside_others_are_found_too() -> None:
    resolver = resolver_of(path("docs/", include([path("<int:page>", view, name="page")])))

    assert resolver.resolve("/docs/4").kwargs == {"page": 4}
    with pytest.raises(Resolver404):
        resolver.resolve("/docs/four")


def test_a_place_in_a_list_is_read_from_its_cursor() -> None:
    moment, row = datetime.fromisoformat("2031-08-31T10:00:00+00:00"), UUID(int=7)
    page = PageQuery(cursor=encode_cursor([moment, row]))

    assert place_after(page, datetime.fromisoformat, UUID) == [moment, row]
    assert place_after(PageQuery(), datetime.fromisoformat, UUID) is None


@pytest.mark.parametrize("values", [["soon", str(UUID(int=7))], ["2031-08-31T10:00:00", str(UUID(int=7))], [7, 7]])
def test_a_made_up_cursor_is_refused(values: list[Any]) -> None:
    with pytest.raises(BadCursor):
        place_after(PageQuery(cursor=encode_cursor(values)), datetime.fromisoformat, UUID)
