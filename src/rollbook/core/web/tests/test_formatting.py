"""Amounts, days and moments as a locale writes and reads them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.money import Money, NotAnAmount
from rollbook.core.web import formatting


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (533_334, "PHP", "₱5,333.34"),
        (0, "PHP", "₱0.00"),
        (-125_050, "PHP", "\N{MINUS SIGN}₱1,250.50"),
        (123_456_789, "PHP", "₱1,234,567.89"),
        (5, "PHP", "₱0.05"),
        (1_250, "JPY", "¥1,250"),
        (1_250_500, "KWD", "KWD\N{NO-BREAK SPACE}1,250.500"),
    ],
)
def test_an_amount_is_written_with_its_own_decimals_and_a_true_minus(minor, currency, written):
    with formatting.territory(""), translation.override("en"):
        assert formatting.amount_text(Money(minor, currency)) == written


def test_figures_leave_the_currency_to_the_header():
    with translation.override("en"):
        assert formatting.figures(Money(-125_050, "PHP")) == "\N{MINUS SIGN}1,250.50"


def test_german_readers_see_their_own_separators():
    with translation.override("de"):
        assert formatting.figures(Money(123_456_789, "EUR")) == "1.234.567,89"
        assert formatting.parse_amount("1.234.567,89", "EUR") == Money(123_456_789, "EUR")


def test_indian_amounts_are_grouped_in_lakhs():
    with formatting.territory("IN"), translation.override("en"):
        assert formatting.amount_text(Money(123_456_789, "INR")) == "₹12,34,567.89"
        assert formatting.figures(Money(123_456_789, "INR")) == "12,34,567.89"
        assert formatting.parse_amount("12,34,567.89", "INR") == Money(123_456_789, "INR")


@pytest.mark.parametrize("typed", ["5000", "5,000", "5,000.00", "₱5,000.00", "PHP 5,000", " 5 000 ", "5000."])
def test_an_amount_is_read_however_the_locale_types_it(typed):
    with translation.override("en"):
        if typed == "5000.":
            with pytest.raises(NotAnAmount):
                formatting.parse_amount(typed, "PHP")
        else:
            assert formatting.parse_amount(typed, "PHP") == Money(500_000, "PHP")


@pytest.mark.parametrize(
    "typed", ["1,5", "1,50", "5.000,00", "5,00,000", "-5", "1e3", "5.001", "five", "", ",500", "1,2345"]
)
def test_an_amount_with_separators_in_strange_places_is_asked_about(typed):
    with translation.override("en"), pytest.raises(NotAnAmount) as refusal:
        formatting.parse_amount(typed, "PHP")

    assert refusal.value.facts["example"] == "1,250.00"


@given(st.integers(min_value=0, max_value=10**13))
def test_what_is_written_is_read_back_to_the_same_amount(minor):
    with translation.override("en"):
        amount = Money(minor, "PHP")
        assert formatting.parse_amount(formatting.amount_text(amount), "PHP") == amount


def test_a_fresh_moment_says_how_long_ago_and_an_old_one_its_date():
    now = datetime(2031, 7, 1, 4, 0, tzinfo=UTC)
    with timezone.override("Asia/Manila"), translation.override("en"):
        assert formatting.when_text(now - timedelta(seconds=5), now) == "1 min. ago"
        assert formatting.when_text(now - timedelta(minutes=3), now) == "3 min. ago"
        assert formatting.when_text(now - timedelta(hours=2), now).replace("\u202f", " ") == "10:00 AM"
        assert formatting.when_text(now - timedelta(days=40), now).startswith("May 22, 2031, 12:00")


def test_a_day_is_written_in_the_readers_language():
    with translation.override("fil"):
        assert formatting.day_text(date(2031, 1, 15)) == "Ene 15, 2031"
