"""Academic years and what a code says."""

from datetime import date

import pytest

from rollbook.systems.college.catalogue import rules


@pytest.mark.parametrize(
    ("code", "academic_year", "kind", "starts_on"),
    [
        ("2026-1", "2026-2027", "FIRST", date(2026, 8, 1)),
        ("2026-2", "2026-2027", "SECOND", date(2027, 1, 1)),
        ("2026-S", "2026-2027", "SUMMER", date(2027, 6, 1)),
        ("2026-2027-1", "2026-2027", "FIRST", date(2026, 8, 1)),
        ("AY2026 Summer", "2026-2027", "SUMMER", date(2027, 6, 1)),
        ("2026-T2", "2026-2027", "SECOND", date(2027, 1, 1)),
        ("1st sem 2026-2027", "2026-2027", "FIRST", date(2026, 8, 1)),
        ("2026S2", "2026-2027", "SECOND", date(2027, 1, 1)),
    ],
)
def test_a_code_says_year_and_kind(code, academic_year, kind, starts_on):
    shape = rules.shape_of_code(code)

    assert shape is not None
    assert (shape.academic_year, shape.kind, shape.starts_on) == (academic_year, kind, starts_on)


@pytest.mark.parametrize("code", ["", "FALL", "2026", "2026-9", "2026-2028-1", "1-2", "2026-1-2", "9999-1", "2026-X1"])
def test_a_code_that_does_not_say_enough_is_not_guessed(code):
    assert rules.shape_of_code(code) is None


@pytest.mark.parametrize(
    ("text", "verdict"), [("2026-2027", True), ("2026-2028", False), ("2026", False), ("٢٠٢٦-٢٠٢٧", False)]
)
def test_an_academic_year_is_two_years_in_a_row(text, verdict):
    assert rules.is_academic_year(text) is verdict
