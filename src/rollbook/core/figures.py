"""Measures as people write them; amounts of money are written by `core.web.formatting`."""

from decimal import Decimal


def plain(measure: Decimal | int) -> str:
    """A measure without idle zeros: 3, 4.5, 100."""
    return f"{Decimal(measure).normalize():f}"
