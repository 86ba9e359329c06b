"""People see the places that they may open, and the palette finds them by name."""

import pytest
from django.utils.translation import gettext_lazy as _

from rollbook.core import ids
from rollbook.core.web import navigation, search
from rollbook.core.web.navigation import NavigationItem, Place, grouped, places_for
from rollbook.core.web.search import (
    Found,
    SearchProvider,
    SearchRow,
    find_places,
    find_records,
    only_match,
    register_search,
)
from rollbook.core.web.tests.examples import an_actor

GALLERY = NavigationItem(_("Components"), "web:gallery", "layout-grid", "core.web.view_gallery", order=2)
FINDER = NavigationItem("Search", "web:search", "search", "", order=1, keywords="find look")
COLLEGE_ONLY = NavigationItem("Suggest", "web:suggest", "search", "", systems=("college",))


def test_a_place_is_shown_only_to_those_who_hold_its_permission():
    with_it, without = an_actor(ids.new_id(), ["core.web.view_gallery"]), an_actor(ids.new_id())

    assert [place.label for place in places_for(with_it, "college", "/", among=[FINDER, GALLERY])] == [
        "Search",
        "Components",
    ]
    assert [place.label for place in places_for(without, "college", "/", among=[FINDER, GALLERY])] == ["Search"]


def test_a_place_of_another_system_is_not_shown():
    actor = an_actor(ids.new_id())

    assert [p.label for p in places_for(actor, "college", "/", among=[COLLEGE_ONLY])] == ["Suggest"]
    assert places_for(actor, "school", "/", among=[COLLEGE_ONLY]) == []


def test_a_record_page_marks_the_list_it_belongs_to_and_only_that():
    actor = an_actor(ids.new_id())
    places = places_for(actor, "college", "/search/suggest/more/", among=[FINDER, COLLEGE_ONLY])

    assert {place.label: place.is_current for place in places} == {"Search": False, "Suggest": True}


def test_rare_places_stay_out_of_the_rail():
    places = [
        Place("Home", "/", "house", False, "work", True, ""),
        Place("Rare", "/rare/", "archive", False, "work", False, ""),
    ]

    assert [place.label for group in grouped(places) for place in group.places] == ["Home"]


def test_the_same_place_twice_with_another_sign_is_a_mistake(monkeypatch):
    monkeypatch.setattr(navigation, "_items", {})
    navigation.register_navigation(GALLERY, GALLERY)

    with pytest.raises(ValueError, match="declared twice"):
        navigation.register_navigation(NavigationItem("Other", "web:gallery", "house"))


def test_the_palette_finds_a_place_by_every_word_and_by_its_keywords():
    places = [
        Place("Cashier desk", "/d", "banknote", False, "work", True, "take money"),
        Place("Shift", "/s", "wallet", False, "work", True, ""),
    ]

    assert [place.label for place in find_places(places, "MONEY desk")] == ["Cashier desk"]
    assert find_places(places, "money shift") == []
    assert find_places(places, "") == places


@pytest.fixture
def people(monkeypatch):
    """A search over two namesakes."""
    monkeypatch.setattr(search, "_providers", {})
    rows = [
        SearchRow("Dela Cruz, Juan", "/1", "2031-00042 · BSIT 2"),
        SearchRow("Dela Cruz, Juan", "/2", "2031-00107 · BSA 1"),
    ]

    def find(actor, text, limit):
        return [row for row in rows if text.casefold() in f"{row.title} {row.detail}".casefold()][:limit]

    register_search(SearchProvider("students", "Students", "students.find", find))


@pytest.mark.usefixtures("people")
def test_the_only_match_is_the_one_that_enter_opens():
    actor = an_actor(ids.new_id(), ["students.find"])

    assert only_match(find_records(actor, "2031-00107")) == SearchRow("Dela Cruz, Juan", "/2", "2031-00107 · BSA 1")
    assert only_match(find_records(actor, "dela cruz")) is None
    assert only_match([]) is None


@pytest.mark.usefixtures("people")
def test_who_may_not_search_students_finds_none():
    assert find_records(an_actor(ids.new_id()), "dela cruz") == []


@pytest.mark.usefixtures("people")
def test_one_letter_asks_nobody():
    assert find_records(an_actor(ids.new_id(), ["students.find"]), "d") == []


@pytest.mark.usefixtures("people")
def test_rows_of_a_kind_stand_together():
    (found,) = find_records(an_actor(ids.new_id(), ["students.find"]), "dela")

    assert isinstance(found, Found)
    assert [row.detail for row in found.rows] == ["2031-00042 · BSIT 2", "2031-00107 · BSA 1"]
