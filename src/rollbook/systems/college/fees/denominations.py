"""The notes and coins of a currency, largest first, for counting a drawer."""

from rollbook.core.money import Money, minor_places

#: Face values in minor units of what circulates.
FACES: dict[str, tuple[int, ...]] = {
    "PHP": (1000_00, 500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 1_00, 25, 5, 1),
    "USD": (100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50, 25, 10, 5, 1),
    "EUR": (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50, 20, 10, 5, 2, 1),
    "KES": (1000_00, 500_00, 200_00, 100_00, 50_00, 40_00, 20_00, 10_00, 5_00, 1_00),
    "NGN": (1000_00, 500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 1_00),
    "INR": (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00),
    "GBP": (50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50, 20, 10, 5, 2, 1),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
}


def faces_of(currency: str) -> list[Money]:
    """What to count. A currency we have no list for is counted in steps of 1, 2 and 5."""
    known = FACES.get(currency)
    if known is None:
        unit = 10 ** minor_places(currency)
        known = tuple(sorted({step * scale for scale in (1, 10, 100, unit, 10 * unit, 100 * unit, 1000 * unit)
                              for step in (1, 2, 5) if step * scale <= 1000 * unit}, reverse=True))  # fmt: skip
    return [Money(minor, currency) for minor in known]
