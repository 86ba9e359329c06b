"""Money: exact, never a float, split to the last centavo."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.core.money import CurrencyMismatch, Money, NotAnAmount, format_money, split_minor


@given(total=st.integers(-(10**12), 10**12), parts=st.integers(1, 60))
def test_a_split_adds_up_and_its_parts_differ_by_at_most_one_centavo(total: int, parts: int) -> None:
    shares = split_minor(total, parts)

    assert sum(shares) == total
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@given(minor=st.integers(0, 10**13))
def test_an_amount_survives_the_way_to_the_api_and_back(minor: int) -> None:
    assert Money.parse(Money(minor, "PHP").to_decimal_string(), "PHP") == Money(minor, "PHP")


@pytest.mark.parametrize("text", ["", "-5", "1e3", "5,000.00", "12.345", "NaN", "Infinity", "1.", ".5", "٣", "1 000"])
def test_text_that_is_no_plain_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Money.parse(text, "PHP")

    assert refusal.value.detail == "Enter an amount with at most 2 decimals, such as 1250.00."


def test_decimals_follow_the_currency() -> None:
    assert Money.parse("1250", "JPY") == Money(1250, "JPY")
    assert Money.parse("1.250", "KWD") == Money(1250, "KWD")
    with pytest.raises(NotAnAmount):
        Money.parse("1.5", "JPY")


@pytest.mark.parametrize(("amount", "minor"), [("1.005", 101), ("1.0049", 100), ("2.675", 268), ("-1.005", -101)])
def test_a_computed_amount_is_rounded_half_up_once(amount: str, minor: int) -> None:
    assert Money.rounded(Decimal(amount), "PHP").minor == minor


def test_two_currencies_never_add_up() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "PHP") + Money(1, "USD")


def test_people_see_the_sign_of_their_currency() -> None:
    assert format_money(Money(533334, "PHP"), "en-PH") == "₱5,333.34"
