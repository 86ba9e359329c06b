"""What a setting takes."""

from decimal import Decimal
from typing import Any

import pytest

from rollbook.core.policies import Amount, Choice, Rate, Text, WholeNumber, YesNo
from rollbook.core.policies.errors import NotAPolicyValue
from rollbook.core.policies.types import PolicyType, policy_type


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (WholeNumber(1, 12), 6, 6),
        (WholeNumber(1, 12), "12", 12),
        (WholeNumber(), -5, -5),
        (Amount(), 10_000, 10_000),
        (Rate(), "2.50", "2.50"),
        (Rate(), Decimal("1E+1"), "10"),
        (YesNo(), True, True),
        (Choice({"ALL": "Every attempt", "BEST": "The best"}), "BEST", "BEST"),
        (Text(10), "  Receipt ", "Receipt"),
    ],
)
def test_a_value_that_fits_is_kept_in_its_one_form(kind: PolicyType, given: Any, kept: Any) -> None:
    assert kind.checked(given) == kept
    assert type(kind.checked(given)) is type(kept)


@pytest.mark.parametrize(
    ("kind", "given", "sentence"),
    [
        (WholeNumber(1, 12), 13, "Enter a whole number from 1 to 12."),
        (WholeNumber(1, 12), 0, "Enter a whole number from 1 to 12."),
        (WholeNumber(1, 12), True, "Enter a whole number from 1 to 12."),
        (WholeNumber(1, 12), 6.0, "Enter a whole number from 1 to 12."),
        (WholeNumber(1, 12), "６", "Enter a whole number from 1 to 12."),
        (WholeNumber(minimum=1), None, "Enter a whole number of at least 1."),
        (WholeNumber(), 2**60, "Enter a whole number."),
        (Amount(), -1, "Enter an amount in whole minor units, such as 10000 for 100.00."),
        (Amount(), 0.5, "Enter an amount in whole minor units, such as 10000 for 100.00."),
        (Rate(), 2.5, "Enter a number from 0 to 100, such as 2.5."),
        (Rate(), "NaN", "Enter a number from 0 to 100, such as 2.5."),
        (Rate(), "101", "Enter a number from 0 to 100, such as 2.5."),
        (YesNo(), 1, "Enter yes or no."),
        (YesNo(), "true", "Enter yes or no."),
        (Choice({"ALL": "Every attempt", "BEST": "The best"}), "all", "Enter one of: ALL, BEST."),
        (Choice({"ALL": "Every attempt"}), ["ALL"], "Enter one of: ALL."),
        (Text(3), "long", "Enter a text of at most 3 characters."),
        (Text(), "a\x00", "Enter a text of at most 200 characters."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(kind: PolicyType, given: Any, sentence: str) -> None:
    with pytest.raises(NotAPolicyValue) as refused:
        kind.checked(given)

    assert refused.value.errors == [{"field": "value", "message": sentence}]
    assert refused.value.status == 422


def test_plain_python_types_stand_for_their_unlimited_kinds() -> None:
    assert (policy_type(int), policy_type(bool), policy_type(str)) == (WholeNumber(), YesNo(), Text())
