"""The accent of an institution stays readable, whatever its logo is painted with."""

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.web import brand


@given(st.integers(min_value=0, max_value=0xFFFFFF))
def test_words_in_the_accent_and_on_it_are_readable_in_both_appearances(number):
    accent = brand.accent_of(f"#{number:06x}")

    for ground in (*brand.LIGHT_GROUNDS, brand.ON_LIGHT):
        assert brand.contrast(accent.on_light, ground) >= 4.5
    for ground in (*brand.DARK_GROUNDS, brand.ON_DARK):
        assert brand.contrast(accent.on_dark, ground) >= 4.5


def test_a_colour_that_is_readable_already_is_left_alone():
    assert brand.accent_of("#1f5fbf").on_light == "#1f5fbf"


def test_a_pale_colour_is_darkened_and_keeps_its_hue():
    yellow, changed = brand.Colour.of("#ffd400"), brand.Colour.of(brand.accent_of("#ffd400").on_light)

    hue, _, _ = colorsys.rgb_to_hls(*(part / 255 for part in yellow))
    changed_hue, lightness, _ = colorsys.rgb_to_hls(*(part / 255 for part in changed))
    assert changed_hue == pytest.approx(hue, abs=0.01)
    assert lightness < 0.35


@pytest.mark.parametrize("nonsense", ["red", "#12345", "", "#zzzzzz", "javascript:alert(1)"])
def test_what_is_no_colour_becomes_the_house_blue(nonsense):
    assert brand.accent_of(nonsense).on_light == brand.DEFAULT_ACCENT


def test_black_and_white_have_the_contrast_that_the_standard_gives():
    assert brand.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert brand.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_accents_style_sheet_depends_on_its_address_alone(client):
    answer = client.get("/brand/7a1f3d.css")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert answer.content.decode() == brand.style_sheet("#7a1f3d")


@pytest.mark.parametrize("colour", ["red", "12345", "7a1f3d;}body{display:none"])
def test_an_address_that_names_no_colour_is_not_found(client, colour):
    assert client.get(f"/brand/{colour}.css").status_code == 404
