"""Pages by cursor: nothing lost, nothing twice, whatever happens between two pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.api.pagination import BadCursor, PageQuery, decode_cursor, encode_cursor, page_of
from rollbook.core.identity.models import LoginEvent, User

pytestmark = pytest.mark.django_db


def people(*names: str) -> None:
    for name in names:
        User.objects.create(display_name=name, email=None)


def walk(order: tuple[str, ...], limit: int) -> list[str]:
    seen: list[str] = []
    cursor = None
    for _ in range(50):
        rows = User.objects.values("id", "display_name", "created_at")
        page = page_of(rows, PageQuery(limit=limit, cursor=cursor), order=order)
        assert len(page["items"]) <= limit
        seen += [row["display_name"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 100])
@pytest.mark.parametrize(
    "order", [("display_name", "id"), ("-display_name", "-id"), ("display_name", "-id"), ("-created_at", "id")]
)
def test_every_row_comes_once_in_order(order: tuple[str, ...], limit: int) -> None:
    people("Abad", "Cruz", "Bello", "Cruz", "Diaz", "Cruz")

    assert walk(order, limit) == list(User.objects.order_by(*order).values_list("display_name", flat=True))


def test_rows_that_come_in_between_move_nothing() -> None:
    people("Bello", "Cruz", "Diaz")
    rows = User.objects.values("id", "display_name")
    first = page_of(rows, PageQuery(limit=2), order=("display_name", "id"))

    people("Abad")
    second = page_of(rows, PageQuery(limit=2, cursor=first["next_cursor"]), order=("display_name", "id"))

    assert [row["display_name"] for row in second["items"]] == ["Diaz"]


def test_rows_are_shaped() -> None:
    people("Abad")

    page = page_of(
        User.objects.values("id", "display_name"),
        PageQuery(),
        order=("display_name", "id"),
        shape=lambda row: {"name": row["display_name"].upper()},
    )

    assert page == {"items": [{"name": "ABAD"}], "next_cursor": None}


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "nonsense", "bnVsbA", encode_cursor([1]), encode_cursor(["a", "b", "c"]), encode_cursor(["a", None])],
)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, 2)


@pytest.mark.parametrize(
    ("order", "values"),
    [
        (("-happened_at", "id"), ["yesterday", "01a1fdc9-4d5a-742f-a8b9-d1ab225ef261"]),
        (("-happened_at", "id"), ["2031-07-01T00:00:00", "01a1fdc9-4d5a-742f-a8b9-d1ab225ef261"]),
        (("-happened_at", "id"), ["2031-07-01T00:00:00Z", "no-uuid"]),
        (("kind", "id"), ["a\x00", "01a1fdc9-4d5a-742f-a8b9-d1ab225ef261"]),
    ],
)
def test_a_cursor_of_another_list_is_refused_before_the_database_sees_it(order: Any, values: list[str]) -> None:
    with pytest.raises(BadCursor):
        page_of(LoginEvent.objects.values("id"), PageQuery(cursor=encode_cursor(values)), order=order)


@given(st.text(max_size=200))
def test_no_cursor_is_an_error_of_ours(cursor: str) -> None:
    try:
        values = decode_cursor(cursor, 2)
    except BadCursor:
        return
    assert len(values) == 2


@pytest.mark.parametrize(("limit", "allowed"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_page_has_one_to_a_hundred_rows(limit: int, allowed: bool) -> None:
    if allowed:
        assert PageQuery(limit=limit).limit == limit
    else:
        with pytest.raises(ValueError, match="limit"):
            PageQuery(limit=limit)
    assert PageQuery().limit == 20
