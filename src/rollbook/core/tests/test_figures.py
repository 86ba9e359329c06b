"""Measures are written as people write them."""

from decimal import Decimal

import pytest

from rollbook.core.figures import plain


@pytest.mark.parametrize(
    ("measure", "written"),
    [(Decimal("3.0"), "3"), (Decimal("4.5"), "4.5"), (Decimal("100.00"), "100"), (Decimal(0), "0"), (30, "30")],
)
def test_a_measure_has_no_idle_zeros(measure, written):
    assert plain(measure) == written
