"""The home of a role: what several rooms tell, cut to what a person takes in at a glance."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.core.web import home
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.home import LATE, SOON, HomePart, Lines, Need, Tile, home_of, register_home_part

NOW = datetime(2031, 8, 31, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_sources", {})


def somebody(*permissions: str) -> Actor:
    return cast("Actor", SimpleNamespace(may=lambda permission: permission in permissions))


def tells(name: str, part: HomePart, **where: Any) -> None:
    def tell(actor: Actor, now: datetime) -> HomePart:
        return part

    tell.__qualname__ = name
    register_home_part(**where)(tell)


def needs(*urgencies: int) -> list[Need]:
    return [Need(f"need {urgency}", "Do it", "/there/", urgency=urgency) for urgency in urgencies]


def test_at_most_three_needs_the_most_urgent_first_whichever_room_tells_them() -> None:
    tells("one", HomePart(needs=needs(SOON, 90)), permission="a", order=1)
    tells("two", HomePart(needs=needs(LATE, 60)), permission="a", order=2)

    found = home_of(somebody("a"), "college", NOW)

    assert found is not None
    assert [need.urgency for need in found.needs] == [LATE, SOON, 60]


def test_six_figures_one_chart_and_one_list_in_the_order_of_the_rooms() -> None:
    def figures(word: str) -> HomePart:
        chart = Chart("bar", word, ["x"], [Series("n", [1])])
        return HomePart(
            tiles=[Tile(f"{word}{n}", str(n)) for n in range(4)], chart=chart, lines=Lines(word, [], "nothing")
        )

    tells("late", figures("b"), permission="a", order=9)
    tells("early", figures("a"), permission="a", order=1)
    tells("silent", HomePart(), permission="a", order=0)

    found = home_of(somebody("a"), "college", NOW)

    assert found is not None
    assert [tile.label for tile in found.tiles] == ["a0", "a1", "a2", "a3", "b0", "b1"]
    assert (found.chart and found.chart.title, found.lines and found.lines.title) == ("a", "a")


def test_only_what_one_may_see_is_told_and_only_in_its_system() -> None:
    tells("mine", HomePart(tiles=[Tile("mine", "1")]), permission="a")
    tells("theirs", HomePart(tiles=[Tile("theirs", "1")]), permission="b")
    tells("elsewhere", HomePart(tiles=[Tile("elsewhere", "1")]), permission="a", systems=("school",))

    found = home_of(somebody("a"), "college", NOW)

    assert found is not None
    assert [tile.label for tile in found.tiles] == ["mine"]
    assert home_of(somebody("c"), "college", NOW) is None


def test_what_joins_other_homes_makes_none_by_itself() -> None:
    tells("joins", HomePart(needs=needs(SOON)))

    assert home_of(somebody("a"), "college", NOW) is None
    tells("makes", HomePart(tiles=[Tile("x", str(date(2031, 8, 31)))]), permission="a")
    found = home_of(somebody("a"), "college", NOW)
    assert found is not None
    assert len(found.needs) == 1
